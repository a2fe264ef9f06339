"""A recording of the demo's incident shows the same screens again, and its keys move the time."""

from __future__ import annotations

import random
import re
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from matui.base.clock import ManualClock
from matui.base.text.formatting import format_local_time
from matui.cli.console.recording import ReplayOpener
from matui.cli.context.demo import SEED, build_demo_profile
from matui.cli.context.session import Session
from matui.cli.options import Options
from matui.clouds.factory import open_cloud
from matui.config.settings import Settings
from matui.console.app import MatuiApp
from matui.live.recording.cloud import record_cloud
from matui.live.recording.playback import Playback
from matui.live.recording.reading import Recording
from matui.live.recording.tape import Tape
from matui.sim.app import build_app
from matui.sim.server.faults import Faults
from tests.pilot.conftest import START, Console, find_dimmed_keys
from tests.seeded_world import build_world

pytestmark = pytest.mark.slow

SIZE = (120, 40)


@asynccontextmanager
async def record_console(file: Path, size: tuple[int, int] = SIZE) -> AsyncIterator[Console]:
    """Run a console on the demo's incident and record it."""
    clock, tape = ManualClock(START), Tape(file)
    world = build_world(seed=SEED, clock=clock, incident=True)
    served = build_app(world)

    def opener(profile: str | None, *, demo: bool = False) -> AbstractAsyncContextManager[Session]:
        return opened()

    @asynccontextmanager
    async def opened() -> AsyncIterator[Session]:
        cloud = await open_cloud(build_demo_profile(), clock=clock, cache_dir=None, asgi_app=served)
        yield Session(record_cloud(cloud, tape, clock), build_demo_profile(), Settings(), clock)
        await cloud.aclose()

    app = MatuiApp(Options(demo=True, screen="jobs"), opener, rng=random.Random(1), tape=tape)
    async with app.run_test(size=size) as pilot:
        console = Console(app, pilot, clock, world, Faults())
        await console.settle()
        yield console
    tape.close()
    assert tape.problem == ""


@asynccontextmanager
async def replay_console(file: Path, size: tuple[int, int] = SIZE) -> AsyncIterator[tuple[Console, Playback]]:
    """Run a console on a recording, paused at its beginning."""
    clock = ManualClock(START + 86_400)
    recording = Recording(file)
    playback = Playback(recording, clock)
    options = Options(replay=file, screen="jobs")
    opener = ReplayOpener(options, playback)
    app = MatuiApp(options, opener.open, opener.list_names, rng=random.Random(1), playback=playback)
    async with app.run_test(size=size, notifications=True) as pilot:
        console = Console(app, pilot, clock, build_world(seed=1, clock=clock), Faults())
        await console.settle()
        yield console, playback
    recording.close()


async def look(console: Console) -> list[str]:
    """Return the screen without the status bar and the key bar, which say that it is a replay."""
    console.app.browse.tick()
    await console.settle()
    return [line.rstrip() for line in console.read_text().split("\n")[:-2]]


def read_status(console: Console) -> str:
    return console.read_text().split("\n")[-2].strip()


@pytest.fixture
async def incident(tmp_path: Path) -> tuple[Path, dict[float, list[str]]]:
    """Return a recording of two minutes of the incident, and its screens by time."""
    file, screens = tmp_path / "incident.rec", {}
    async with record_console(file) as console:
        for _ in range(8):
            await console.advance(15)
            screens[console.clock.now()] = await look(console)
        await console.press("l")
        await console.advance(15)
        screens[console.clock.now()] = await look(console)
    return file, screens


async def test_a_replay_shows_the_screens_of_the_incident(
    incident: tuple[Path, dict[float, list[str]]],
) -> None:
    file, screens = incident
    *tables, with_log = screens.items()
    assert len({tuple(screen) for _at, screen in tables}) > 1
    async with replay_console(file) as (console, playback):
        for at, screen in tables:
            playback.clock.jump(at)
            await console.press("ctrl+r")
            await console.advance(1)
            assert await look(console) == screen
        for at, screen in tables[::-1]:
            await console.press("T")
            await console.type(format_local_time(int(at * 1000)))
            await console.press("enter")
            await console.advance(1)
            assert await look(console) == screen
        await console.press("l")
        await console.press("tab", "T", "plus", *"1h", "enter", "tab")
        await console.advance(2)
        assert playback.clock.now() == playback.clock.end
        assert "The recording ends at" in console.read_text()
        console.app.clear_notifications()
        assert await look(console) == with_log[1]


