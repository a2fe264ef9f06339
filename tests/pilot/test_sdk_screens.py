"""Every screen of the console on a server that is written from the official SDK alone."""

from __future__ import annotations

from typing import Any

import pytest

import tests.pilot.conftest as pilot
from matui.cli.context.demo import build_demo_profile
from tests.contract.modelarts_v2.sdk_server import Awkward, Plain, SdkServer
from tests.pilot.conftest import Console

pytestmark = pytest.mark.slow

KINDS = ("1", "2", "3", "4", "7", "9", "0")
PANES = ("d", "l", "e", "m", "v", "y", "h", "Y", "C")
COMMANDS = ("capacity", "maintenance", "changes", "report", "requests", "catalog flavors", "notebooks")


async def walk(console: Console) -> None:
    """Open every kind, every pane of its first row, its dialogs, and the screens that are typed."""
    for kind in KINDS:
        await console.press(kind)
        await console.advance(2)
        for pane in PANES:
            await console.press(pane)
            await console.advance(1)
            await console.press("escape")
        for key in ("x", "s", "R", "ctrl+d", "E", "A", "a"):
            await console.press(key)
            await console.advance(1)
            await console.press("escape", "escape")
    for command in COMMANDS:
        await console.type(f":{command}")
        await console.press("enter")
        await console.advance(3)
        await console.press("down", "enter")
        await console.advance(2)
        await console.press("escape", "escape", "escape")
    await console.press("2", "space", "down", "space", "=")
    await console.advance(2)
    await console.press("escape")


async def open_on(server: SdkServer, monkeypatch: pytest.MonkeyPatch) -> None:
    profile = build_demo_profile().model_copy(update={"api": "v2"})
    opened = pilot.open_cloud

    async def open_cloud(chosen: Any, **how: Any) -> Any:
        return await opened(chosen, **{**how, "asgi_app": server, "retries": 0})

    monkeypatch.setattr(pilot, "build_demo_profile", lambda: profile)
    monkeypatch.setattr(pilot, "open_cloud", open_cloud)
    async with pilot.run_console(scale=0) as console:
        await walk(console)


async def test_every_request_of_a_screen_is_one_of_the_sdk(monkeypatch: pytest.MonkeyPatch) -> None:
    server = SdkServer(Plain())
    await open_on(server, monkeypatch)
    assert not server.faults, sorted(set(server.faults))
    assert len(set(server.seen)) > 35, sorted(set(server.seen))


@pytest.mark.parametrize("seed", range(1))
async def test_awkward_answers_end_no_screen(monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    server = SdkServer(Awkward(seed))
    await open_on(server, monkeypatch)
    assert not server.faults, sorted(set(server.faults))
