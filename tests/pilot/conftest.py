"""A console on the in-process simulator, with a clock that only the test moves."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from textual.pilot import Pilot

from matui.base.clock import ManualClock
from matui.base.errors import MatuiError
from matui.cli.capsule import open_capsule_session
from matui.cli.context.demo import build_demo_profile, build_peer_profile
from matui.cli.context.session import Session
from matui.cli.options import Options
from matui.clouds.factory import open_cloud
from matui.config.settings import Profile, Settings
from matui.config.values import DEMO_PROFILES
from matui.console.app import MatuiApp
from matui.live.capsules import PROFILE_PREFIX
from matui.sim.app import build_app
from matui.sim.server.faults import Faults
from tests.event_loop import VirtualTimeLoop
from tests.seeded_world import SeededWorld, build_world
from tests.sim_fixtures import add_hostile

START = 1_760_000_000.0  # 2025-10-09 08:53:20 UTC


class SteadyRandom(random.Random):
    """Draws the middle of an interval: waits then do not depend on who waits first."""

    def uniform(self, a: float, b: float) -> float:
        return (a + b) / 2


@dataclass
class Console:
    """What a test drives: the pilot's keys, the clock, and the simulated world behind."""

    app: MatuiApp
    pilot: Pilot[int]
    clock: ManualClock
    world: SeededWorld
    faults: Faults

    async def press(self, *keys: str) -> None:
        """Press keys one by one and let everything they set off come to rest."""
        for key in keys:
            await self.pilot.press(key)
            await self.settle()

    async def type(self, text: str) -> None:
        """Type text into whatever has the focus."""
        await self.pilot.press(*["space" if letter == " " else letter for letter in text])
        await self.settle()

    async def advance(self, seconds: float) -> None:
        """Let time pass, and everything that is due happen."""
        await self.clock.advance(seconds)
        await self.settle()

    async def settle(self) -> None:
        """Let requests, messages and paints that are under way come to an end."""
        loop = asyncio.get_running_loop()
        for turn in range(4):
            await self.clock.advance(0)
            await self.pilot.pause()
            if turn and isinstance(loop, VirtualTimeLoop) and loop.is_idle:
                break

    def read_text(self) -> str:
        """Return the screen as lines of text."""
        lines = self.app.screen._compositor.render_strips()
        return "\n".join("".join(segment.text for segment in strip) for strip in lines)

    @property
    def requests(self) -> list[Any]:
        """Every request the cloud has seen."""
        return self.world.requests

    def list_acted(self) -> list[tuple[str, str]]:
        """Return method and path of the requests that changed something."""
        return [(method, path) for method, path, _query in self.world.requests if method != "GET"]


Prepare = Callable[[SeededWorld], None]


@dataclass
class Stage:
    """A console that has not been started yet, on a world of its own."""

    app: MatuiApp
    clock: ManualClock
    world: SeededWorld
    faults: Faults

    def make_console(self, pilot: Pilot[int]) -> Console:
        """Return the console that a running pilot drives."""
        return Console(self.app, pilot, self.clock, self.world, self.faults)


def build_stage(
    *,
    options: Options | None = None,
    prepare: Prepare | None = None,
    scale: int = 1,
    hostile: bool = False,
    settings: Settings | None = None,
    profiles: Sequence[Profile] = (),
    names: Sequence[str] = (),
    refusals: Mapping[str, MatuiError] | None = None,
    rng: random.Random | None = None,
) -> Stage:
    """Build a console on a fresh world; the same arguments give the same screens.

    ``profiles`` are what there is to open besides the demo's three, ``names`` those opened at the start, and
    ``refusals`` errors that opening a profile raises while they are in it.
    """
    clock = ManualClock(START)
    world = build_world(seed=7, scale=scale, clock=clock)
    if hostile:
        add_hostile(world)
    if prepare:
        prepare(world)
    faults = Faults()
    served = build_app(world, faults=faults)
    peers = [build_peer_profile(served, name) for name in DEMO_PROFILES[1:]] if names else []
    known = {profile.name: profile for profile in (*peers, *profiles)}
    chosen_options = options or Options(demo=not profiles)

    @asynccontextmanager
    async def opened(profile: str | None, *, demo: bool) -> AsyncIterator[Session]:
        if (profile or "").startswith(PROFILE_PREFIX):
            yield open_capsule_session(chosen_options, profile or "")
            return
        chosen = known.get(profile or "") or build_demo_profile()
        if chosen.name in (refusals or {}):
            raise (refusals or {})[chosen.name]
        cloud = await open_cloud(chosen, clock=clock, cache_dir=None, asgi_app=served)
        try:
            yield Session(cloud, chosen, settings or Settings(), clock)
        finally:
            await cloud.aclose()

    def opener(profile: str | None, *, demo: bool = False) -> AbstractAsyncContextManager[Session]:
        return opened(profile, demo=demo)

    async def asked_for() -> tuple[str, ...]:
        return tuple(names)

    app = MatuiApp(
        chosen_options if chosen_options.screen else chosen_options._replace(screen="jobs"),
        opener,
        asked_for if names else None,
        rng=rng or random.Random(1),
    )
    return Stage(app, clock, world, faults)


@asynccontextmanager
async def run_console(*, size: tuple[int, int] = (120, 40), **build: Any) -> AsyncIterator[Console]:
    """Run the console on a fresh world until the block ends; ``build`` goes to ``build_stage``."""
    stage = build_stage(**build)
    async with stage.app.run_test(size=size, notifications=True) as pilot:
        console = stage.make_console(pilot)
        await console.settle()
        yield console


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Any, virtual_time: None) -> Iterator[None]:
    """Keep state, caches and config of a test in its own folder, and its times in one zone."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"):
            patch.setenv(name, str(tmp_path / name.lower()))
        patch.setenv("TZ", "Asia/Shanghai")
        patch.setattr("matui.clouds.http.client.Random", SteadyRandom)
        time.tzset()
        yield
    time.tzset()


@pytest.fixture
def console() -> Callable[..., AbstractAsyncContextManager[Console]]:
    """Return the context manager that runs a console."""
    return run_console


async def wait_until_calm(c: Console) -> None:
    """Let every request that triage makes come to an end."""
    for quiet in range(100):
        await c.settle()
        if c.app.browse.triage.is_idle and quiet > 5:
            return


async def select(c: Console, name: str) -> None:
    """Put the cursor on the one row of that name."""
    await c.press("/")
    await c.type(name)
    await c.press("enter")
    assert c.app.browse.tables.table.cursor.resource.name == name


def find_dimmed_keys(c: Console) -> str:
    """Return what is dimmed in the key bar."""
    content = c.app.browse.frame.keys.content
    spans = sorted(span for span in content.spans if span.style == "$text-disabled")
    return " ".join(content.plain[span.start : span.end].strip() for span in spans)
