"""Rows stay in order while single ones change."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, replace

import pytest

from matui.console.table.row_order import RowOrder
from matui.console.table.rows import Viewport
from matui.resources.kind import Column
from matui.resources.kinds.jobs import JOBS
from matui.resources.model import Phase, Resource


@dataclass(frozen=True)
class Delta:
    added: tuple[Resource, ...] = ()
    removed: tuple[Resource, ...] = ()
    changed: tuple[Resource, ...] = ()


def make_job(number: int, **changes: object) -> Resource:
    base = Resource(
        "jobs",
        f"{number:04d}",
        f"job-{number}",
        "JOBSTAT_RUNNING",
        Phase.RUNNING,
        "m",
        "p",
        created_at=number,
        facts={"version_name": "V1"},
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def find_column(name: str) -> Column:
    found = JOBS.find_column(name)
    assert found is not None
    return found


def list_ids(order: RowOrder) -> list[str]:
    return [order.get_row(index).resource.id for index in range(len(order))]


def fill_order(count: int, by: str = "name", *, reverse: bool = False) -> RowOrder:
    order = RowOrder()
    order.reset((make_job(number) for number in range(count)), find_column(by), reverse)
    return order


def test_rows_without_a_value_come_last_either_way() -> None:
    order = RowOrder()
    rows = [make_job(1, duration_ms=5), make_job(2), make_job(3, duration_ms=9)]
    order.reset(rows, find_column("duration"), False)
    assert list_ids(order) == ["0001", "0003", "0002"]
    order.sort(find_column("duration"), True)
    assert list_ids(order) == ["0003", "0001", "0002"]


@pytest.mark.parametrize("seed", range(8))
def test_many_small_changes_leave_the_order_that_sorting_anew_gives(seed: int) -> None:
    rng = random.Random(seed)
    order = fill_order(60, "status", reverse=seed % 2 == 1)
    if seed % 3:
        order.filter(lambda row: int(row.id) % 3 != 0)
    rows = {f"{number:04d}": make_job(number) for number in range(60)}
    for step in range(60):
        changed = [
            replace(rows[one], phase=rng.choice(list(Phase)), duration_ms=rng.choice([None, 5, 7]))
            for one in rng.sample(sorted(rows), 4)
        ]
        removed = [rows.pop(rng.choice(sorted(rows)))]
        changed = [one for one in changed if one.id in rows]
        added = [make_job(100 + step, duration_ms=rng.choice([None, 3]))]
        rows |= {one.id: one for one in (*changed, *added)}
        order.apply(Delta(tuple(added), tuple(removed), tuple(changed)))
        if step % 7 == 0:
            order.sort(find_column(rng.choice(["name", "duration", "status"])), rng.random() < 0.5)
    fresh = RowOrder()
    assert order._column is not None
    fresh.filter(order._matches)
    fresh.reset(rows.values(), order._column, order._reverse)
    assert list_ids(order) == list_ids(fresh)
    for index in range(len(order)):
        assert order.find_index(order.get_row(index)) == index


def test_a_number_that_compares_with_nothing_does_not_lose_rows() -> None:
    order = fill_order(20, "duration")
    rows = [make_job(number, duration_ms=math.nan if number % 2 else number) for number in range(20)]
    order.apply(Delta(changed=tuple(rows)))
    order.apply(Delta(removed=tuple(rows[:10])))
    assert sorted(list_ids(order)) == [f"{number:04d}" for number in range(10, 20)]


def test_a_large_diff_is_taken_too() -> None:
    order = fill_order(1000)
    order.apply(Delta(removed=tuple(make_job(number) for number in range(900))))
    assert len(order) == 100


def test_the_cursor_goes_to_the_nearest_row_when_its_own_vanishes() -> None:
    order = fill_order(10, "age")
    view = Viewport(order)
    view.resize(5)
    view.move_to(4)
    lost_row = view.cursor
    hold = view.hold()
    assert lost_row is not None
    order.apply(Delta(removed=(lost_row.resource,)))
    assert view.release(hold) is lost_row
    assert view.index == 4
    assert view.cursor is order.get_row(4)


def test_the_cursor_keeps_its_line_when_rows_come_above() -> None:
    order = fill_order(50, "age")
    view = Viewport(order)
    view.resize(10)
    view.move_to(20)
    line, row = view.index - view.top, view.cursor
    hold = view.hold()
    order.apply(Delta(added=tuple(make_job(100 + number) for number in range(3))))
    view.release(hold)
    assert view.cursor is row
    assert view.index == 23
    assert view.index - view.top == line


def test_new_rows_are_seen_at_the_top_of_a_view_that_was_not_moved() -> None:
    order = fill_order(50, "age")
    view = Viewport(order)
    view.resize(10)
    view.go_home()
    first = view.cursor
    hold = view.hold()
    order.apply(Delta(added=(make_job(100),)))
    view.release(hold)
    assert view.top == 0
    assert view.cursor is first
    assert view.index == 1


def test_orders_made_ahead_are_those_that_sorting_gives_and_stay_true_while_rows_change() -> None:
    rng = random.Random(5)
    rows = [
        make_job(n, duration_ms=rng.choice([None, 1, 2, n]), owner=rng.choice(["li", "", "Wu"]))
        for n in range(900)
    ]
    ahead, order = RowOrder(), RowOrder()
    ahead.reset(rows, find_column("name"), False)
    prepared = 0
    while ahead.prepare(JOBS.columns):
        prepared += 1
    assert prepared == len(JOBS.columns) - 1, "the one sorted by was there"
    for step in range(300):
        at = rng.randrange(len(rows))
        rows[at] = replace(rows[at], duration_ms=step, owner="zhao")
        ahead.apply(Delta(changed=(rows[at],)))
    assert ahead.prepare(JOBS.columns), "too much of it is old by now"
    order.reset(rows, find_column("name"), False)
    for each in JOBS.columns:
        order.sort(each, False)
        ahead.sort(each, False)
        assert list_ids(ahead) == list_ids(order)
