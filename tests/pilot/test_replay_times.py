"""A replay shows the state at its time, whichever times were shown before."""

from __future__ import annotations

from pathlib import Path

import pytest

from matui.base.text.formatting import format_local_time
from matui.live.recording.playback import Playback
from tests.pilot.conftest import Console
from tests.pilot.test_replay import look, record_console, replay_console

pytestmark = pytest.mark.slow

TABLES = ("1", "2", "3", "4", "7", "0")
PANES = ("d", "Y", "l", "m", "e")


def remove_cursor(lines: list[str]) -> list[str]:
    """Return the lines without the mark of the cursor, which stays on its row when others come or go."""
    return [line.replace("›", " ").rstrip() for line in lines]


async def look_at_all(console: Console) -> dict[str, list[str]]:
    """Return the screens of the tables, of the panes of a job, of reasons in triage, and of the changes."""
    screens = {}
    for key in TABLES:
        await console.press(key)
        await console.advance(1)
        screens[key] = remove_cursor(await look(console))
    for place in ("2", "0"):
        for key in PANES:
            await console.press(place, "g", key)
            await console.advance(1)
            screens[f"{place} {key}"] = remove_cursor(await look(console))
            await console.press("escape")
            console.app.clear_notifications()
    await console.press("C")
    await console.advance(1)
    screens["C"] = await look(console)
    await console.press("escape", "2")
    return screens


async def go_to(console: Console, playback: Playback, at_ms: int) -> None:
    """Jump with the key, and let what is read by itself come."""
    await console.press("T")
    await console.type(format_local_time(at_ms))
    await console.press("enter")
    assert playback.at_ms == at_ms
    for _ in range(3):
        await console.advance(1)


async def test_going_back_shows_what_a_jump_forward_shows(tmp_path: Path) -> None:
    file = tmp_path / "incident.rec"
    async with record_console(file) as console:
        for _ in range(2):
            await look_at_all(console)
            for _ in range(2):
                await console.advance(20)
    async with replay_console(file) as (console, playback):
        at_ms = playback.recording.from_ms + 40_000
        await go_to(console, playback, at_ms)
        expected = await look_at_all(console)
    async with replay_console(file) as (console, playback):
        assert at_ms % 1000 == 0
        await look_at_all(console)
        await console.press("space")
        while playback.is_playing:
            await console.advance(20)
        await look_at_all(console)
        assert playback.clock.now() == playback.clock.end
        playback.clock.play(is_playing=False)
        console.app.clear_notifications()
        await go_to(console, playback, at_ms)
        shown = await look_at_all(console)
    different = [key for key in expected if shown[key] != expected[key]]
    for key in different:
        print(f"--- {key}")
        for one, other in zip(expected[key], shown[key], strict=True):
            if one != other:
                print(f"< {one}\n> {other}")
    assert different == []
