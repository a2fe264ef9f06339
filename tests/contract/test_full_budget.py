"""With the request budget used up an action still follows its re-read at once, and can be cancelled."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from matui.base.calls.send_gate import SendGate
from matui.base.clock import ManualClock
from matui.cli.context.demo import build_demo_profile
from matui.clouds.factory import open_cloud
from matui.clouds.protocols import Cloud, ListRequest, Lists, require
from matui.live.actions.executor import Executor
from matui.live.actions.outcome import Outcome
from matui.live.audit.trail import Audit
from matui.resources.kinds.notebooks import NOTEBOOKS
from matui.resources.model import Resource
from matui.sim.app import build_app
from tests.seeded_world import build_world

LIMIT = 20


class Rig:
    """A cloud whose budget is used up, and what reached it when."""

    def __init__(self, cloud: Cloud, folder: Path, clock: ManualClock) -> None:
        self.cloud, self.clock, self.folder = cloud, clock, folder
        self.requests: list[tuple[float, str]] = []
        self.executor = Executor(cloud, clock=clock, audit=Audit(folder, clock=clock))
        self.waits: list[str] = []
        self.cancelled: list[Outcome] = []

    async def use_up(self) -> list[Resource]:
        """Return the running notebooks, with nothing left of the budget, not even the reserve for actions."""
        rows: tuple[Resource, ...] = ()
        while self.cloud.get_budget().used < self.cloud.get_budget().limit:
            with SendGate(self.clock, requests=1).open():
                rows = (await require(self.cloud, Lists).list_page(ListRequest("notebooks"))).resources
        return [row for row in rows if row.status == "RUNNING"]

    def stop(self, *rows: Resource) -> asyncio.Future[tuple[Outcome, ...]]:
        plan = self.executor.plan(NOTEBOOKS, "stop", rows)
        running = self.executor.run(plan, on_wait=self.waits.append, on_cancel=self.cancelled.extend)
        return asyncio.ensure_future(running)

    def list_actions(self) -> list[tuple[float, str]]:
        return [(at, line) for at, line in self.requests if not line.startswith("GET")]

    def read_audit_lines(self) -> list[dict[str, Any]]:
        file = self.folder / "audit.jsonl"
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


@asynccontextmanager
async def open_rig(folder: Path, limit: int = LIMIT) -> AsyncIterator[Rig]:
    clock = ManualClock(1_760_000_000.0)
    inner = build_app(build_world(seed=7, scale=1, clock=clock))
    rigs: list[Rig] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        rigs[0].requests.append((clock.monotonic(), f"{scope['method']} {scope['path']}"))
        await inner(scope, receive, send)

    profile = build_demo_profile()
    profile = profile.model_copy(update={"requests_per_minute": limit})
    cloud = await open_cloud(profile, clock=clock, cache_dir=None, asgi_app=app)
    rigs.append(Rig(cloud, folder, clock))
    try:
        yield rigs[0]
    finally:
        await cloud.aclose()


async def advance(rig: Rig, running: asyncio.Future[Any], seconds: float) -> None:
    for _ in range(int(seconds)):
        if not running.done():
            await rig.clock.advance(1)


@pytest.mark.parametrize("limit", [2, 9, 20])
async def test_the_action_follows_its_re_read_within_two_seconds(tmp_path: Path, limit: int) -> None:
    async with open_rig(tmp_path, max(limit, 5)) as rig:
        [row, *_] = await rig.use_up()
        began = rig.clock.monotonic()
        running = rig.stop(row)
        await advance(rig, running, 200)
        [outcome] = await running
        assert outcome.result == "done", outcome.sentence
        [(left, _line)] = rig.list_actions()
        read_again = max(at for at, line in rig.requests if line.startswith("GET") and at <= left)
        assert left - read_again <= 2.0
        assert read_again - began > 10
        assert rig.waits[:2] == ["the request budget", ""]


async def test_a_change_made_while_the_action_waits_is_seen(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        [row, *_] = await rig.use_up()
        running = rig.stop(replace(row, name="other-name"))
        await advance(rig, running, 100)
        [outcome] = await running
        assert (outcome.result, rig.list_actions()) == ("changed", [])


async def test_a_cancelled_wait_sends_nothing_and_is_recorded(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        rows = (await rig.use_up())[:2]
        running = rig.stop(*rows)
        await advance(rig, running, 5)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        await rig.clock.advance(120)
        assert rig.list_actions() == []
        assert [outcome.result for outcome in rig.cancelled] == ["not sent"] * 2
        assert "stop not sent, cancelled." in rig.cancelled[0].sentence
        results = [line for line in rig.read_audit_lines() if line["line"] == "result"]
        assert [(line["outcome"], line["sent_at"]) for line in results] == [("not sent", None)] * 2


async def test_the_audit_says_when_the_action_was_sent(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        [row, *_] = await rig.use_up()
        running = rig.stop(row)
        await advance(rig, running, 100)
        await running
        [(left, _line)] = rig.list_actions()
        [result] = [line for line in rig.read_audit_lines() if line["line"] == "result"]
        assert result["sent_at"].startswith("20")
        assert abs(datetime.fromisoformat(result["sent_at"]).timestamp() - left) <= 0.001


async def test_the_budget_is_never_exceeded(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        rows = await rig.use_up()
        polls = [
            asyncio.ensure_future(require(rig.cloud, Lists).list_page(ListRequest("notebooks")))
            for _ in range(30)
        ]
        running = rig.stop(*rows[:3])
        await advance(rig, running, 300)
        await running
        while not all(poll.done() for poll in polls):
            await rig.clock.advance(1)
        times = [at for at, _line in rig.requests]
        assert all(sum(at <= other < at + 60 for other in times) <= LIMIT for at in times)
        assert max(at for at, _line in rig.list_actions()) - times[0] <= 65
