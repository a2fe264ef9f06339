"""The help screen: whole pages, ends, filter, and the focused pane first."""

from __future__ import annotations

import pytest

from matui.config.settings import Settings
from matui.console.screens.help import HelpScreen


def read_lines(c) -> list[str]:
    return [line.strip() for line in c.read_text().splitlines()]


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_pages_are_whole_and_both_ends_are_a_key_away(console, size):
    async with console(size=size) as c:
        await c.press("question_mark")
        view = c.app.screen.query_one("#help-lines")
        height = view.size.height
        assert height >= size[1] * 0.9 - 6
        await c.press("pagedown")
        assert height - 2 <= view.window.top[0] <= height
        for bottom, top in (("G", "g"), ("end", "home")):
            await c.press(bottom)
            assert view.window.top[0] >= view.end - height
            await c.press(top)
            assert view.window.top == (0, 0)
        await c.press("space")
        assert view.window.top[0] >= height - 2


async def test_a_notice_is_shown_over_a_dialog_that_fills_the_screen(console):
    async with console() as c:
        await c.press("question_mark")
        c.app.notify("Copied 3 lines.")
        await c.settle()
        assert "Copied 3 lines." in c.read_text()
        view = c.app.screen.query_one("#help-lines")
        row = next(at for at, line in enumerate(c.read_text().splitlines()) if "Copied 3 lines." in line)
        assert row >= view.region.bottom


@pytest.mark.slow
async def test_it_is_filtered_and_escape_clears_the_filter_first(console):
    async with console() as c:
        await c.press("question_mark", "slash")
        await c.type("delete")
        assert "delete-versions" in c.read_text()
        assert "next_error" not in c.read_text()
        await c.press("enter", "escape")
        assert isinstance(c.app.screen, HelpScreen)
        assert "next_error" in c.read_text() or "triage" in c.read_text()
        await c.press("escape")
        assert not isinstance(c.app.screen, HelpScreen)
        await c.pilot.resize_terminal(44, 14)
        await c.press("question_mark")
        assert "tab guide · esc close" in c.read_text()
        await c.press("slash")
        await c.type("mark")
        assert "esc close" in c.read_text()


@pytest.mark.slow
async def test_the_log_comes_first_when_it_has_the_focus(console):
    async with console() as c:
        await c.press("l", "question_mark")
        shown = c.read_text()
        assert shown.index("In a log") < shown.index("next_error") < len(shown)
        assert "Go to" not in shown or shown.index("In a log") < shown.index("Go to")


async def test_two_columns_where_it_is_wide(console):
    async with console(size=(180, 40)) as c:
        await c.press("question_mark")
        [first] = [line for line in read_lines(c) if "Go to" in line]
        assert any(group in first for group in ("Actions", "Table", "In a log"))


async def test_a_key_of_the_users_is_taken_from_a_default_and_the_help_says_so(console):
    async with console(settings=Settings(keys={"pause": "s"}), size=(100, 40)) as c:
        await c.press("s")
        assert c.app.browse.fleet.controls.paused
        await c.press("question_mark", "slash")
        await c.type("start")
        assert "s is set for pause in [keys]" in c.read_text()


@pytest.mark.slow
async def test_no_window_is_too_small_for_a_screen(console):
    async with console() as c:
        for keys in (["?"], ["w"], [":", *"profiles", "enter"], [":", *"report", "enter"]):
            await c.press(*keys)
            shown = c.app.screen
            for size in ((1, 3), (2, 1), (5, 2)):
                await c.pilot.resize_terminal(*size)
            await c.pilot.resize_terminal(120, 40)
            await c.settle()
            assert c.app.screen is shown
            assert len(c.read_text().splitlines()) == 40
            await c.press("escape")
