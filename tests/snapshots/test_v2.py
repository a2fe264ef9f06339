"""Pictures of what only the current API shows: capacity, maintenance, versions, nodes, stages."""

from __future__ import annotations

from typing import Any

import pytest

from matui.cli.context.demo import build_demo_profile
from tests.pilot import conftest as pilot
from tests.pilot.conftest import Console, build_stage
from tests.pilot.test_guard import select
from tests.snapshots.test_screens import Play, compare_picture

SIZES = [(80, 24), (120, 40)]
pytestmark = pytest.mark.slow


def type_command(command: str, *keys: str) -> Play:
    """Return a play that types a command, then presses keys."""

    async def play(console: Console) -> None:
        await console.type(f":{command}")
        await console.press("enter")
        await console.advance(3)
        await console.press(*keys)
        await console.advance(2)

    return play


async def drain_a_node(console: Console) -> None:
    """Open the dialog of a node with work on it."""
    await console.press("7")
    await select(console, "v100-shared")
    await console.press("h")
    await type_command("drain")(console)


async def list_versions(console: Console) -> None:
    """Open the versions of a service."""
    await console.press("3")
    await select(console, "ocr-receipts-prod")
    await console.press("v")
    await console.advance(2)


async def ask_to_roll_back(console: Console) -> None:
    """Open the dialog that shows what the older version has that the current one has not."""
    await list_versions(console)
    await console.press("down")
    await type_command("rollback")(console)


async def show_stages(console: Console) -> None:
    """Show the stages of a job that waits."""
    await console.press("2")
    await select(console, "gpt2-finetune-support")
    await console.press("d", "z")
    await console.advance(2)


PLAYS: dict[str, Play] = {
    "capacity": type_command("capacity"),
    "workloads": type_command("capacity", "end", "enter"),
    "maintenance": type_command("maintenance", "d"),
    "dialog": drain_a_node,
    "versions": list_versions,
    "rollback": ask_to_roll_back,
    "stages": show_stages,
}


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("name", PLAYS)
def test_the_current_api(
    snap_compare: Any, monkeypatch: pytest.MonkeyPatch, name: str, size: tuple[int, int]
) -> None:
    profile = build_demo_profile().model_copy(update={"api": "v2"})
    monkeypatch.setattr(pilot, "build_demo_profile", lambda: profile)
    assert compare_picture(snap_compare, build_stage(scale=1), PLAYS[name], size)
