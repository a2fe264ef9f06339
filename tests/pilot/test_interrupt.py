"""ctrl+c: copies a selection, cancels what is open, and ends only when pressed twice."""

from __future__ import annotations

import asyncio

import pytest
from textual.widgets import Input

from matui.console.screens.confirm import ConfirmScreen
from matui.console.screens.help import HelpScreen
from tests.pilot.test_acting import select


def is_running(c) -> bool:
    return c.app.return_value is None and c.app._exit is False


async def test_one_press_at_the_top_asks_and_a_second_one_within_two_seconds_ends(console):
    async with console() as c:
        await c.press("ctrl+c")
        assert "Press ctrl+c again to quit" in c.read_text()
        assert is_running(c)
        await c.advance(2.5)
        await c.press("ctrl+c")
        assert is_running(c)
        await c.press("ctrl+c")
        assert c.app.return_value == 130


async def test_another_key_between_two_presses_starts_anew(console):
    async with console() as c:
        await c.press("ctrl+c", "down", "ctrl+c")
        assert is_running(c)


async def test_it_is_escape_while_a_filter_or_a_command_is_typed(console):
    async with console() as c:
        await c.press("slash")
        await c.type("bert")
        await c.press("ctrl+c")
        assert not c.app.browse.typing.is_open
        assert c.app.browse.tables.filter_text == ""
        await c.press("colon")
        await c.type("models")
        await c.press("ctrl+c")
        assert not c.app.browse.typing.is_open
        assert "again to quit" not in c.read_text()
        assert is_running(c)


async def test_it_is_escape_in_a_search_of_a_pane(console):
    async with console() as c:
        await c.press("d", "slash")
        await c.type("status")
        await c.press("enter", "ctrl+c")
        pane = c.app.browse.host.pane
        assert pane is not None
        assert pane.search_text == ""
        assert is_running(c)


async def test_it_is_escape_in_dialogs_and_help(console):
    async with console(prepare=lambda world: world.add_job("mine")) as c:
        await c.press("question_mark")
        assert isinstance(c.app.screen, HelpScreen)
        await c.press("ctrl+c")
        assert c.app.screen is c.app.browse
        await c.press("slash")
        await c.type("mine")
        await c.press("enter", "ctrl+d")
        assert isinstance(c.app.screen, ConfirmScreen)
        await c.type("mi")
        await c.press("ctrl+c")
        assert c.app.screen is c.app.browse
        await c.advance(6)
        assert c.list_acted() == []
        assert is_running(c)


@pytest.mark.slow
@pytest.mark.slow
@pytest.mark.parametrize("keys", [["x"], ["ctrl+d"], ["ctrl+d", "m", "i"], ["question_mark"], ["ctrl+p"]])
async def test_the_key_that_quits_from_anywhere_quits_from_dialogs(console, keys):
    async with console(prepare=lambda world: world.add_job("mine")) as c:
        await select(c, "mine")
        await c.press(*keys)
        assert c.app.screen.is_modal
        await c.press("ctrl+q")
        assert c.app.return_value == 0
        assert c.list_acted() == []


async def test_it_copies_what_is_selected_in_the_prompt(console):
    async with console() as c:
        await c.press("slash")
        await c.type("bert")
        await c.press("shift+home", "ctrl+c")
        assert c.app.clipboard == "bert"
        assert c.app.browse.typing.is_open
        assert isinstance(c.app.focused, Input)


async def test_nothing_starts_and_no_bar_is_updated_once_the_console_has_ended(console):
    started = []

    async def work() -> None:
        started.append(True)

    async with console() as c:
        app = c.app
    app.start_worker(work(), "late")
    app.browse.show_bars()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert started == []
