"""The guide in the console: from the help to a topic, and back."""

from __future__ import annotations

from matui.console.screens.help import HelpScreen
from matui.console.screens.text_screen import GuideScreen
from matui.guide import TOPICS


async def test_a_topic_is_opened_from_the_help_searched_and_closed(console):
    async with console(size=(100, 30)) as c:
        await c.press("?", "tab")
        assert "Read, search, merge and save the log" in c.read_text()
        await c.press(*["down"] * TOPICS.index("filters"), "enter")
        assert isinstance(c.app.screen, GuideScreen)
        assert "FILTERS" in c.read_text()
        await c.press("/")
        await c.type("owner")
        assert "1/2 matches" in c.read_text()
        await c.press("enter", "escape", "]")
        assert "LOGS" in c.read_text()
        await c.press("G")
        assert "control characters are made" in c.read_text()
        await c.press("escape")
        assert isinstance(c.app.screen, HelpScreen)


async def test_going_back_from_the_topics_leaves_the_help(console):
    async with console(size=(100, 30)) as c:
        await c.press("?", "tab", "escape")
        assert isinstance(c.app.screen, HelpScreen)


async def test_a_topic_takes_one_line_however_narrow_the_terminal(console):
    async with console(size=(60, 24)) as c:
        await c.press("?", "tab")
        lines = c.read_text().splitlines()
        first = next(number for number, line in enumerate(lines) if " start " in line)
        assert " keys " in lines[first + 1]
        assert "…" in lines[first]
