"""The end of a job with versions is read where its list does not state it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

from matui.live.journal.change import Account, StoredEnd, end_run
from matui.live.poll.rows import Diff
from matui.live.triage.board import TriageBoard
from matui.live.triage.fetch_since import fetch_since, find_known_end, lacks_since
from matui.live.triage.state_times import StateChange
from matui.resources.model import Phase, Resource
from matui.resources.times import state_since
from tests.unit.live.triage.samples import NOW, ago, row

LISTED = row("JOBSTAT_FAILED", Phase.FAILED, created_at=ago(900), duration_ms=60_000, version_count=3)


class Reads:
    """Answers the job as it is read by its id."""

    def __init__(self, answer: Resource) -> None:
        self.answer = answer

    async def read(self, _kind: str, _resource_id: str) -> Resource:
        return self.answer


def fetched(cloud: Any, resource: Resource = LISTED) -> float | None:
    return asyncio.run(fetch_since(cloud, resource))


def test_the_end_is_that_of_the_job_read_by_its_id() -> None:
    assert fetched(Reads(row("JOBSTAT_FAILED", Phase.FAILED, ended_at=ago(7)))) == ago(7)


def test_a_job_that_changed_meanwhile_has_no_end() -> None:
    assert fetched(Reads(row("JOBSTAT_LOST", Phase.FAILED, ended_at=ago(7)))) is None


def test_only_jobs_without_an_end_are_read() -> None:
    assert lacks_since(LISTED)
    assert not lacks_since(row("JOBSTAT_RUNNING", Phase.RUNNING))
    assert not lacks_since(row("JOBSTAT_FAILED", Phase.FAILED, ended_at=ago(1)))
    assert not lacks_since(row("failed", Phase.FAILED, kind="models"))
    assert fetched(object()) is None


def test_a_job_that_waited_before_it_ran_ends_when_its_details_say() -> None:
    """The duration counts from the start of the run, not from the creation."""
    waited = row("JOBSTAT_FAILED", Phase.FAILED, created_at=ago(90), duration_ms=60_000)
    assert lacks_since(waited)
    board = TriageBoard()
    diff = Diff(added=(waited,))
    board.times.observe(diff, NOW)
    board.apply(diff, NOW)
    board.set_since(waited, ago(7), NOW)
    assert state_since(board.rows[waited.key]) == state_since(board.times.add_to(waited)) == ago(7)
    seen = StateChange(waited.key, ago(6), "JOBSTAT_RUNNING", "JOBSTAT_FAILED")
    board.load_journal([seen], NOW)
    assert state_since(board.rows[waited.key]) == ago(7)
    again = replace(waited, duration_ms=70_000)
    assert lacks_since(board.times.add_to(again))


def test_an_end_that_another_process_read_is_that_of_the_same_run() -> None:
    end = StoredEnd(Account("m"), "jobs", LISTED.id, LISTED.status, end_run(LISTED), ago(7), ago(1))
    assert find_known_end({LISTED.key: end}, LISTED) == ago(7)
    again = replace(LISTED, duration_ms=61_000)
    assert find_known_end({LISTED.key: end}, again) is None


def test_the_end_that_was_read_orders_the_rows_of_triage() -> None:
    board = TriageBoard()
    diff = Diff(added=(LISTED,))
    board.times.observe(diff, NOW)
    board.apply(diff, NOW)
    shown = board.set_since(LISTED, ago(7), NOW).changed[0]
    assert state_since(shown) == ago(7)
