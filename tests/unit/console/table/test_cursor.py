"""The cursor of a table holds its resource, and the keys for marks start from it."""

from __future__ import annotations

import pytest

from matui.console.table.cursor import MarkKeys, TableCursor
from matui.console.table.marks import Marks
from matui.console.table.rows import TableRows
from matui.resources.kinds.jobs import JOBS
from matui.resources.model import Phase, Resource


class Table:
    """Three rows by name, a cursor and the keys for marks."""

    def __init__(self, count: int = 3) -> None:
        self.moves = 0
        self.rows = TableRows(lambda: 0.0)
        self.rows.reset(JOBS)
        column = JOBS.column("name")
        assert column is not None
        self.rows.sort(column, False)
        self.rows.load(
            Resource("jobs", str(n), f"job-{n}", "RUNNING", Phase.RUNNING, "m", "p") for n in range(count)
        )
        self.rows.view.resize(10)
        self.cursor = TableCursor(self.rows, self.moved)
        self.marks = Marks(self.rows.order, lambda: None)
        self.keys = MarkKeys(self.marks, self.cursor)

    def moved(self) -> None:
        self.moves += 1
        self.keys.cursor_changed()


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
