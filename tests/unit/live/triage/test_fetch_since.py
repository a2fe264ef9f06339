"""The end of a job with versions is read where its list does not state it."""

from __future__ import annotations

import asyncio
from typing import Any

from matui.live.poll.rows import Diff
from matui.live.triage.board import TriageBoard
from matui.live.triage.fetch_since import fetch_since, lacks_since
from matui.resources.model import Phase, Resource
from matui.resources.times import STATE_SINCE
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


def test_the_end_that_was_read_orders_the_rows_of_triage() -> None:
    board = TriageBoard()
    diff = Diff(added=(LISTED,))
    board.times.observe(diff, NOW)
    board.apply(diff, NOW)
    shown = board.set_since(LISTED, ago(7), NOW).changed[0]
    assert shown.facts[STATE_SINCE] == ago(7)
