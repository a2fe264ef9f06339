"""Logs that read well: JSON lines, folds, ranks, and several filters."""

from __future__ import annotations

from typing import Any

import pytest

from matui.console.screens.record import RecordScreen
from matui.sim.world.incident import add_incident
from tests.pilot.test_log_pane import Opens, list_texts, open_log


async def enter(c: Any, key: str, text: str) -> None:
    await c.press(key)
    await c.type(text)
    await c.press("enter")


async def test_json_lines_have_their_message_first_and_open_in_full(console: Opens) -> None:
    async with open_log(console, "dlrm-clicks", prepare=add_incident) as (c, pane):
        shown = c.read_text()
        assert "INFO step finished  logger=dlrm.train  step=" in shown
        assert '"msg"' not in shown
        await c.press("enter")
        assert isinstance(c.app.screen, RecordScreen)
        assert '"msg": "step finished",' in c.read_text()
        before = c.read_text()
        await c.press("p")
        assert c.read_text() != before
        await c.press("c")
        assert "Copied" in c.read_text()
        assert '"msg":"step finished"' in c.app.clipboard
        await c.press("escape", "J")
        assert '"msg":"step finished"' in c.read_text()
        assert pane.view.first < pane.view.end


async def test_lines_are_numbered_from_the_first_of_the_log(console: Opens) -> None:
    async with open_log(console, "dlrm-clicks", prepare=add_incident) as (c, pane):
        pane.view.is_whole = lambda: False
        await c.press("enter")
        assert "Line   n p" in c.read_text()
        pane.view.is_whole = lambda: True
        await c.press("escape", "enter")
        number = pane.view.end - pane.view.first
        assert f"Line {number:,}   n p" in c.read_text()
        await c.press("escape", "number_sign")
        assert f"{number:>7} " in c.read_text()
        await enter(c, "ampersand", "!Platform & !Sparkle")
        await c.press("end", "enter")
        shown = pane.view.find_line_in_hand()
        assert f"Line {pane.view.find_origin(shown) - pane.view.base.first + 1:,}   n p" in c.read_text()


@pytest.mark.slow
async def test_no_key_fails_where_a_filter_shows_nothing(console: Opens) -> None:
    async with open_log(console, "dlrm-clicks", prepare=add_incident) as (c, pane):
        await c.press("M")
        await enter(c, "ampersand", "no line has this")
        assert pane.view.first == pane.view.end
        keys = ("M", "apostrophe", "V", "down", "c", "escape", "enter", "number_sign", "t", "W", "J", "E")
        for key in (*keys, "n", "g", "G", "P", "Z", "P", "Z", "right", "left", "pageup", "ctrl+d", "f"):
            await c.press(key)
        await enter(c, "T", "-10m")
        assert c.app.is_running
        assert pane.view.marked


async def test_a_json_line_is_copied_as_the_log_has_it(console: Opens) -> None:
    async with open_log(console, "dlrm-clicks", prepare=add_incident) as (c, pane):
        await c.press("V", "down", "c")
        copied = c.app.clipboard.splitlines()
        assert copied
        held = list_texts(pane)
        assert all(line in held for line in copied)


async def test_the_platform_s_lines_are_folded_on_request(console: Opens) -> None:
    async with open_log(console, "dlrm-clicks", prepare=add_incident) as (c, pane):
        assert any("Platform=ModelArts-Service" in line for line in list_texts(pane))
        await c.press("P")
        assert not any("Platform=ModelArts-Service" in line for line in list_texts(pane))
        assert "platform folded" in c.read_text()
        assert "1 line of the platform" in c.read_text()
        await c.press("P")
        assert any("Platform=ModelArts-Service" in line for line in list_texts(pane))


@pytest.mark.slow
async def test_the_traceback_of_all_ranks_is_shown_once(console: Opens) -> None:
    async with open_log(console, "llama-7b-pretrain", prepare=add_incident) as (c, pane):
        await c.advance(120)
        await c.press("a")
        for _ in range(8):
            await c.advance(4)
        error = "NCCL error: remote process exited"
        assert sum(error in line for line in list_texts(pane)) == 63
        await c.press("Z")
        assert sum(error in line for line in list_texts(pane)) == 1
        c.app.clear_notifications()  # they cover the title
        await c.settle()
        assert "tracebacks once" in c.read_text()
        await enter(c, "slash", error)
        assert "Traceback (most recent call last):  × 63, first rank 0" in c.read_text()
        assert "the same traceback of ranks 1-7" in c.read_text()
        await enter(c, "ampersand", "rank:61 & !INFO")
        assert any("uncorrectable ECC" in line for line in list_texts(pane))
        assert all("[rank61]" in line for line in list_texts(pane))
        await c.press("Z", "escape")
        assert sum(error in line for line in list_texts(pane)) == 63


async def test_filters_add_up_and_their_history_is_at_the_arrows(console: Opens) -> None:
    async with open_log(console) as (c, pane):
        await enter(c, "ampersand", "loss & !epoch *1")
        shown = list_texts(pane)
        assert shown
        assert all("loss" in line for line in shown)
        await c.press("escape")
        assert pane.view.filter is None
        await c.press("ampersand", "up")
        assert "loss & !epoch *1" in c.read_text()
        await c.press("escape", "r")
        await c.type("x")
        assert "Ranks are numbers" in c.read_text()


async def test_folds_stay_when_another_file_is_shown(console: Opens) -> None:
    async with open_log(console, "llama-7b-pretrain", prepare=add_incident) as (c, pane):
        await c.press("P", "right_square_bracket")
        await c.advance(2)
        assert pane.view.filter is not None
        assert not any("Platform=ModelArts-Service" in line for line in list_texts(pane))


async def test_the_error_found_is_copied_without_a_selection(console: Opens) -> None:
    async with open_log(console) as (c, pane):
        await c.press("E", "c")
        assert pane.view.errors.current is not None
        copied = c.app.clipboard.splitlines()
        assert copied[0] == pane.view.shown.get_line(pane.view.errors.current).text
        assert "Traceback" in copied[0]
        assert "Error: " in copied[-1]
        assert f"Copied the error, {len(copied)} lines" in " ".join(c.read_text().split())
        await enter(c, "ampersand", "Traceback")
        c.app.copy_to_clipboard("")
        await c.press("E", "c")
        assert len(c.app.clipboard.splitlines()) == len(copied)
        await c.press("escape")
        await c.press("escape", "f")
