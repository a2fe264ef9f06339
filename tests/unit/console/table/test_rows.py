"""Where the cursor of a table is while rows come, change and go."""

from __future__ import annotations

import pytest

from matui.console.table.rows import TableRows
from matui.live.poll.rows import Diff
from matui.resources.filters import parse_filter
from matui.resources.kinds.jobs import JOBS
from matui.resources.model import Phase, Resource


def make_job(name: str, created_at: int) -> Resource:
    return Resource("jobs", name, name, "JOBSTAT_RUNNING", Phase.RUNNING, "c", "p", created_at=created_at)


@pytest.fixture
def rows() -> TableRows:
    made = TableRows(lambda: 0.0)
    made.reset(JOBS)
    made.view.resize(5)
    made.load([make_job("b", 2), make_job("a", 1)])
    return made


def get_cursor(rows: TableRows) -> str:
    assert rows.view.cursor is not None
    return rows.view.cursor.key[2]


def test_a_cursor_that_follows_the_first_row_goes_to_what_comes_above(rows: TableRows) -> None:
    rows.view.follows_first = True
    assert get_cursor(rows) == "b"
    rows.apply(Diff(added=(make_job("c", 3),)))
    assert (get_cursor(rows), rows.view.index) == ("c", 0)
    assert rows.apply(Diff(removed=(make_job("c", 3),))) is None
    assert get_cursor(rows) == "b"


def test_a_cursor_that_was_used_stays_on_its_resource(rows: TableRows) -> None:
    rows.view.follows_first = True
    rows.view.touched = True
    rows.apply(Diff(added=(make_job("c", 3),)))
    assert (get_cursor(rows), rows.view.index) == ("b", 1)


def test_a_cursor_stays_on_its_resource_where_it_does_not_follow(rows: TableRows) -> None:
    rows.apply(Diff(added=(make_job("c", 3),)))
    assert get_cursor(rows) == "b"


@pytest.mark.parametrize(("text", "later"), [("age<1m", []), ("name:a", ["a"])])
def test_a_filter_of_a_time_is_applied_again_as_time_passes(text: str, later: list[str]) -> None:
    now = [30_000.0]
    rows = TableRows(lambda: now[0])
    rows.reset(JOBS)
    rows.view.resize(5)
    rows.load([make_job("a", 1)])
    rows.set_filter(parse_filter(text))
    assert [row.resource.id for row in rows.list_in_view()] == ["a"]
    now[0] = 90_000.0
    assert rows.refilter() is (text == "age<1m")
    assert [row.resource.id for row in rows.list_in_view()] == later
    assert not rows.refilter()
