"""The prompt: history, suggestions, its keys in the key bar, and esc."""

from __future__ import annotations

import asyncio

import pytest
from textual import events
from textual.selection import Selection

from matui.cli.options import Options
from matui.console.panes.detail import DetailPane


def read_bar(c, selector: str) -> str:
    return c.read_text().splitlines()[c.app.screen.query_one(selector).region.y]


async def test_the_key_bar_shows_what_works_in_a_prompt(console):
    async with console() as c:
        for key, words in (("slash", "keep"), ("colon", "run")):
            await c.press(key)
            assert f"enter {words}" in read_bar(c, "#hints")
            assert "↑ history" in read_bar(c, "#hints")
            assert "tab complete" in read_bar(c, "#hints")
            assert "detail" not in read_bar(c, "#hints")
            await c.press("escape")
        assert "detail" in read_bar(c, "#hints")


async def test_up_and_down_go_through_the_history_of_each_mode(console):
    async with console() as c:
        for text in ("bert", "phase:failed"):
            await c.press("slash")
            await c.press("ctrl+u")
            await c.type(text)
            await c.press("enter")
        await c.press("escape", "slash", "up")
        assert c.app.browse.typing.bar.text == "phase:failed"
        assert c.app.browse.tables.filter_text == "phase:failed"
        await c.press("up")
        assert c.app.browse.typing.bar.text == "bert"
        await c.press("down", "down")
        assert c.app.browse.typing.bar.text == ""
        await c.press("escape", "colon", "up")
        assert c.app.browse.typing.bar.text == ""


async def test_a_command_is_in_the_history_and_one_of_another_run_too(console):
    async with console(options=Options()) as c:
        await c.press("colon")
        await c.type("models")
        await c.press("enter", "colon", "up")
        assert c.app.browse.typing.bar.text == "models"
        writing = [worker for worker in c.app.workers if worker.group == "memory"]
        if writing:  # an empty list stands for every worker, and pollers never end
            await c.app.workers.wait_for_complete(writing)
    async with console(options=Options()) as c:
        await c.press("colon", "up")
        assert c.app.browse.typing.bar.text == "models"


async def test_suggestions_stand_above_the_line_and_tab_takes_them_in_turn(console):
    async with console() as c:
        await c.press("colon")
        await c.type("s")
        top = c.app.browse.typing.bar.region.y
        shown = c.read_text().splitlines()
        assert "services" in shown[top]
        assert ": s" in shown[top + 1]
        await c.press("tab")
        first = c.app.browse.typing.bar.text
        await c.press("tab")
        assert c.app.browse.typing.bar.text != first
        await c.press("escape")
        assert c.app.browse.typing.bar.region.height == 0


async def test_a_kind_takes_a_filter_and_a_near_word_is_suggested(console):
    async with console() as c:
        await c.press("colon")
        await c.type("jobs phase:fai")
        await c.press("tab")
        assert c.app.browse.typing.bar.text == "jobs phase:failed"
        await c.press("enter")
        assert c.app.browse.tables.filter_text == "phase:failed"
        await c.press("colon")
        await c.type("jbos")
        await c.press("enter")
        assert "Did you mean jobs" in c.read_text()


async def test_fields_are_completed_in_a_filter(console):
    async with console() as c:
        await c.press("slash")
        await c.type("bert stat")
        await c.press("tab")
        assert c.app.browse.typing.bar.text == "bert status:"


async def test_the_first_escape_after_a_selection_only_clears_it(console):
    async with console() as c:
        await c.press("d")
        await c.advance(1)
        c.app.browse.host.pane.view.show_selection(Selection(None, None))
        assert c.app.browse.get_selected_text()
        await c.press("escape")
        assert not c.app.browse.get_selected_text()
        assert c.app.browse.host.pane is not None
        await c.press("escape")
        assert c.app.browse.host.pane is None


async def test_escape_from_a_pane_opened_out_of_another_goes_back_there(console):
    async with console() as c:
        await c.press("d")
        await c.advance(1)
        await c.press("l")
        assert c.app.browse.host.pane.NAME == "log"
        await c.press("escape")
        assert isinstance(c.app.browse.host.pane, DetailPane)
        assert c.app.browse.host.pane.has_focus_within
        await c.press("escape")
        assert c.app.browse.host.pane is None


async def test_a_pane_opened_from_the_table_is_closed_by_escape(console):
    async with console() as c:
        await c.press("d", "tab", "l", "escape")
        assert c.app.browse.host.pane is None


async def test_a_key_after_enter_is_not_typed_into_the_filter(console) -> None:
    async with console() as c:
        await c.press("2", "slash")
        for key, letter in (("n", "n"), ("enter", "\r"), ("asterisk", "*")):
            event = events.Key(key, letter)
            event.set_sender(c.app)
            c.app.post_message(event)
        await c.settle()
        assert c.app.browse.typing.bar.text == "n"
        assert "marked" in c.read_text()


@pytest.mark.slow
@pytest.mark.parametrize(("columns", "rows"), [(80, 2), (44, 3)])
async def test_a_remark_that_does_not_fit_stands_whole_above_the_line_and_hides_nothing_that_is_typed(
    console, columns, rows
):
    text = (
        "phase:broken age<2h owner:zhang" if columns == 44 else "train status:failed phase:broken owner:zhang"
    )
    async with console(size=(columns, 24)) as c:
        await c.press("slash")
        await c.type(text[:5])
        assert c.app.browse.typing.bar.region.height == 1
        await c.type(text[5:])
        shown = c.read_text().splitlines()
        line = c.app.browse.typing.bar.region.bottom - 1
        assert shown[line].strip() == f"filter {text}"
        remark = " ".join(" ".join(shown[line - rows : line]).split())
        assert remark.startswith("phase:broken: there is no phase 'broken'")
        assert remark.endswith("failed unknown")


async def test_what_a_filter_leaves_out_of_triage_is_named_where_no_row_is_left(console):
    async with console(options=Options(demo=True, screen="triage"), size=(44, 20)) as c:
        c.app.browse.typing.filter("step>100000000")
        await c.settle()
        assert "left out, without step>100000000: notebooks" in " ".join(c.read_text().split())
        freshness = c.app.screen.query_one("#freshness")
        assert freshness.region.width >= 14


async def test_a_prompt_that_is_opened_right_after_a_pane_was_closed_keeps_the_focus(console) -> None:
    async with console() as c:
        for first in ("escape", "3", "tab"):
            await c.press("d")
            for key in (first, "slash"):  # typed ahead: the second waits until the first is done
                c.app.post_message(events.Key(key, "/" if key == "slash" else None))
            await c.settle()
            await c.type("x")
            assert c.app.browse.typing.bar.text == "x"
            await c.press("escape", "escape", "2")


@pytest.mark.slow
async def test_letters_typed_while_the_prompt_opens_keep_their_order(console) -> None:
    async with console() as c:
        for turns in range(12):  # of the event loop between two keys
            for name, key in (("slash", "/"), *((letter, letter) for letter in "resnet50phase")):
                c.app.post_message(events.Key(name, key))
                for _ in range(turns):
                    await asyncio.sleep(0)
            await c.settle()
            assert c.app.browse.typing.bar.text == "resnet50phase", turns
            await c.press("escape", "escape")
