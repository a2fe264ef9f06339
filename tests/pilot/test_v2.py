"""The console on today's ModelArts: the same screens over the v2 API."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

import tests.pilot.conftest as pilot
from matui.cli.context.demo import build_demo_profile
from matui.sim.world.entities.pools import SimScheduledEvent
from matui.sim.world.world import build_node_name, make_pool_id
from tests.pilot.conftest import Console
from tests.seeded_world import SeededWorld


def add_crew(world: SeededWorld) -> None:
    world.add_job("moving", status="RUNNING", workers=2, log_lines=700)
    world.add_job("waiting", status="WAITING")
    world.add_notebook("desk", auto_stop_s=7200)


@asynccontextmanager
async def run_v2_console(
    monkeypatch: pytest.MonkeyPatch, prepare: Callable[[SeededWorld], None] = add_crew
) -> AsyncIterator[Console]:
    profile = build_demo_profile().model_copy(update={"api": "v2"})
    monkeypatch.setattr(pilot, "build_demo_profile", lambda: profile)
    async with pilot.run_console(prepare=prepare, scale=0) as console:
        yield console


@pytest.mark.slow
async def test_phases_logs_events_and_a_stop_work_over_v2(monkeypatch: pytest.MonkeyPatch) -> None:
    async with run_v2_console(monkeypatch) as console:
        await console.press("2")
        assert "Pending · Queuing" in console.read_text()
        await console.press("slash")
        await console.type("moving")
        await console.press("enter", "l")
        assert "worker-0" in console.read_text()
        assert "INFO" in console.read_text()
        await console.press("e")
        assert "Training job is now running" in console.read_text()
        await console.press("escape", "x")
        await console.press("y")
        assert "POST" in {method for method, path in console.list_acted() if path.endswith("/actions")}
        await console.advance(6)
        assert "Termina" in console.read_text()


async def test_a_lease_counts_down_and_devservers_have_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    async with run_v2_console(monkeypatch) as console:
        await console.press("1")
        assert "desk" in console.read_text()
        assert "1h5" in console.read_text() or "2h0" in console.read_text()
        await console.press("9")
        assert "DevServers" in console.read_text()


async def test_capacity_lists_pools_and_what_runs_on_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def pools(world: SeededWorld) -> None:
        world.add_pool("shared")
        world.add_job("queued", status="WAITING", workers=2, began_s_ago=7200)

    profile = build_demo_profile().model_copy(update={"api": "v2"})
    monkeypatch.setattr(pilot, "build_demo_profile", lambda: profile)
    async with pilot.run_console(prepare=pools, scale=0) as console:
        await console.press("colon")
        await console.type("capacity")
        await console.press("enter")
        assert "1 pool " in console.read_text()
        assert "shared" in console.read_text()
        await console.press("enter")
        assert "queued" in console.read_text()
        await console.press("escape", "escape")
        assert "capacity" not in console.read_text().splitlines()[0]


def list_changes(console: Console) -> list[str]:
    """Return the last step of the path of each request that changes something."""
    steps = [path.rpartition("/")[2] for _, path in console.list_acted()]
    return [step for step in steps if step != "training-job-searches"]


def plant(world: SeededWorld) -> None:
    pool = world.add_pool("shared")
    world.add_job("moving", status="RUNNING", workers=2)
    world.current.maintenance["event-1"] = SimScheduledEvent(
        "event-1", "node_reboot", "inquiring", make_pool_id(pool), build_node_name(pool, 0), world.now,
        world.now + 3_600_000, "The kernel is updated.",
    )  # fmt: skip


@pytest.mark.slow
async def test_a_node_is_drained_after_its_work_was_named_and_ten_seconds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with run_v2_console(monkeypatch, plant) as console:
        await console.press("7", "h")
        await console.type(":drain")
        await console.press("enter")
        assert "1 workload on it will be interrupted" in console.read_text()
        assert "job moving" in console.read_text()
        await console.press("y")
        await console.advance(9)
        assert "esc cancels" in console.read_text()
        assert not list_changes(console)
        await console.press("escape")
        await console.advance(5)
        assert not list_changes(console)
        await console.type(":drain")
        await console.press("enter", "y")
        await console.advance(12)
        assert list_changes(console) == ["batch-drain"]


@pytest.mark.slow
async def test_maintenance_is_accepted_once_what_it_interrupts_was_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with run_v2_console(monkeypatch, plant) as console:
        await console.type(":maintenance")
        await console.press("enter")
        await console.advance(1)
        assert "node reboot" in console.read_text()
        assert ":accept authorize" in console.read_text()
        await console.type(":accept")
        await console.press("enter")
        assert "job moving" in console.read_text()
        await console.press("y")
        await console.advance(8)
        assert not list_changes(console)
        await console.advance(4)
        assert "scheduled" in console.read_text()


async def test_a_typed_option_that_is_wrong_is_said_and_nothing_opens(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with run_v2_console(monkeypatch) as console:
        await console.press("2")
        await console.type(":save-image Nope")
        await console.press("enter")
        assert "SWR namespace" in console.read_text()
        await console.type(":scale 3")
        await console.press("enter")
        assert "Training jobs have no action scale" in console.read_text()
        assert not list_changes(console)
