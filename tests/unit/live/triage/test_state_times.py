"""When each resource entered its state."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from matui.live.journal.change import Account, StoredEnd, build_run_id
from matui.live.poll.rows import Diff
from matui.live.triage import state_times
from matui.live.triage.board import TriageBoard
from matui.live.triage.state_times import (
    StateChange,
    StatedTime,
    StateTimes,
    fetch_time,
    find_known_end,
    lacks_bound,
    lacks_since,
    measure_stays,
)
from matui.resources.detail import Event
from matui.resources.kinds.triage import TRIAGE
from matui.resources.model import Phase, Resource
from matui.resources.times import SEEN_SINCE, STATE_SINCE, find_earliest_since, get_state_since
from tests.unit.live.triage.samples import NOW, compute_ago, make_row

ROW = Resource("jobs", "1", "train", "RUNNING", Phase.RUNNING, "modelarts", "prod")
FAILED = replace(ROW, status="FAILED", phase=Phase.FAILED)
KEY, OTHER = ("p", "jobs", "1"), ("q", "jobs", "1")
LISTED = make_row(
    "JOBSTAT_FAILED", Phase.FAILED, created_at=compute_ago(900), duration_ms=60_000, version_count=3
)


def test_the_update_of_a_notebook_that_had_failed_before_is_no_time_of_its_failure() -> None:
    times, since = StateTimes(), TRIAGE.find_column("since")
    failed = make_row(
        "ERROR", Phase.FAILED, kind="notebooks", created_at=compute_ago(900), updated_at=compute_ago(60)
    )
    times.observe(Diff((failed,)), compute_ago(59))
    assert get_state_since(times.add_to(failed)) == compute_ago(60)
    renamed = times.add_to(replace(failed, updated_at=compute_ago(20)))
    assert since is not None
    assert (get_state_since(renamed), since.text(renamed, NOW)) == (None, "20m–15h")


def test_the_first_sight_is_a_lower_bound() -> None:
    times = StateTimes()
    times.observe(Diff((ROW,), (), ()), 100.0)
    assert times.add_to(ROW) == ROW
    assert times.add_to(ROW, at_least=True).facts == {SEEN_SINCE: 100}


def test_a_change_that_was_seen_is_exact() -> None:
    times = StateTimes()
    times.observe(Diff((ROW,), (), ()), 100.0)
    times.observe(Diff((), (), (FAILED,)), 200.0)
    assert times.add_to(FAILED).facts == {STATE_SINCE: 200}
    assert times.has_entered_after(ROW.key, 150.0)
    assert not times.has_entered_after(ROW.key, 250.0)


def test_a_row_in_another_state_gets_no_time() -> None:
    times = StateTimes()
    times.observe(Diff((ROW,), (), ()), 100.0)
    assert times.add_to(FAILED, at_least=True) == FAILED


def test_the_journal_gives_the_time_before_this_run() -> None:
    times = StateTimes()
    times.observe(Diff((ROW,), (), ()), 100.0)
    times.load([StateChange(ROW.key, 40.0, "WAITING", "RUNNING")])
    assert times.add_to(ROW).facts == {STATE_SINCE: 40}


def test_what_the_journal_saw_end_is_forgotten() -> None:
    times = StateTimes()
    times.load([StateChange(ROW.key, 40.0, None, "RUNNING"), StateChange(ROW.key, 50.0, "RUNNING", None)])
    assert times.add_to(ROW, at_least=True) == ROW


def test_removed_rows_and_dropped_profiles_are_forgotten() -> None:
    times = StateTimes()
    other = replace(ROW, profile="dev")
    times.observe(Diff((ROW, other), (), ()), 100.0)
    times.observe(Diff((), (ROW,), ()), 200.0)
    times.drop("dev")
    assert times.add_to(ROW, at_least=True) == ROW
    assert times.add_to(other, at_least=True) == other


def test_a_time_later_than_the_poll_that_read_it_gives_way_to_when_it_was_seen() -> None:
    ahead = replace(FAILED, updated_at=7_200_000)  # by a cloud whose clock is two hours ahead
    times = StateTimes()
    times.refuse_future([ahead], 50.0)
    assert get_state_since(times.add_to(ahead)) is None
    times.observe(Diff((ahead,), (), ()), 100.0)
    first = times.add_to(ahead, at_least=True)
    assert (get_state_since(first), first.facts[SEEN_SINCE]) == (None, 100)
    times.observe(Diff((), (), (ROW,)), 200.0)
    times.observe(Diff((), (), (ahead,)), 300.0)
    assert get_state_since(times.add_to(ahead)) == 300
    times.observe(Diff((), (), (replace(ahead, name="renamed"),)), 9_000_000.0)
    assert get_state_since(times.add_to(ahead)) == 300
    again = replace(ahead, updated_at=8_900_000)
    assert get_state_since(times.add_to(again)) == 8_900_000


def test_a_stay_lasts_from_its_beginning_to_the_next_state() -> None:
    steps = [StateChange(KEY, 100, None, "WAITING"), StateChange(KEY, 400, "WAITING", "RUNNING")]
    assert measure_stays(steps) == {("jobs", "WAITING"): [300]}


def test_a_beginning_that_was_not_seen_counts_for_nothing() -> None:
    steps = [StateChange(KEY, 100, None, "WAITING", exact=False), StateChange(KEY, 400, "WAITING", "RUNNING")]
    assert measure_stays(steps) == {}


def test_a_deletion_ends_no_stay() -> None:
    assert (
        measure_stays([StateChange(KEY, 100, None, "WAITING"), StateChange(KEY, 400, "WAITING", None)]) == {}
    )


def test_clocks_that_differ_make_no_negative_stay() -> None:
    assert (
        measure_stays([StateChange(KEY, 500, None, "WAITING"), StateChange(KEY, 400, "WAITING", "RUNNING")])
        == {}
    )


def test_a_state_that_was_missed_makes_no_stay() -> None:
    assert (
        measure_stays([StateChange(KEY, 100, None, "INIT"), StateChange(KEY, 400, "WAITING", "RUNNING")])
        == {}
    )


def test_one_id_in_two_profiles_is_two_resources() -> None:
    steps = [StateChange(KEY, 100, None, "WAITING"), StateChange(OTHER, 200, "WAITING", "RUNNING")]
    assert measure_stays(steps) == {}


def test_the_newest_stays_count() -> None:
    steps = []
    for number in range(300):
        key = ("p", "jobs", str(number))
        steps += [StateChange(key, 0, None, "WAITING"), StateChange(key, number, "WAITING", "RUNNING")]
    stays = measure_stays(steps)[("jobs", "WAITING")]
    assert (len(stays), stays[-1]) == (200, 299)


def test_what_was_seen_by_our_clock_is_moved_to_that_of_the_cloud() -> None:
    times = StateTimes()
    times.clock_corrections["prod"] = 3_600_000.0
    times.observe(Diff((ROW,), (), ()), 100_000.0)
    times.observe(Diff((), (), (FAILED,)), 200_000.0)
    assert times.add_to(FAILED).facts == {STATE_SINCE: 3_800_000}
    assert times.has_entered_after(ROW.key, 150_000.0)
    times.load([StateChange(ROW.key, 3_790_000.0, "RUNNING", "FAILED")])
    assert times.add_to(FAILED).facts == {STATE_SINCE: 3_790_000}
    assert times.has_entered_after(ROW.key, 150_000.0)
    assert not times.has_entered_after(ROW.key, 195_000.0)


def test_a_time_of_a_cloud_that_is_ahead_is_not_in_the_future() -> None:
    ended = replace(FAILED, created_at=3_500_000, duration_ms=200_000)
    times = StateTimes()
    times.clock_corrections["prod"] = 3_600_000.0
    times.observe(Diff((ended,), (), ()), 150_000.0)
    assert times.add_to(ended) == ended


class Reads:
    """Answers the job as it is read by its id."""

    def __init__(self, answer: Resource) -> None:
        self.answer = answer

    async def read(self, _kind: str, _resource_id: str) -> Resource:
        return self.answer


def fetch_stated(cloud: Any, resource: Resource = LISTED) -> StatedTime | None:
    return asyncio.run(fetch_time(cloud, resource))


def test_the_end_is_that_of_the_job_read_by_its_id() -> None:
    assert fetch_stated(
        Reads(make_row("JOBSTAT_FAILED", Phase.FAILED, ended_at=compute_ago(7)))
    ) == StatedTime(compute_ago(7))


def test_a_version_that_never_started_bounds_when_its_job_failed() -> None:
    stated = fetch_stated(
        Reads(make_row("JOBSTAT_FAILED", Phase.FAILED, version_count=2, entered_after=compute_ago(40)))
    )
    assert stated == (compute_ago(40), True)
    board = TriageBoard()
    board.times.observe(Diff(added=(LISTED,)), NOW)
    board.apply(Diff(added=(LISTED,)), NOW)
    board.set_bound(LISTED, stated.at, NOW)
    assert TRIAGE.find_column("since").text(board.rows[LISTED.key], NOW) == "≤40m"
    assert not lacks_since(board.times.add_to(LISTED))


def test_a_job_that_changed_meanwhile_has_no_end() -> None:
    assert fetch_stated(Reads(make_row("JOBSTAT_LOST", Phase.FAILED, ended_at=compute_ago(7)))) is None


def test_only_jobs_without_an_end_are_read() -> None:
    assert lacks_since(LISTED)
    assert not lacks_since(make_row("JOBSTAT_RUNNING", Phase.RUNNING))
    assert not lacks_since(make_row("JOBSTAT_FAILED", Phase.FAILED, ended_at=compute_ago(1)))
    assert not lacks_since(make_row("failed", Phase.FAILED, kind="models"))
    assert fetch_stated(object()) is None


def test_a_job_that_waited_before_it_ran_ends_when_its_details_say() -> None:
    """The duration counts from the start of the run, not from the creation."""
    waited = make_row("JOBSTAT_FAILED", Phase.FAILED, created_at=compute_ago(90), duration_ms=60_000)
    assert lacks_since(waited)
    board = TriageBoard()
    diff = Diff(added=(waited,))
    board.times.observe(diff, NOW)
    board.apply(diff, NOW)
    board.set_since(waited, compute_ago(7), NOW)
    assert (
        get_state_since(board.rows[waited.key])
        == get_state_since(board.times.add_to(waited))
        == compute_ago(7)
    )
    seen = StateChange(waited.key, compute_ago(6), "JOBSTAT_RUNNING", "JOBSTAT_FAILED")
    board.load_journal([seen], NOW)
    assert get_state_since(board.rows[waited.key]) == compute_ago(7)
    again = replace(waited, duration_ms=70_000)
    assert lacks_since(board.times.add_to(again))


def test_what_was_read_of_a_job_holds_when_its_profile_is_opened_again() -> None:
    board = TriageBoard()
    other = replace(LISTED, id="9")
    diff = Diff(added=(LISTED, other))
    board.times.observe(diff, NOW)
    board.set_since(LISTED, compute_ago(7), NOW)
    board.set_bound(other, compute_ago(40), NOW)
    board.drop(LISTED.profile)
    board.times.observe(diff, NOW)
    assert get_state_since(board.times.add_to(LISTED)) == compute_ago(7)
    assert find_earliest_since(board.times.add_to(other)) == compute_ago(40)
    board.drop(LISTED.profile)
    running = replace(other, status="JOBSTAT_RUNNING", phase=Phase.RUNNING)
    board.times.observe(Diff(added=(replace(LISTED, duration_ms=1), running)), NOW)
    assert get_state_since(board.times.add_to(replace(LISTED, duration_ms=1))) is None
    assert find_earliest_since(board.times.add_to(other)) == other.created_at


def test_an_end_that_another_process_read_is_that_of_the_same_run() -> None:
    end = StoredEnd(
        Account("m"), "jobs", LISTED.id, LISTED.status, build_run_id(LISTED), compute_ago(7), compute_ago(1)
    )
    assert find_known_end({LISTED.key: end}, LISTED) == compute_ago(7)
    again = replace(LISTED, duration_ms=61_000)
    assert find_known_end({LISTED.key: end}, again) is None


def test_the_end_that_was_read_orders_the_rows_of_triage() -> None:
    board = TriageBoard()
    diff = Diff(added=(LISTED,))
    board.times.observe(diff, NOW)
    board.apply(diff, NOW)
    shown = board.set_since(LISTED, compute_ago(7), NOW).changed[0]
    assert get_state_since(shown) == compute_ago(7)


class Reports:
    """Reports the events of a service: it failed after it ran."""

    async def fetch_events(self, _resource: Resource) -> tuple[Event, ...]:
        return (
            Event(compute_ago(90), "start to deploy service", status="DEPLOYING"),
            Event(compute_ago(40), "start model success", status="RUNNING"),
            Event(compute_ago(39), "liveness probe failed", abnormal=True),
        )


def test_a_service_that_failed_did_so_after_its_events_say_that_it_ran() -> None:
    cloud: Any = Reports()
    failed = make_row(
        "FAILED", Phase.FAILED, kind="services", updated_at=compute_ago(5), updated_by_hand=True
    )
    after = fetch_stated(cloud, failed)
    board = TriageBoard()
    board.times.observe(Diff(added=(failed,)), NOW)
    board.apply(Diff(added=(failed,)), NOW)
    assert after == (compute_ago(40), True)
    board.set_bound(failed, after.at, NOW)
    shown = board.rows[failed.key]
    assert (get_state_since(shown), find_earliest_since(shown)) == (None, compute_ago(40))
    assert TRIAGE.find_column("since").text(shown, NOW) == "≤40m"
    assert not lacks_bound(board.times.add_to(failed))
    running = replace(failed, status="RUNNING", phase=Phase.RUNNING)
    board.times.observe(Diff(changed=(running,)), NOW)
    assert find_earliest_since(board.times.add_to(failed)) is None


def test_of_profiles_that_are_closed_the_newest_ends_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state_times, "_MOST_DROPPED", 2)
    times, rows = StateTimes(), [replace(LISTED, id=str(number)) for number in range(4)]
    for row in rows:
        times.load([StateChange(row.key, compute_ago(7), None, row.status, run=build_run_id(row))])
        times.note_bound(row, compute_ago(9))
        times.drop(row.profile)
    times.observe(Diff(tuple(rows)), NOW)
    ends = [times.add_to(row).get_number("ended_at") for row in rows]
    assert ends == [None, None, compute_ago(7), compute_ago(7)]
    times.observe(Diff(removed=tuple(rows)), NOW)
    assert [times.add_to(row).facts == row.facts for row in rows] == [True] * 4
