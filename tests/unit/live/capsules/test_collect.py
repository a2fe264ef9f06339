"""A capsule holds the newest lines of every file, masks secrets and says what it lacks."""

from __future__ import annotations

import asyncio
import json
import random

from matui.base.errors import NotFoundError
from matui.clouds.protocols import BudgetState, LogPage
from matui.live.capsules.collect import collect_capsule
from tests.contract.modelarts_v2.stage import Stage, list_first_page


async def collect(stage: Stage, cloud, **options):
    (job,) = [row for row in await list_first_page(cloud, "jobs") if row.name == "train"]
    limit = options.pop("limit_bytes", 20_000_000)
    return await collect_capsule(cloud, job, stage.clock, random.Random(1), limit_bytes=limit)


async def test_every_part_and_every_file_is_there() -> None:
    stage = Stage()
    stage.world.add_job("train", status="FAILED", workers=2, log_lines=2600)
    async with stage.open_cloud() as cloud:
        manifest, entries = await collect(stage, cloud)
    assert {"resource.json", "detail.json", "events.json", "metrics.json"} <= set(entries)
    assert len(manifest.logs) == 2
    for part in manifest.logs:
        lines = entries[part.entry].decode().split("\n")[:-1]
        assert len(lines) == part.lines >= 2000
    assert json.loads(entries["resource.json"])["name"] == "train"
    assert manifest.id.endswith(manifest.id.split("-")[-1])


async def test_the_size_limit_cuts_the_beginning_and_is_said() -> None:
    stage = Stage()
    stage.world.add_job("train", status="FAILED", workers=1, log_lines=6000)
    async with stage.open_cloud() as cloud:
        manifest, entries = await collect(stage, cloud, limit_bytes=150_000)
    (part,) = manifest.logs
    assert part.cut == "the size limit"
    assert part.bytes <= 160_000
    assert any("size limit" in line for line in manifest.cut)
    whole = entries[part.entry].decode().split("\n")[:-1]
    assert len(whole) == part.lines


async def test_a_job_deleted_meanwhile_keeps_what_was_read() -> None:
    stage = Stage()
    stage.world.add_job("train", status="FAILED", workers=1, log_lines=4000)
    async with stage.open_cloud() as cloud:
        read, pages = cloud.read_log_page, 0

        async def vanish(*arguments, **how) -> LogPage:
            nonlocal pages
            pages += 1
            if pages > 5:
                raise NotFoundError("The job does not exist.")
            return await read(*arguments, **how)

        cloud.read_log_page = vanish
        manifest, _entries = await collect(stage, cloud)
    (part,) = manifest.logs
    assert part.lines == 2500
    assert "does not exist" in part.cut


async def test_lines_that_wait_take_a_fraction_of_their_size_in_memory() -> None:
    """Up to 16 capsules wait, each with up to 20 MB of lines."""
    stage, held = Stage(), list[int]()

    async def wait_turn(held_bytes: int) -> str:
        held.append(held_bytes)
        return ""

    stage.world.add_job("train", status="FAILED", workers=1, log_lines=8000)
    async with stage.open_cloud() as cloud:
        (job,) = [row for row in await list_first_page(cloud, "jobs") if row.name == "train"]
        manifest, entries = await collect_capsule(
            cloud, job, stage.clock, random.Random(1), limit_bytes=20_000_000, wait_turn=wait_turn
        )
    (part,) = manifest.logs
    assert entries[part.entry].count(b"\n") == part.lines > 8000
    assert held[-1] < part.bytes / 2


async def test_secrets_in_a_log_are_masked_and_counted() -> None:
    from matui.live.capsules.collect import redact_lines

    data, hidden = redact_lines(["step 1", "export PASSWORD=hunter2222", "loss 3"])
    assert b"hunter2222" not in data
    assert hidden == 1
    assert data.count(b"\n") == 3


async def test_the_ends_of_logs_leave_a_fifth_of_the_budget_to_the_polls() -> None:
    stage = Stage()
    stage.world.add_job("train", status="FAILED", workers=2, log_lines=2600)
    async with stage.open_cloud() as cloud:
        used: list[BudgetState] = []

        def budget() -> BudgetState:
            used.append(BudgetState(85 if len(used) < 10 else 10, 100))
            return used[-1]

        cloud.get_budget = budget
        collecting = asyncio.ensure_future(collect(stage, cloud))
        for _ in range(8):
            await stage.clock.advance(0.1)
        assert not collecting.done()
        began = stage.clock.now()
        while not collecting.done():
            await stage.clock.advance(1)
        assert stage.clock.now() - began >= 4
