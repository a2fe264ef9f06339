"""A capsule opens like a live resource, without a network, and ``q`` and ``esc`` lead back."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest

from matui.base.clock import ManualClock
from matui.cli.capsule import open_capsule_session
from matui.cli.context.demo import build_demo_profile
from matui.cli.context.session import Session
from matui.cli.options import Options
from matui.clouds.factory import open_cloud
from matui.clouds.protocols import ListRequest
from matui.config.paths import get_capsules_dir
from matui.config.settings import Settings
from matui.console.app import MatuiApp
from matui.live.capsules import PROFILE_PREFIX
from matui.live.capsules.archive import CapsuleStore
from matui.live.capsules.collect import collect_capsule
from matui.sim.app import build_app
from matui.sim.server.faults import Faults
from tests.pilot.conftest import START, Console, find_dimmed_keys
from tests.seeded_world import build_world


@asynccontextmanager
async def run_stage(size: tuple[int, int] = (120, 40)) -> AsyncIterator[Console]:
    """Run a console with one capsule, of a job of the demo whose log holds an error."""
    clock, options = ManualClock(START), Options(demo=True, screen="jobs")
    world = build_world(seed=7, clock=clock)
    served = build_app(world)

    @asynccontextmanager
    async def opened(name: str | None) -> AsyncIterator[Session]:
        if (name or "").startswith(PROFILE_PREFIX):
            yield open_capsule_session(options, name or "")
            return
        cloud = await open_cloud(build_demo_profile(), clock=clock, cache_dir=None, asgi_app=served)
        yield Session(cloud, build_demo_profile(), Settings(), clock)
        await cloud.aclose()

    def opener(profile: str | None, *, demo: bool = False) -> AbstractAsyncContextManager[Session]:
        return opened(profile)

    async with opened(None) as session:
        rows = (await session.cloud.list_page(ListRequest("jobs", size=200))).resources
        (job,) = [row for row in rows if row.name == "bert-large-zh"]
        collecting = asyncio.ensure_future(
            collect_capsule(session.cloud, job, clock, random.Random(1), limit_bytes=10**5)
        )
        while not collecting.done():
            await clock.advance(1)
        manifest, entries = collecting.result()
        CapsuleStore(get_capsules_dir(demo=True), limit_bytes=10**9).write(manifest, entries)
    app = MatuiApp(options, opener, rng=random.Random(1))
    async with app.run_test(size=size, notifications=True) as pilot:
        console = Console(app, pilot, clock, world, Faults())
        await console.settle()
        yield console


async def open_capsule(console: Console) -> None:
    await console.type(":capsules")
    await console.press("enter")
    await console.press("enter")
    await console.press("0")


@pytest.mark.slow
async def test_a_capsule_opens_like_a_live_resource_and_q_and_esc_lead_back() -> None:
    async with run_stage() as console:
        console.app.profiles.note_changes("jobs", frozenset({"1"}))
        console.app.profiles.note_changes("services", frozenset({"1"}))
        await open_capsule(console)
        for _ in range(20):
            await console.advance(1)
            if "NCCL error" in console.read_text():
                break
        screen = console.read_text()
        assert "READ-ONLY" in screen
        assert "NCCL error" in screen
        assert "2 jobs" in screen
        assert "capsule saved 2025-10-09" in screen
        assert "· offline · live profiles are not polled" in screen
        assert "changed:" not in screen
        assert "•" not in screen
        assert "K acknowledge" in find_dimmed_keys(console)
        for key in ("N", "K"):
            console.app.clear_notifications()
            await console.press(key)
            said = [notice.message for notice in console.app._notifications]
            assert said == ["This is a capsule: nothing is kept or announced."]
        await console.press("Y")
        await console.advance(3)
        assert "First error" in console.read_text()
        assert "loading" not in console.read_text()
        await console.press("l")
        await console.advance(3)
        assert "  saved 16:5" in console.read_text()
        assert "live" not in console.read_text().split("\n", 1)[1].rpartition("\n")[0].replace(
            "live profiles", ""
        )
        await console.press("Y")
        await console.advance(3)
        assert "run it again" not in console.read_text()
        await console.press("e")
        assert console.app.explain_disabled("events") == "ModelArts v1 keeps no events of jobs"
        assert "e events" not in console.read_text()
        await console.press("q")
        await console.press("q")
        await console.advance(3)
        assert not console.app._exit
        assert "READ-ONLY" not in console.read_text()
        assert "services" in console.read_text()
        tables = console.app.browse.tables
        await console.press("0")
        await console.type("/zzz")
        await console.press("enter")
        before = tables.export_arrangement()
        await open_capsule(console)
        await console.advance(3)
        assert (tables.filter_text, "bert-large-zh" in console.read_text()) == ("", True)
        assert tables.export_arrangement() == before
        await console.press("escape")
        await console.advance(3)
        assert tables.filter_text == "zzz"
        assert "READ-ONLY" not in console.read_text()


@pytest.mark.slow
async def test_what_a_capsule_cannot_do_is_dimmed_and_says_why() -> None:
    async with run_stage((160, 40)) as console:
        await open_capsule(console)
        await console.advance(3)
        await console.press("2")
        await console.advance(1)
        console.app.clear_notifications()
        await console.press("1", "v")
        said = [notice.message for notice in console.app._notifications]
        assert said == ["The capsule holds no notebooks.", "The capsule holds no versions."]
        # The deletion last: what is typed within a second after its refusal is dropped.
        for hint in ("x stop", "i edit", "A rerun", "ctrl+d delete"):
            assert hint not in console.read_text().splitlines()[-1] or hint in find_dimmed_keys(console)
            console.app.clear_notifications()
            await console.press(hint.split()[0])
            assert console.app.screen is console.app.browse
            (notice,) = console.app._notifications
            assert "capsule" in notice.message, (hint, notice.message)


async def test_the_cursor_returns_to_its_row_when_a_capsule_is_left() -> None:
    async with run_stage() as console:
        await console.press("down", "down", "down")
        chosen = console.app.browse.tables.table.cursor.resource.name
        await open_capsule(console)
        await console.advance(3)
        await console.press("escape")
        await console.advance(3)
        assert console.app.browse.tables.table.cursor.resource.name == chosen
