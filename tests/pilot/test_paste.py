"""A paste that is read before the prompt that it is meant for has opened."""

from __future__ import annotations

import pytest
from textual import events

from matui.console.screens.confirm import ConfirmScreen


async def send(c, *typed: str) -> None:
    """Send keys (by name) and pastes (in quotes) at once, as one read of the terminal brings them."""
    for one in typed:
        event = events.Paste(one[1:-1]) if one[0] == '"' else events.Key(one, one if len(one) == 1 else None)
        event.set_sender(c.app)
        c.app.post_message(event)
    await c.settle()


async def test_it_arrives_in_a_filter(console):
    async with console(prepare=lambda world: world.add_job("train-bert")) as c:
        await send(c, "slash", '"train-bert"')
        assert c.app.browse.typing.bar.text == "train-bert"
        assert "filter train-bert" in c.read_text()
        assert "1 of " in c.read_text()


async def test_it_keeps_its_place_among_keys(console):
    async with console() as c:
        await send(c, "slash", "a", '"bert"', "z")
        assert c.app.browse.typing.bar.text == "abertz"


@pytest.mark.parametrize("key", ["d", "y"])
async def test_it_arrives_in_a_search_of_a_pane(console, key: str):
    async with console() as c:
        await c.press(key)
        await send(c, "slash", '"status"')
        assert c.app.browse.typing.bar.text == "status"


@pytest.mark.parametrize("key", ["enter", "ctrl+j"])  # the latter ends a line that is pasted as keys
async def test_it_arrives_in_a_command_which_enter_runs(console, key: str):
    async with console() as c:
        await send(c, "colon", '"models"', key)
        kind = c.app.browse.tables.kind
        assert kind is not None
        assert kind.id == "models"


@pytest.mark.slow
async def test_it_arrives_in_the_filter_of_the_audit_and_the_search_of_the_guide(console):
    async with console() as c:
        await c.press("H")
        await send(c, "slash", '"stop"')
        assert "filter stop" in c.read_text()
        await c.press("escape", "escape", "question_mark", "tab", "enter")
        await send(c, "slash", '"matui"')
        assert "search matui" in c.read_text()


async def test_what_follows_enter_is_not_pasted_into_the_line_before_it(console):
    async with console() as c:
        await send(c, "slash", '"bert"', "enter", '"lost"')
        assert c.app.browse.tables.filter_text == "bert"


async def test_it_never_answers_a_dialog_that_was_not_on_the_screen(console):
    async with console(prepare=lambda world: world.add_job("mine")) as c:
        c.app.browse.typing.filter("mine")
        await send(c, "ctrl+d", '"mine"', "enter")
        assert isinstance(c.app.screen, ConfirmScreen)
        assert c.list_acted() == []


async def test_a_second_filter_of_the_audit_can_be_typed(console):
    async with console() as c:
        await c.press("H", "slash")
        await c.type("a")
        await c.press("enter", "slash")
        await c.type("b")
        assert "filter ab" in c.read_text()
