"""esc, ctrl+c and quitting at each moment of an action in the console: nothing leaves afterwards."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from matui.base.calls.send_gate import SendGate
from matui.clouds.protocols import ListRequest, Lists, require
from matui.config.paths import make_state_dir
from matui.console.screens.confirm import ConfirmScreen
from matui.console.screens.dialogs import WaitingScreen
from matui.sim.server.faults import FaultRule
from tests.pilot.test_acting import select

pytestmark = pytest.mark.slow


def read_outcomes() -> list[str]:
    """Return the outcome of each line of the audit, ``intent`` for an intent."""
    lines = [
        json.loads(line)
        for file in make_state_dir().rglob("audit*.jsonl")
        for line in file.read_text().splitlines()
    ]
    return [line.get("outcome") or line["line"] for line in lines]


async def use_up(c: Any) -> None:
    """Leave nothing of the request budget, not even the reserve for actions."""
    session = c.app.browse.session
    while session.cloud.get_budget().used < session.cloud.get_budget().limit:
        with SendGate(session.clock, requests=1).open():
            await require(session.cloud, Lists).list_page(ListRequest("jobs"))


@pytest.mark.parametrize("key", ["escape", "ctrl+c"])
async def test_the_wait_for_the_budget_is_shown_and_cancelled(console: Any, key: str) -> None:
    async with console(prepare=lambda world: world.add_job("mine")) as c:
        await select(c, "mine")
        await c.press("x")
        assert isinstance(c.app.screen, ConfirmScreen)
        await use_up(c)
        await c.press("y")
        await c.advance(1)
        assert isinstance(c.app.screen, WaitingScreen)
        assert "waiting for the request budget" in c.read_text()
        assert "esc" in c.read_text()
        await c.press(key)
        await c.advance(1)
        assert c.app.screen is c.app.browse
        assert "not sent, cancelled" in c.read_text()
        await c.advance(200)
        assert c.list_acted() == []
        assert read_outcomes()[-1] == "not sent"


async def test_without_a_key_the_action_leaves_when_the_budget_has_room(console: Any) -> None:
    async with console(prepare=lambda world: world.add_job("mine")) as c:
        await select(c, "mine")
        await c.press("x")
        await use_up(c)
        await c.press("y")
        await c.advance(1)
        assert isinstance(c.app.screen, WaitingScreen)
        await c.advance(70)
        assert c.app.screen is c.app.browse
        assert len(c.list_acted()) == 1


async def test_a_slow_read_of_the_state_is_shown_and_cancelled(console: Any) -> None:
    """Nothing was on the screen meanwhile, and the keys acted on the table."""
    async with console(prepare=lambda world: world.add_job("mine")) as c:
        await select(c, "mine")
        await c.press("x")
        c.faults.rules = (FaultRule("hang", 1.0),)
        await c.press("y")
        await asyncio.sleep(3.1)  # of the event loop: virtual
        await c.advance(1)
        assert isinstance(c.app.screen, WaitingScreen)
        assert "waiting for the current state" in c.read_text()
        await c.press("escape")
        await c.advance(1)
        assert "not sent, cancelled" in c.read_text()
        assert c.list_acted() == []


async def test_a_slow_answer_is_shown_with_what_esc_does_once_it_was_sent(console: Any) -> None:
    """Only `live` was on the screen, as long as the cloud took."""
    async with console(prepare=lambda world: world.add_job("mine")) as c:
        await select(c, "mine")
        c.faults.rules = (FaultRule("hang", 1.0, "/stop"),)
        await c.press("x", "y")
        await c.advance(1)
        await asyncio.sleep(3.1)  # of the event loop: virtual
        await c.advance(1)
        words = " ".join(c.read_text().split())
        assert "waiting for the cloud's answer · esc esc leaves: it was sent" in words
        await c.press("escape")
        assert isinstance(c.app.screen, WaitingScreen)
        await c.press("escape")
        await c.advance(1)
        assert c.app.screen is c.app.browse
    assert "unknown" in read_outcomes()


@pytest.mark.parametrize("keys", [["ctrl+q"], ["ctrl+c", "ctrl+c"]], ids=" ".join)
async def test_quitting_while_the_resource_is_read_again_sends_nothing(console: Any, keys: list[str]) -> None:
    async with console(prepare=lambda world: world.add_job("mine")) as c:
        await select(c, "mine")
        await c.press("x")
        c.faults.rules = (FaultRule("hang", 1.0),)
        await c.press("y")
        assert c.list_acted() == []
        await c.press(*keys)
        assert c.list_acted() == []
    assert read_outcomes()[-1:] in ([], ["not sent"])


async def test_a_lost_answer_is_sent_once_and_said_to_be_unknown(console: Any) -> None:
    async with console(prepare=lambda world: world.add_job("mine")) as c:
        await select(c, "mine")
        c.faults.rules = (FaultRule("reset", 1.0, "/stop"),)
        await c.press("x", "y")
        await c.advance(5)
        assert len([path for _, path in c.list_acted()]) <= 1
        assert "unknown" in c.read_text()
        await c.advance(120)
        assert len(c.list_acted()) <= 1
        assert read_outcomes()[:2] == ["intent", "unknown"]
