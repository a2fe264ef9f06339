"""Whatever keys are pressed, the terminal shows what the console thinks it does, in text and in colour.

``MATUI_KEY_EXAMPLES=N`` presses the keys of N seeds instead of a few.
"""

from __future__ import annotations

import os
import random
from typing import Any

import pyte
import pytest

from matui.console.app import MatuiApp
from matui.console.terminal.compositor import DiffCompositor, DiffFullUpdate, find_color_system
from matui.console.terminal.pen import CellRow, build_cells
from matui.console.terminal.screen_state import fit_row
from tests.pilot.conftest import Console, build_stage

SEEDS = range(int(os.environ.get("MATUI_KEY_EXAMPLES", "2")))
STEPS = 30
KEYS = (
    *("down", "up", "pagedown", "pageup", "end", "home", "right", "left", "enter", "escape", "tab", "space"),
    *(
        "question_mark",
        "slash",
        "colon",
        "ctrl+p",
        "exclamation_mark",
        "ctrl+d",
        "0",
        "1",
        "2",
        "3",
        "4",
        "5",
    ),
    *"abcdeghilmnouvstwxzGHJKLNOPU",
    *("escape", "escape", "escape"),
)
SIZES = ((120, 40), (100, 30), (80, 24))


class Emulator:
    """Feeds what the console would write to a terminal, and compares."""

    def __init__(self, app: MatuiApp, monkeypatch: pytest.MonkeyPatch) -> None:
        self.app = app
        self.terminal = pyte.Screen(120, 40)
        self._stream = pyte.Stream(self.terminal)
        self._display = app._display
        monkeypatch.setattr(app, "_display", self.display)

    def display(self, screen: Any, renderable: Any) -> None:
        if not self.app._batch_count and hasattr(renderable, "render_segments"):
            self._stream.feed(renderable.render_segments(self.app.console))
        self._display(screen, renderable)

    def find_differences(self) -> list[tuple[int, str, str]]:
        compositor = self.app.screen._compositor
        update = compositor.render_full_update()
        lines = [[segment for strip in strips for segment in strip] for strips in update.strips]
        system = find_color_system(self.app.console)
        rows: list[CellRow] = [fit_row(build_cells(line, system), update.region.width) for line in lines]
        texts = ["".join(segment.text for segment in line) for line in lines]
        lean = isinstance(compositor, DiffCompositor) and isinstance(update, DiffFullUpdate)
        return [
            (y, self._read_row(y), text)
            for y, (row, text) in enumerate(zip(rows, texts, strict=True))
            if self._read_row(y).rstrip() != text.rstrip() or (lean and self.app.screen_state.rows[y] != row)
        ]

    def _read_row(self, y: int) -> str:
        return "".join(self.terminal.buffer[y][x].data for x in range(self.terminal.columns))


async def _step(console: Console, emulator: Emulator, pilot: Any, rng: random.Random) -> str:
    key = rng.choice(KEYS)
    await pilot.press(key)
    if rng.random() < 0.2:
        await console.advance(rng.choice([0.2, 1, 3, 10]))
    if rng.random() < 0.03:
        width, height = rng.choice(SIZES)
        emulator.terminal.resize(height, width)
        await pilot.resize_terminal(width, height)
    await console.settle()
    return key


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
async def test_any_keys_leave_on_the_terminal_what_is_on_the_screen(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng, stage = random.Random(seed), build_stage()
    emulator = Emulator(stage.app, monkeypatch)
    async with stage.app.run_test(size=(120, 40), notifications=True) as pilot:
        console, pressed = stage.make_console(pilot), list[str]()
        await console.settle()
        for _ in range(STEPS):
            pressed.append(await _step(console, emulator, pilot, rng))
            assert emulator.find_differences() == [], pressed


@pytest.mark.slow
async def test_what_changes_beside_a_toast_does_not_wipe_it_out(monkeypatch: pytest.MonkeyPatch) -> None:
    stage = build_stage()
    emulator = Emulator(stage.app, monkeypatch)
    async with stage.app.run_test(size=(120, 40), notifications=True) as pilot:
        console = stage.make_console(pilot)
        await console.settle()
        for key in ("e", "5", "m", "a", "colon", "ctrl+d", "tab", "l", "l", "n"):
            await console.press(key)
            assert emulator.find_differences() == [], key


async def test_a_terminal_that_was_smaller_for_a_moment_is_painted_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Both sizes came as one event, with the size that the console knew: what was lost stayed lost."""
    stage = build_stage()
    emulator = Emulator(stage.app, monkeypatch)
    async with stage.app.run_test(size=(80, 24), notifications=True) as pilot:
        console = stage.make_console(pilot)
        emulator.terminal.resize(24, 80)
        await console.press("ctrl+d")
        emulator.terminal.resize(14, 44)
        emulator.terminal.resize(24, 80)
        await pilot.resize_terminal(80, 24)
        await console.settle()
        assert emulator.find_differences() == []
