"""The cursor of a table holds its resource, and the keys for marks start from it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from matui.console.table.cursor import MarkKeys, Marks, TableCursor
from matui.console.table.row_order import RowOrder
from matui.console.table.rows import TableRows
from matui.resources.kinds.jobs import JOBS
from matui.resources.model import Phase, Resource


class Table:
    """Three rows by name, a cursor and the keys for marks."""

    def __init__(self, count: int = 3) -> None:
        self.moves = 0
        self.rows = TableRows(lambda: 0.0)
        self.rows.reset(JOBS)
        column = JOBS.find_column("name")
        assert column is not None
        self.rows.sort(column, False)
        self.rows.load(
            Resource("jobs", str(n), f"job-{n}", "RUNNING", Phase.RUNNING, "m", "p") for n in range(count)
        )
        self.rows.view.resize(10)
        self.cursor = TableCursor(self.rows, self.note_move)
        self.marks = Marks(self.rows.order, lambda: None)
        self.keys = MarkKeys(self.marks, self.cursor)

    def note_move(self) -> None:
        self.moves += 1
        self.keys.note_cursor_move()


@pytest.fixture
def table() -> Table:
    return Table()


def test_it_moves_to_a_resource_that_is_shown(table: Table) -> None:
    assert table.cursor.move_to(("p", "jobs", "2"))
    assert (table.cursor.id, table.cursor.is_at_end, table.moves) == ("2", True, 1)
    assert not table.cursor.move_to(("p", "jobs", "9"))
    assert (table.cursor.id, table.moves) == ("2", 1)


def test_it_follows_the_first_row_until_it_is_held(table: Table) -> None:
    table.cursor.follow_first()
    assert not table.cursor.is_held
    table.cursor.hold()
    assert table.cursor.is_held


def test_marking_goes_on_and_the_last_row_stays_marked_while_the_key_repeats(table: Table) -> None:
    for _ in range(6):
        table.keys.toggle()
    assert table.marks.ids == {"0", "1", "2"}


def test_the_last_row_is_unmarked_after_the_cursor_has_been_elsewhere(table: Table) -> None:
    for _ in range(3):
        table.keys.toggle()
    table.cursor.step(-1)
    table.cursor.step(1)
    table.keys.toggle()
    assert table.marks.ids == {"0", "1"}


def test_a_single_row_is_marked_and_unmarked() -> None:
    table = Table(count=1)
    table.keys.toggle()
    assert table.marks.ids == {"0"}
    table.keys.toggle()
    assert not table.marks.ids


def test_a_range_marks_the_row_left_and_the_row_reached(table: Table) -> None:
    table.keys.extend(1)
    assert table.marks.ids == {"0", "1"}
    table.keys.toggle_all()
    assert table.marks.ids == {"0", "1", "2"}


def match_names(*names: str) -> Callable[[Resource], bool]:
    return lambda resource: resource.name in names


class Changes:
    def __init__(self, removed: tuple[Resource, ...]) -> None:
        self.added: tuple[Resource, ...] = ()
        self.changed: tuple[Resource, ...] = ()
        self.removed = removed


@pytest.fixture
def order() -> RowOrder:
    order, column = RowOrder(), JOBS.find_column("name")
    assert column is not None
    rows = [Resource("jobs", f"{n}", f"job-{n}", "RUNNING", Phase.RUNNING, "m", "p") for n in range(4)]
    order.reset(rows, column, False)
    return order


def make_marks(order: RowOrder) -> tuple[Marks, list[int]]:
    calls: list[int] = []
    marks = Marks(order, lambda: calls.append(len(marks)))
    return marks, calls


def test_a_row_is_marked_and_unmarked(order: RowOrder) -> None:
    marks, calls = make_marks(order)
    key = order.get_row(1).key
    marks.toggle(key)
    assert key in marks
    assert marks.ids == {"1"}
    marks.toggle(key)
    assert len(marks) == 0
    assert calls == [1, 0]


def test_marks_hidden_by_the_filter_are_counted_and_come_last(order: RowOrder) -> None:
    marks, _calls = make_marks(order)
    marks.add(order.get_row(index).key for index in range(3))
    order.filter(match_names("job-2"))
    assert marks.hidden == 2
    assert next(resource.name for resource in marks.resources) == "job-2"
    assert len(marks.resources) == 3


def test_all_shown_rows_are_marked_then_unmarked(order: RowOrder) -> None:
    marks, _calls = make_marks(order)
    order.filter(match_names("job-1", "job-3"))
    marks.toggle_shown()
    assert marks.ids == {"1", "3"}
    marks.toggle_shown()
    assert len(marks) == 0


def test_adding_marked_rows_again_is_no_change(order: RowOrder) -> None:
    marks, calls = make_marks(order)
    marks.add([order.get_row(0).key])
    marks.add([order.get_row(0).key])
    assert calls == [1]


def test_removed_rows_lose_their_mark(order: RowOrder) -> None:
    marks, _calls = make_marks(order)
    marks.add([order.get_row(0).key, order.get_row(1).key])
    order.apply(Changes((order.get_row(0).resource,)))
    marks.drop_removed()
    assert marks.ids == {"1"}


def test_forgetting_is_silent_and_clearing_is_not(order: RowOrder) -> None:
    marks, calls = make_marks(order)
    marks.add([order.get_row(0).key])
    marks.forget()
    assert calls == [1]
    marks.clear()
    assert calls == [1]
