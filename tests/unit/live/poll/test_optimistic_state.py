"""Rows acted on are shown with their expected status and polled first."""

from __future__ import annotations

from matui.live.poll.optimistic_state import OptimisticState
from matui.live.poll.rows import Rows
from matui.resources.model import Phase, Resource


def rows_of(*ids: str) -> Rows:
    rows = Rows()
    for ident in ids:
        rows.put(Resource("notebooks", ident, ident, "RUNNING", Phase.RUNNING, "m", "p"))
    return rows


def test_an_expected_status_is_shown_at_once() -> None:
    rows = rows_of("a")
    state = OptimisticState(rows)
    was, shown = state.expect("a", "STOPPING")
    assert was is not None
    assert shown is not None
    assert (was.status, shown.status, shown.phase) == ("RUNNING", "STOPPING", Phase.PENDING)
    assert rows["a"].facts["expected"] is True
    assert "a" in state.pending_ids


def test_the_next_request_decides_about_the_expectation() -> None:
    state = OptimisticState(rows_of("a"))
    state.expect("a", "STOPPING")
    state.on_request()
    assert "a" not in state.pending_ids


def test_any_change_may_be_expected_without_a_status() -> None:
    rows = rows_of("a")
    was, shown = OptimisticState(rows).expect("a", "")
    assert (was, shown) == (rows["a"], None)


def test_a_missing_row_expects_nothing() -> None:
    state = OptimisticState(rows_of("a"))
    assert state.expect("b", "STOPPING") == (None, None)
    assert state.position_beyond(0) is None


def test_rows_acted_on_are_looked_up_a_bounded_number_of_times() -> None:
    state = OptimisticState(rows_of("a", "b", "c"))
    state.expect("c", "STOPPING")
    found = [state.position_beyond(0) for _ in range(20)]
    assert found[0] == 2
    assert None in found


def test_rows_on_the_page_already_requested_are_passed_over() -> None:
    state = OptimisticState(rows_of("a", "b"))
    state.expect("a", "STOPPING")
    assert state.position_beyond(1) is None


def test_a_forgotten_row_is_not_looked_up() -> None:
    state = OptimisticState(rows_of("a"))
    state.expect("a", "STOPPING")
    state.forget("a")
    assert state.position_beyond(0) is None
