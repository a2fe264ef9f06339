"""The core of the console on both outputs: matui's own, and stock Textual's.

``.ci/newest`` runs these tests, and the terminal's, on the newest Textual.
"""

from __future__ import annotations

import pytest
from textual._compositor import Compositor

from matui.console.logs.pane import LogPane
from matui.console.screens.confirm import ConfirmScreen
from matui.console.terminal.support import find_missing_parts


@pytest.fixture(params=["default", "stock"], autouse=True)
def stock(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Run each test on both outputs; whether this one is on stock Textual."""
    if request.param == "stock":
        monkeypatch.setenv("MATUI_STOCK_TERMINAL", "1")
    return request.param == "stock" or find_missing_parts() is not None


async def test_the_status_bar_says_when_the_output_is_stock(console, stock: bool):
    async with console() as c:
        assert ("stock output: " in c.read_text()) == stock
        assert (type(c.app.screen._compositor) is Compositor) == stock


async def test_tables_are_browsed_sorted_and_filtered(console):
    async with console(prepare=lambda world: world.add_job("needle")) as c:
        await c.press("down", "down", "end", "home", "o", "O", "3", "2")
        await c.press("slash")
        await c.type("needle")
        await c.press("enter")
        rows = [line for line in c.read_text().splitlines() if "needle" in line and "/needle" not in line]
        assert len(rows) == 1
        await c.press("escape")
        assert len(c.read_text().splitlines()) == 40


@pytest.mark.slow
async def test_a_log_is_followed_read_and_searched(console):
    async with console() as c:
        c.app.browse.typing.filter("bert-large-zh")
        await c.press("l")
        await c.advance(1)
        pane = c.app.browse.host.pane
        assert isinstance(pane, LogPane)
        await c.press("pageup", "home", "end", "slash")
        await c.type("checkpoint")
        await c.press("enter", "n")
        assert "checkpoint" in c.read_text()
        await c.press("escape", "escape", "escape")
        assert c.app.browse.host.pane is None


async def test_an_action_asks_in_a_dialog_and_acts_once(console):
    async with console(prepare=lambda world: world.add_job("mine")) as c:
        await c.press("slash")
        await c.type("mine")
        await c.press("enter", "ctrl+d")
        assert isinstance(c.app.screen, ConfirmScreen)
        await c.type("mine")
        await c.press("enter")
        await c.advance(6)
        assert not isinstance(c.app.screen, ConfirmScreen)
        assert [method for method, _path in c.list_acted()] == ["DELETE"]


async def test_help_palette_and_themes_are_shown(console):
    async with console() as c:
        before = c.read_text()
        for key in ("question_mark", "ctrl+p"):
            await c.press(key)
            assert c.read_text() != before
            await c.press("escape")
        c.app.themes.apply("matui-light")
        await c.settle()
        assert c.app.theme == "matui-light"
        c.app.copy_to_clipboard("a text")
        assert c.app.clipboard == "a text"
        assert c.app.crash is None


@pytest.mark.parametrize("size", [(80, 24), (200, 50)])
async def test_the_terminal_may_be_of_another_size(console, size: tuple[int, int]):
    async with console() as c:
        await c.pilot.resize_terminal(*size)
        await c.settle()
        assert len(c.read_text().splitlines()) == size[1]
        assert "jobs" in c.read_text()
