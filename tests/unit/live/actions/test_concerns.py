"""An action is sent only if what it acts on is still what was confirmed."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from matui.base.clock import ManualClock
from matui.live.actions.executor import Executor
from matui.live.actions.guard import find_change
from matui.live.audit.trail import Audit
from matui.resources.kinds.jobs import JOBS
from matui.resources.model import Phase, Resource
from matui.resources.registry import get_kind
from tests.unit.live.acting import FakeCloud


def make(kind: str, number: int = 1, *, created_at: int | None = None, **facts: Any) -> Resource:
    phase = Phase.STOPPED if kind == "notebooks" else Phase.RUNNING
    status = "STOPPED" if kind == "notebooks" else "running"
    name = f"name-{number}"
    return Resource(
        kind, f"id-{number}", name, status, phase, "modelarts", "prod", created_at=created_at, facts=facts
    )


@pytest.mark.parametrize(
    ("kind", "action", "before", "after", "change"),
    [
        ("jobs", "stop", {"version_id": "1007"}, {"version_id": "2222"}, "was 1007 and is now 2222"),
        ("jobs", "delete", {"version_count": 1}, {"version_count": 2}, "its number of versions was 1"),
        ("jobs", "delete", {"version_id": "1007"}, {"version_id": "2222"}, "its version was 1007"),
        ("services", "stop", {"version": "0.0.1"}, {"version": "0.0.2"}, "was 0.0.1 and is now 0.0.2"),
        ("services", "delete", {"created_at": 1}, {"created_at": 2}, "it was released again meanwhile"),
        ("notebooks", "start", {"flavor": "cpu"}, {"flavor": "8 x gpu"}, "its flavor was cpu"),
        ("jobs", "stop", {"version_count": 1}, {"version_id": "1007", "version_count": 1}, None),
        ("jobs", "stop", {"version_id": "7", "version_count": 2}, {"version_id": "7"}, None),
        ("services", "stop", {}, {"created_at": 2, "version": "0.0.2"}, None),
        ("notebooks", "delete", {"flavor": "cpu"}, {"flavor": "gpu"}, None),
    ],
)
def test_what_the_action_acts_on_is_compared_where_both_state_it(
    kind: str, action: str, before: dict[str, Any], after: dict[str, Any], change: str | None
) -> None:
    known = get_kind(kind).find_action(action)
    assert known is not None
    found = find_change(make(kind, **before), make(kind, **after), known)
    assert found is None if change is None else change in (found or "")


async def test_of_several_jobs_only_those_with_the_confirmed_version_are_stopped(tmp_path: Path) -> None:
    confirmed = [make("jobs", number, version_id=f"{number}") for number in (1, 2, 3)]
    cloud, clock = FakeCloud(*confirmed), ManualClock()
    executor = Executor(cloud, clock=clock, audit=Audit(tmp_path, clock=clock))
    plan = executor.plan(JOBS, "stop", confirmed)
    cloud.rows["id-2"] = replace(confirmed[1], facts={"version_id": "2222"})
    running = asyncio.ensure_future(executor.run(plan))
    while not running.done():
        await asyncio.sleep(0)
        await clock.advance(1)
    assert [outcome.result for outcome in running.result()] == ["done", "changed", "done"]
    assert cloud.sent == [("stop", ("id-1",)), ("stop", ("id-3",))]
