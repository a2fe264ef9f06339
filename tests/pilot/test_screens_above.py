"""The screens above the tables: what their keys do, and what the keys of the tables say there."""

from __future__ import annotations

import re
import time

import pytest

from matui.base.errors import MatuiError


def read_notices(c) -> list[str]:
    words = [notice.message for notice in c.app._notifications]
    c.app.clear_notifications()
    return words


@pytest.mark.parametrize("command", ["audit", "changes", "flavors", "report", "errors", "help keys"])
async def test_a_key_of_the_tables_says_where_it_works(console, command) -> None:
    async with console() as c:
        await c.type(f":{command}")
        await c.press("enter")
        screen = c.app.screen
        read_notices(c)
        for key, words in (
            ("w", "Only on the tables: esc goes back."),
            ("x", "Only on the tables: esc goes back."),
            ("2", "Only on the tables: esc goes back."),
            ("E", "Only in a log."),
        ):
            await c.press(key)
            assert read_notices(c) == [words], key
        assert c.app.screen is screen
        await c.press("escape")
        assert c.app.screen is c.app.browse


async def test_u_shows_the_times_of_a_screen_in_utc(console, monkeypatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Shanghai")
    time.tzset()
    try:
        async with console() as c:
            c.app.browse.fleet.errors.record("jobs", MatuiError("A poll failed."), 1_700_000_000.0)
            for command in ("audit", "changes", "capsules", "errors"):
                await c.type(f":{command}")
                await c.press("enter")
                assert set(re.findall(r"\b(?:CST|UTC)\b", c.read_text())) == {"CST"}, command
                await c.press("u")
                c.app.clear_notifications()
                await c.settle()
                assert set(re.findall(r"\b(?:CST|UTC)\b", c.read_text())) == {"UTC"}, command
                await c.press("escape")
            await c.press("u")
            await c.type(":audit")
            await c.press("enter")
            assert "WHEN UTC" in c.read_text()
    finally:
        monkeypatch.undo()
        time.tzset()


async def test_help_lists_the_keys_of_the_screen_that_is_open(console) -> None:
    async with console(size=(80, 24)) as c:
        await c.press("H", "question_mark")
        lines = c.read_text().split("\n")
        here = [line.strip(" │▐") for line in lines[3:15]]
        assert here[0].startswith("On this screen")
        assert any(line.startswith("enter d") and line.endswith("the whole entry") for line in here)
        assert any(line.startswith("o ") and line.endswith("sort by the next column") for line in here)
        assert "Go to  only on the tables: esc goes back" in c.read_text()
        await c.press("escape", "escape", "exclamation_mark", "question_mark")
        assert "half a page down" in c.read_text()


async def test_enter_on_a_row_without_more_says_so(console) -> None:
    async with console(size=(60, 20)) as c:
        await c.type(":flavors")
        await c.press("enter", "down")
        assert "/ filter" in c.read_text().split("\n")[-1]
        read_notices(c)
        await c.press("enter")
        assert read_notices(c) == ["There is no more of it than this row; c copies its id."]


async def test_keys_of_rows_say_that_there_is_none(console) -> None:
    async with console() as c:
        c.app.browse.typing.filter("no such name")
        await c.settle()
        for key, words in (
            ("c", "Nothing is selected."),
            ("space", "There is no row to mark."),
            ("asterisk", "There is no row to mark."),
            ("shift+down", "There is no row to mark."),
        ):
            await c.press(key)
            assert read_notices(c) == [words], key


async def click_key(c, words: str) -> None:
    lines = c.read_text().split("\n")
    await c.pilot.click(offset=(lines[-1].index(words) + 1, len(lines) - 1))
    await c.settle()


async def test_clicks_on_the_keys_of_a_screen_and_of_a_prompt_press_them(console) -> None:
    async with console() as c:
        await c.press("H")
        table = c.app.screen.table
        await click_key(c, "o sort")
        assert table.rows.sort_column != "when"
        await click_key(c, "/ filter")
        await c.type("nobody")
        await click_key(c, "esc clear")
        await click_key(c, "esc back")
        assert c.app.screen is c.app.browse
        await c.press("colon")
        await click_key(c, "esc cancel")
        assert not c.app.browse.typing.is_open


async def test_errors_are_searched_and_wrapped_as_other_texts(console) -> None:
    async with console() as c:
        await c.press("exclamation_mark", "slash")
        await c.type("no such words")
        await c.press("enter", "n")
        assert read_notices(c)[-1] == "No line matches."
        await c.press("escape")
        assert c.app.screen is not c.app.browse
        await c.press("W")
        assert read_notices(c) == ["Long lines are cut: none is in view."]


async def test_capacity_copies_the_id_of_the_pool(console) -> None:
    async with console() as c:
        await c.type(":capacity")
        await c.press("enter", "c")
        assert c.app.clipboard in {
            row.id for row in c.app.browse.fleet.primary.pollers.get_rows("pools").values()
        }
