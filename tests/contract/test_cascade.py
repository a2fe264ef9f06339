"""Deleting every version of a model: which went and which stayed is said and kept, whatever the line does."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from matui.base.clock import ManualClock
from matui.cli.context.demo import build_demo_profile
from matui.clouds.factory import open_cloud
from matui.clouds.protocols import Cloud, Reads, require
from matui.live.actions.executor import Executor
from matui.live.actions.outcome import Outcome
from matui.live.audit.entry import AuditEntry, list_entry_fields
from matui.live.audit.trail import Audit, read_audit
from matui.resources.kinds.models import MODELS
from matui.sim.app import build_app
from matui.sim.server.faults import Faults
from tests.seeded_world import SeededWorld, build_world


class Rig:
    """Three versions of a model of which a service uses the last, and what deletes them."""

    def __init__(
        self, cloud: Cloud, world: SeededWorld, faults: Faults, folder: Path, clock: ManualClock
    ) -> None:
        self.cloud, self.world, self.faults, self.clock = cloud, world, faults, clock
        self.audit = Audit(folder, clock=clock)
        self.executor = Executor(cloud, clock=clock, audit=self.audit)
        self.free = [world.add_model("ocr-new", version=f"1.0.{n}").id for n in range(2)]
        used = world.add_model("ocr-new", version="1.0.9")
        world.add_service("s", model=used)
        self.used = used.id

    async def delete(self, model: str, *faults: str | None) -> Outcome:
        row = await require(self.cloud, Reads).read("models", model)
        plan = self.executor.plan(MODELS, "delete-versions", [row])
        self.faults.queue.extend(faults)
        running = asyncio.ensure_future(self.executor.run(plan))
        while not running.done():
            await asyncio.sleep(0)
            await self.clock.advance(0.5)
        [outcome] = running.result()
        return outcome

    def read_entry(self) -> AuditEntry:
        [entry] = read_audit(self.audit.lines, self.clock.now()).entries
        return entry

    def read_recorded(self) -> dict[str, Any]:
        return json.loads(json.dumps(self.read_entry().as_json()))


@asynccontextmanager
async def open_rig(folder: Path) -> AsyncIterator[Rig]:
    clock = ManualClock(1_760_000_000.0)
    world = build_world(seed=7, scale=1, clock=clock)
    faults = Faults()
    app = build_app(world, faults=faults)
    cloud = await open_cloud(build_demo_profile(), clock=clock, cache_dir=None, asgi_app=app)
    try:
        yield Rig(cloud, world, faults, folder, clock)
    finally:
        await cloud.aclose()


async def test_what_went_in_part_is_said_and_recorded_version_by_version(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        outcome = await rig.delete(rig.free[0])
        assert (outcome.result, outcome.exit_code) == ("partly", 1)
        assert "delete all versions done in part. Deleted: " in outcome.sentence
        assert f"Not deleted: {rig.used} (ModelArts.3009" in outcome.sentence
        kept = rig.read_recorded()
        assert (kept["outcome"], sorted(kept["went"])) == ("partly", sorted(rig.free))
        assert [one["id"] for one in kept["stayed"]] == [rig.used]
        assert sorted(kept["parameters"]["versions"]) == sorted([*rig.free, rig.used])
        assert rig.used in dict(list_entry_fields(rig.read_entry()))["Kept"]


async def test_what_went_whole_names_each_version(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        rig.world.services.remove(next(s.id for s in rig.world.services if s.name == "s"))
        outcome = await rig.delete(rig.used)
        assert outcome.result == "done"
        assert all(ident in outcome.sentence for ident in (*rig.free, rig.used))
        assert len(rig.read_recorded()["went"]) == 3


async def test_a_lost_answer_is_settled_by_a_look_at_every_version(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        outcome = await rig.delete(rig.free[0], None, None, "lost")
        assert outcome.result == "unknown"
        assert f"Not deleted: {rig.used}." in outcome.sentence
        kept = rig.read_recorded()
        assert (kept["outcome"], kept["settled"]["verdict"]) == ("unknown", "changed")
        assert sorted(kept["went"]) == sorted(rig.free)
        assert kept["stayed"] == [{"id": rig.used, "why": ""}]


async def test_what_never_arrived_is_unchanged_after_a_minute_also_for_a_later_run(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        await rig.delete(rig.free[0], None, None, "500")
        assert rig.read_entry().verdict == ""
        later = Executor(rig.cloud, clock=rig.clock, audit=rig.audit).reconciler
        later.load_unknown(rig.cloud)
        await later.reread(rig.cloud)
        assert rig.read_entry().verdict == ""
        await rig.clock.advance(60)
        await later.reread(rig.cloud)
        assert (rig.read_entry().verdict, later.pending) == ("unchanged", ())
        assert len(rig.read_recorded()["stayed"]) == 3
