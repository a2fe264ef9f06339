"""The bars around the table: what covers them, and what a click on them does."""

from __future__ import annotations

import re
from contextvars import Context

import pytest
from textual.widgets._toast import Toast

from matui.config.values import DEMO_PROFILES
from matui.console.logs.pane import LogPane
from matui.console.screens.errors import ErrorsScreen
from matui.console.screens.help import HelpScreen
from matui.console.screens.profiles import ProfilesScreen


async def click(c, selector: str, text: str) -> None:
    """Click on the first cell of ``text`` in a bar."""
    bar = c.app.screen.query_one(selector)
    line = c.read_text().splitlines()[bar.region.y]
    assert text in line
    await c.pilot.click(bar, offset=(line.index(text) - bar.region.x, 0))
    await c.settle()


@pytest.mark.slow
@pytest.mark.parametrize("size", [(120, 40), (80, 24), (60, 20), (44, 14)])
async def test_a_notice_covers_neither_the_followed_lines_nor_the_bars(console, size: tuple[int, int]):
    async with console(size=size) as c:
        c.app.browse.typing.filter("bert-large-zh")
        await c.press("l")
        await c.advance(1)
        pane = c.app.browse.host.pane
        assert isinstance(pane, LogPane)
        c.app.notify("one line")
        c.app.notify("several\nlines\nof a notice")
        await c.settle()
        toasts = list(c.app.screen.query(Toast))
        assert toasts
        free = [
            pane.view,
            c.app.browse.tables.table,
            *(c.app.screen.query_one(bar) for bar in ("#header", "#tabs", "#status", "#hints")),
        ]
        for toast in toasts:
            for widget in free:
                assert not toast.region.overlaps(widget.region)
        for bar in ("#status", "#hints"):
            assert c.read_text().splitlines()[c.app.screen.query_one(bar).region.y].strip()


async def test_notices_that_are_gone_leave_no_widgets_behind(console):
    async with console() as c:
        for number in range(3):
            c.app.notify(f"notice {number}")
            await c.settle()
            c.app.clear_notifications()
            await c.settle()
        Context().run(c.app.notify, "of a task outside of the application")
        c.app.notify("the last one")
        await c.settle()
        assert len(c.app.screen.query("ToastHolder")) == len(c.app.screen.query(Toast)) == 2


async def test_the_same_notice_stands_only_once(console):
    async with console() as c:
        for _ in range(3):
            c.app.notify("the same")
            await c.settle()
        c.app.notify("another one")
        await c.settle()
        assert [toast._notification.message for toast in c.app.screen.query(Toast)] == [
            "the same",
            "another one",
        ]


async def test_a_click_on_a_tab_shows_its_kind(console):
    async with console() as c:
        await click(c, "#tabs", "services")
        kind = c.app.browse.tables.kind
        assert kind is not None
        assert kind.id == "services"
        await click(c, "#tabs", "0 triage")
        assert c.app.browse.tables.in_triage


async def test_a_click_on_the_key_bar_runs_the_command(console):
    async with console() as c:
        await click(c, "#hints", "? help")
        assert isinstance(c.app.screen, HelpScreen)
        await c.press("escape")
        await click(c, "#hints", "detail")
        assert c.app.browse.host.pane is not None


async def test_a_click_on_a_phase_filters_by_it_and_a_second_one_shows_all(console):
    async with console() as c:
        await click(c, "#header", "✗")
        assert c.app.browse.tables.filter_text == "phase:failed"
        await click(c, "#header", "✗")
        assert c.app.browse.tables.filter_text == ""


async def test_a_click_on_a_profile_opens_the_list_of_profiles(console):
    async with console(names=DEMO_PROFILES) as c:
        await click(c, "#header", "demo-qianfan")
        assert isinstance(c.app.screen, ProfilesScreen)


async def test_a_click_on_the_filter_in_the_status_bar_edits_it(console):
    async with console() as c:
        c.app.browse.typing.filter("bert")
        await c.settle()
        await click(c, "#narrowed", "/bert")
        assert c.app.browse.typing.is_open
        assert c.app.browse.typing.bar.text == "bert"


async def test_a_click_on_an_error_in_the_status_bar_shows_all_of_it(console):
    from matui.sim.server.faults import FaultRule

    async with console() as c:
        c.faults.rules = (FaultRule("429", 1.0),)
        await c.advance(60)
        await click(c, "#freshness", "429")
        assert isinstance(c.app.screen, ErrorsScreen)


async def test_a_click_beside_the_words_of_a_bar_does_nothing(console):
    async with console(size=(200, 40)) as c:
        before = c.read_text()
        await c.pilot.click("#tabs", offset=(198, 0))
        await c.settle()
        assert c.read_text() == before


async def test_pane_and_list_say_how_old_they_are_while_a_request_gets_no_answer(console):
    async with console() as c:
        await c.press("2", "enter")
        c.faults.latency_s = 3600
        await c.advance(30)
        c.app.browse.tick()
        await c.settle()
        (title,) = (line for line in c.read_text().splitlines() if line.startswith(" detail "))
        for shown in (title, c.read_text().splitlines()[-2]):
            assert re.search(r"\d+ s old · asking, no answer yet", shown)