async def test_the_keys_move_the_time_and_nothing_can_be_done(
    incident: tuple[Path, dict[float, list[str]]],
) -> None:
    file, _screens = incident
    async with replay_console(file, (160, 40)) as (console, playback):
        assert read_status(console).startswith("replay 2025-10-09 16:53:2")
        assert "paused · 1×" in read_status(console)
        begin = playback.at_ms
        await console.press("full_stop", "full_stop")
        second = playback.at_ms
        await console.press("full_stop", "comma")
        assert begin < second == playback.at_ms
        await console.press("greater_than_sign", "greater_than_sign", "less_than_sign", "space")
        assert "playing · 2×" in read_status(console)
        await console.advance(10)
        assert playback.at_ms == second + 20_000
        await console.press("space")
        assert "paused · 2×" in read_status(console)
        await console.press(*["greater_than_sign"] * 5, "p", "9")
        said = [notice.message for notice in console.app._notifications]
        assert said == [
            "It does not play faster.",
            "This is a replay: nothing is polled; play/pause stops its time.",
            "The recording has no devservers.",
        ]
        await console.press("x")
        said = [notice.message for notice in console.app._notifications]
        assert any("this is a replay" in words.lower() for words in said), said
        await console.press("0", "N", "K")
        said = [notice.message for notice in console.app._notifications]
        assert said[-1:] == ["This is a replay: nothing is kept or announced."]  # shown once
        await console.type(":report")
        await console.press("enter")
        await console.type(":capsules")
        await console.press("enter")
        said = [notice.message for notice in console.app._notifications]
        assert "This is a replay: it has no journal; C lists the changes." in said
        assert "This is a replay: it has no capsules." in said
        assert "K acknowledge" in find_dimmed_keys(console)
        await console.press("2")
        await console.advance(1)
        console.app.clear_notifications()
        dimmed = find_dimmed_keys(console)
        # The deletion last: what is typed within a second after its refusal is dropped.
        for hint in ("x stop", "i edit", "A rerun", "ctrl+d delete"):
            assert hint in dimmed or hint not in console.read_text().splitlines()[-1]
            await console.press(hint.split()[0])
            assert console.app.screen is console.app.browse
            said = [notice.message for notice in console.app._notifications]
            assert "this is a replay" in said[-1].lower()
            console.app.clear_notifications()
        assert "marked" not in console.read_text()


async def test_a_jump_is_no_change(incident: tuple[Path, dict[float, list[str]]]) -> None:
    file, _screens = incident
    async with replay_console(file) as (console, playback):
        unseen = console.app.browse.unseen
        await console.press("1", "T", "plus", *"2m", "enter")
        await console.advance(2)
        assert unseen.count_by_kind() == {}
        await console.press("T", "minus", *"1h", "enter", "space")
        await console.advance(1)
        assert unseen.count_by_kind() == {}
        await console.advance(100)
        assert playback.at_ms > (playback.clock.begin + 90) * 1000
        assert set(unseen.count_by_kind()) >= {"jobs"}
        await console.press("comma")
        await console.advance(2)
        assert unseen.count_by_kind() == {}


async def test_the_changes_are_those_of_the_recording_up_to_the_time_shown(
    incident: tuple[Path, dict[float, list[str]]],
) -> None:
    file, _screens = incident
    async with replay_console(file) as (console, playback):
        await console.press("C")
        await console.advance(1)
        assert "0 changes" in console.read_text()
        await console.press("escape", "T", "plus", *"2m", "enter", "C")
        await console.advance(1)
        assert "llama-7b-pretrain" in console.read_text()
        assert "RUNNING → ✗ FAILED" in console.read_text()
        await console.press("enter")
        await console.advance(2)
        assert "replay" in read_status(console)
        assert playback.at_ms > START * 1000


async def test_a_moment_shows_in_triage_what_was_known_then(tmp_path: Path) -> None:
    file, screens = tmp_path / "triage.rec", {}
    async with record_console(file) as console:
        await console.press("0")
        for at in range(4):
            await console.advance(15)
            if at == 2:
                await console.press("K")
                await console.type("looking at it")
                await console.press("enter")
            screens[console.clock.now()] = await look(console)
        await console.advance(15)  # a recording ends with its last answer
    async with replay_console(file) as (console, playback):
        await console.press("0")
        for at, screen in reversed(screens.items()):
            await console.press("T")
            await console.type(format_local_time(int(at * 1000)))
            await console.press("enter")
            assert playback.clock.now() == at
            for _ in range(3):
                await console.advance(1)
            assert _select_rows(await look(console)) == _select_rows(screen)


def _select_rows(screen: list[str]) -> list[str]:
    """Return the rows without the cursor, and without ages that are evaluated every ten seconds."""
    rows = [line.lstrip("› ") for line in screen[2:] if "auto-stop" not in line]
    return [re.sub(r"(aiting|AITING) for \w+ *", r"\1 ", row) for row in rows]
