"""Marks follow their rows, hidden and removed ones included."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from matui.console.table.marks import Marks
from matui.console.table.row_order import RowOrder
from matui.resources.kinds.jobs import JOBS
from matui.resources.model import Phase, Resource


def named(*names: str) -> Callable[[Resource], bool]:
    return lambda resource: resource.name in names


class Changes:
    def __init__(self, removed: tuple[Resource, ...]) -> None:
        self.added: tuple[Resource, ...] = ()
        self.changed: tuple[Resource, ...] = ()
        self.removed = removed


@pytest.fixture
def order() -> RowOrder:
    order, column = RowOrder(), JOBS.column("name")
    assert column is not None
    rows = [Resource("jobs", f"{n}", f"job-{n}", "RUNNING", Phase.RUNNING, "m", "p") for n in range(4)]
    order.reset(rows, column, False)
    return order


def marks_of(order: RowOrder) -> tuple[Marks, list[int]]:
    calls: list[int] = []
    marks = Marks(order, lambda: calls.append(len(marks)))
    return marks, calls


def test_a_row_is_marked_and_unmarked(order: RowOrder) -> None:
    marks, calls = marks_of(order)
    key = order.at(1).key
    marks.toggle(key)
    assert key in marks
    assert marks.ids == {"1"}
    marks.toggle(key)
    assert len(marks) == 0
    assert calls == [1, 0]


def test_marks_hidden_by_the_filter_are_counted_and_come_last(order: RowOrder) -> None:
    marks, _calls = marks_of(order)
    marks.add(order.at(index).key for index in range(3))
    order.filter(named("job-2"))
    assert marks.hidden == 2
    assert next(resource.name for resource in marks.resources) == "job-2"
    assert len(marks.resources) == 3


def test_all_shown_rows_are_marked_then_unmarked(order: RowOrder) -> None:
    marks, _calls = marks_of(order)
    order.filter(named("job-1", "job-3"))
    marks.toggle_shown()
    assert marks.ids == {"1", "3"}
    marks.toggle_shown()
    assert len(marks) == 0


def test_adding_marked_rows_again_is_no_change(order: RowOrder) -> None:
    marks, calls = marks_of(order)
    marks.add([order.at(0).key])
    marks.add([order.at(0).key])
    assert calls == [1]


def test_removed_rows_lose_their_mark(order: RowOrder) -> None:
    marks, _calls = marks_of(order)
    marks.add([order.at(0).key, order.at(1).key])
    order.apply(Changes((order.at(0).resource,)))
    marks.drop_removed()
    assert marks.ids == {"1"}


def test_forgetting_is_silent_and_clearing_is_not(order: RowOrder) -> None:
    marks, calls = marks_of(order)
    marks.add([order.at(0).key])
    marks.forget()
    assert calls == [1]
    marks.clear()
    assert calls == [1]
