"""Closed panes, screens and profiles are released from memory: a console stays open for weeks."""

from __future__ import annotations

import gc

import pytest

from matui.console.panes.base import Pane

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("key", ["d", "l", "m", "v", "y"])
async def test_a_closed_pane_is_released(console, key: str) -> None:
    async with console() as c:
        for _ in range(10):
            await c.press(key, "escape")
        await c.press("down")
        await c.pilot.pause(61)  # a cancelled timer is held until it would have been due
        gc.collect()
        held = [thing for thing in gc.get_objects() if isinstance(thing, Pane)]
        assert len(held) <= 8  # a few stay in Textual's small caches of paint
