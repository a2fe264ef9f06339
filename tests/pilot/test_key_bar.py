"""The key bar: what does nothing for the row under the cursor is dimmed, and nothing in it moves."""

from __future__ import annotations

from typing import Any

import pytest

from matui.cli.context.demo import build_demo_profile
from matui.cli.options import Options
from tests.pilot.conftest import Console, find_dimmed_keys


def read_key_bar(c: Console) -> str:
    return c.app.browse.frame.keys.content.plain


async def go_to(c: Console, name: str) -> None:
    table = c.app.browse.tables.table
    assert table is not None
    table.cursor.move_to(next(row.key for row in table.rows.resources if row.name == name))
    await c.settle()


def add_jobs(world: Any) -> None:
    world.add_job("running", runs_s=60)
    world.add_job("done", status="COMPLETED")


async def test_what_the_row_forbids_is_dimmed_in_its_place(console):
    async with console(prepare=add_jobs) as c:
        await c.press("2")
        await go_to(c, "running")
        shown = read_key_bar(c)
        assert "x stop" in shown
        assert find_dimmed_keys(c) == ""
        await go_to(c, "done")
        assert read_key_bar(c) == shown
        assert find_dimmed_keys(c) == "x stop"
        await go_to(c, "running")
        await c.advance(120)  # it ends under the cursor
        assert read_key_bar(c) == shown
        assert "x stop" in find_dimmed_keys(c)
        await c.press("x")
        assert "Cannot stop running" in c.read_text()


async def test_a_row_of_another_cloud_moves_no_key():
    from matui.config.values import DEMO_PROFILES
    from tests.pilot.conftest import run_console

    async with run_console(names=DEMO_PROFILES) as c:
        await c.press("2")
        await c.advance(60)
        seen = {}
        for _ in range(20):
            row = c.app.browse.tables.table.cursor.resource
            seen[row.profile] = (read_key_bar(c), find_dimmed_keys(c))
            await c.press("down")
        assert len(seen) > 1
        assert len({bar for bar, _ in seen.values()}) == 1
        assert "l logs" not in seen["demo"][1]
        assert "l logs" in seen["demo-qianfan"][1]


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
@pytest.mark.parametrize("read_only", [False, True])
async def test_no_key_moves_between_the_kinds_of_triage(console, size, read_only):
    async with console(options=Options(demo=True, screen="triage", read_only=read_only), size=size) as c:
        await c.advance(60)
        table = c.app.browse.tables.table
        seen: dict[str, tuple[str, str]] = {}
        for row in list(table.rows.resources):
            if row.kind not in seen:
                table.cursor.move_to(row.key)
                await c.settle()
                seen[row.kind] = (read_key_bar(c), find_dimmed_keys(c))
        assert {"jobs", "notebooks", "services", "pools"} <= set(seen)
        assert len({bar for bar, _dimmed in seen.values()}) == 1
        assert "l logs" not in seen["jobs"][1]
        assert "l logs" in seen["notebooks"][1]


async def test_what_a_profile_never_allows_is_dimmed_and_gives_way(console):
    async with console(options=Options(demo=True, read_only=True), size=(120, 40)) as c:
        await c.press("2")
        assert find_dimmed_keys(c) == "x stop ctrl+d delete i edit A rerun"
        assert "/ filter" in read_key_bar(c)
    async with console(options=Options(demo=True, read_only=True), size=(80, 24)) as c:
        await c.press("2")
        assert find_dimmed_keys(c) == ""
        assert "/ filter" in read_key_bar(c)


async def test_the_key_of_the_filter_is_named_by_what_it_does_in_a_pane(console) -> None:
    async with console() as c:
        await c.press("d")
        assert "/ search" in read_key_bar(c)
        await c.press("tab")
        assert "/ filter" in read_key_bar(c)


async def test_in_an_empty_table_what_is_for_a_row_is_dimmed(console):
    async with console(profiles=[build_demo_profile()]) as c:
        await c.press("2", "/")
        await c.type("nothing-has-this-name")
        await c.press("enter")
        assert "l logs" in find_dimmed_keys(c)
        assert "/ filter" not in find_dimmed_keys(c)
        assert "? help" not in find_dimmed_keys(c)


async def test_the_history_of_a_prompt_is_dimmed_until_there_is_any(console):
    async with console() as c:
        await c.press("/")
        assert find_dimmed_keys(c) == "↑ history"
        await c.type("bert")
        await c.press("enter", "escape", "/")
        assert "↑ history" in read_key_bar(c)
        assert find_dimmed_keys(c) == ""


async def test_a_table_over_the_console_shows_the_keys_of_its_filter_while_it_is_typed(console):
    async with console() as c:
        await c.press("C")
        assert c.read_text().splitlines()[-1].startswith(" enter go to it")
        await c.press("/")
        assert c.read_text().splitlines()[-1].startswith(" enter keep  esc clear  ↑ history")
        await c.press("enter")
        assert c.read_text().splitlines()[-1].startswith(" enter go to it")


async def test_a_typed_command_of_another_pane_says_where_it_works(console) -> None:
    """It did nothing, in silence."""
    async with console(size=(80, 24)) as c:
        await c.press("enter", "colon")
        await c.type("save")
        await c.press("enter")
        assert "Only in a log." in c.read_text()


async def test_a_key_that_changes_nothing_says_why(console):
    async with console(prepare=add_jobs) as c:

        async def press(*keys: str) -> str:
            c.app.clear_notifications()
            await c.press(*keys)
            return " ".join(note.message for note in c.app._notifications)

        await c.press("2")
        assert await press("V") == "Only in a log."
        assert await press("plus") == "Only in metrics."
        assert await press("n") == "Only in a pane of lines."
        await go_to(c, "done")
        assert await press("l") == ""
        await c.advance(5)
        assert await press("n") == "Nothing is searched for: / searches."
        assert (await press("slash", *"zqz", "enter", "n")).startswith("No line matches")
        assert await press("plus") == "Only in metrics."
        assert await press("right_square_bracket") == "The job has one log file only."
        assert await press("z", "ctrl+up") == "One part fills the screen: z shows both."
        assert await press("escape", "escape", "escape", "y", "n") == "Nothing is searched for: / searches."
        assert await press("V") == "Only in a log."
