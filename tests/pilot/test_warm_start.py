"""The rows of the last run are shown, dimmed, until the cloud has answered."""

from __future__ import annotations

import asyncio
from typing import Any

from matui.cli.demo import demo_profile
from matui.config.settings import JournalSettings, Settings
from tests.pilot.conftest import Stage, build_stage, run_console


async def earlier_run() -> None:
    """Run a console that writes to the user's journal."""
    async with run_console(profiles=[demo_profile()], prepare=lambda world: world.add_job("mine")) as c:
        await c.press("2")
        await c.advance(60)


def slow_stage(**build: Any) -> Stage:
    """Return a console an hour later, whose cloud answers after ten seconds."""
    stage = build_stage(profiles=[demo_profile()], **build)
    stage.clock.jump(3600)
    stage.faults.latency_s = 10
    return stage


async def warmed(stage: Stage, pilot: Any) -> None:
    for _ in range(100):
        await stage.clock.advance(0)
        await pilot.pause()
        table = stage.app.browse.tables.table
        if table is not None and table.total:
            return
        await asyncio.sleep(0.01)


async def test_the_last_rows_are_shown_until_the_cloud_has_answered() -> None:
    await earlier_run()
    stage = slow_stage(prepare=lambda world: world.add_job("mine", status="FAILED"))
    async with stage.app.run_test(size=(120, 40), notifications=True) as pilot:
        c = stage.console(pilot)
        await warmed(stage, pilot)
        await c.press("2")
        await warmed(stage, pilot)
        text = c.text()
        assert "mine" in text
        assert "as of 16:5" in text
        assert "asking" in text
        assert c.app.browse.tables.table.move_to(
            next(row.key for row in c.app.browse.tables.table.resources if row.name == "mine")
        )
        await c.press("x")
        await c.settle()
        assert c.app.screen is c.app.browse
        assert "the cloud has not answered yet" in "".join(n.message for n in c.app._notifications)
        assert not c.acted()
        await c.advance(60)
        text = c.text()
        assert "asking" not in text
        assert "✗ FAILED" in next(line for line in text.splitlines() if "•mine " in line)


async def test_a_setting_turns_it_off() -> None:
    await earlier_run()
    stage = slow_stage(settings=Settings(journal=JournalSettings(warm_start=False)))
    async with stage.app.run_test(size=(120, 40)) as pilot:
        for _ in range(20):
            await stage.clock.advance(0)
            await pilot.pause()
            await asyncio.sleep(0.01)
        assert stage.app.browse.tables.table is None or stage.app.browse.tables.table.total == 0
