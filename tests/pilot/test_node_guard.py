"""The dialog of each action on a node at 80×24 under the rules of a profile."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from matui.cli.context.demo import build_demo_profile
from matui.config.section_settings import Guard
from tests.pilot import conftest as pilot
from tests.pilot.conftest import Console
from tests.pilot.test_v2 import list_changes, plant

pytestmark = pytest.mark.slow

ACTIONS = ("lock", "unlock", "drain", "reboot", "reset")
DELETES = ("drain", "reboot", "reset")


@asynccontextmanager
async def show_nodes(monkeypatch: pytest.MonkeyPatch, action: str, **fields: Any) -> AsyncIterator[Console]:
    """Open the nodes of a pool with a job on them, and type the action."""
    rules = {"guard": Guard.model_validate(fields.pop("guard", {})), **fields}
    profile = build_demo_profile().model_copy(update={"api": "v2", **rules})
    monkeypatch.setattr(pilot, "build_demo_profile", lambda: profile)
    async with pilot.run_console(prepare=plant, scale=0, size=(80, 24)) as console:
        await console.press("7", "h")
        await console.type(f":{action}")
        await console.press("enter")
        yield console


def read_seconds_left(console: Console) -> int:
    """Return the countdown that the dialog shows."""
    match = re.search(r"in (\d+) ?s", console.read_text())
    assert match is not None, console.read_text()
    return int(match[1])


async def enter_name(console: Console) -> None:
    """Type the name of the node and confirm."""
    await console.press(*["minus" if key == "-" else key for key in "os-node-shared-000"], "enter")


@pytest.mark.parametrize("action", ACTIONS)
async def test_the_dialog_names_what_it_interrupts_and_counts_down_ten_seconds(
    monkeypatch: pytest.MonkeyPatch, action: str
) -> None:
    async with show_nodes(monkeypatch, action) as console:
        text = console.read_text()
        assert "os-node-shared-000" in text
        assert ("job moving" in text) is (action in DELETES)
        await (enter_name(console) if action == "reset" else console.press("y"))
        assert read_seconds_left(console) == 10
        await console.advance(8)
        assert not list_changes(console)
        await console.advance(4)
        assert list_changes(console) == [f"batch-{action}"]


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("rule", ["read-only", "denied", "protected"])
async def test_a_rule_of_the_profile_refuses(monkeypatch: pytest.MonkeyPatch, action: str, rule: str) -> None:
    word = "delete" if action in DELETES else "stop"
    fields: dict[str, Any] = {
        "read-only": {"read_only": True},
        "denied": {"guard": {"deny": [word]}},
        "protected": {"guard": {"protect": ["os-node-*"], "protect_how": "never"}},
    }[rule]
    async with show_nodes(monkeypatch, action, **fields) as console:
        assert "confirm" not in console.read_text()
        await console.press("y")
        await console.advance(15)
        assert not list_changes(console)


@pytest.mark.parametrize("action", ACTIONS)
async def test_the_profile_s_longer_countdown_and_its_protection_hold(
    monkeypatch: pytest.MonkeyPatch, action: str
) -> None:
    rules = {"protect": ["os-node-*"], "countdown": {action: 30}}
    async with show_nodes(monkeypatch, action, guard=rules) as console:
        await console.press("y")
        assert not list_changes(console)
        await console.press("backspace")
        await enter_name(console)
        assert read_seconds_left(console) == 30
        await console.advance(25)
        assert not list_changes(console)
        await console.press("escape")
        await console.advance(10)
        assert not list_changes(console)
