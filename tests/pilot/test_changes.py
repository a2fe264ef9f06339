"""``C`` shows what changed, and what has not been seen leaves a mark."""

from __future__ import annotations

import asyncio
import sys
from typing import Any

import pytest

from matui.console.changes.screen import ChangesScreen
from tests.pilot.conftest import Console


async def flush_journals(c: Console) -> None:
    """Let the threads of the journal come to an end, and everything that follows."""
    assert c.app.profiles.manager is not None
    for journal in c.app.profiles.manager.journals.all:
        await asyncio.to_thread(journal.flush)
    await c.settle()


async def show_changes(c: Console) -> ChangesScreen:
    """Open the changes and wait until they have been read."""
    await flush_journals(c)
    await c.press("C")
    screen: Any = c.app.screen
    assert isinstance(screen, ChangesScreen)
    reading = [worker for worker in screen.workers if worker.group == "changes"]
    if reading:  # an empty list stands for all
        await screen.workers.wait_for_complete(reading)
    await c.settle()
    return screen


@pytest.mark.slow
@pytest.mark.parametrize("key", ["C", "exclamation_mark"])
async def test_a_colon_opens_the_prompt_and_a_command_runs(console, key) -> None:
    async with console() as c:
        await c.press(key)
        assert c.app.screen is not c.app.browse
        await c.type(":services")
        assert c.app.screen is c.app.browse
        await c.press("enter")
        assert c.app.browse.tables.kind.id == "services"


GONE = [("C", "matui.console.changes.screen"), ("exclamation_mark", "matui.console.screens.errors")]


@pytest.mark.parametrize(("key", "module"), GONE)
async def test_a_module_that_is_gone_is_named(console, monkeypatch, key, module) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    async with console() as c:
        await c.press(key)
        assert "matui was changed on disk while it runs; restart it." in c.read_text()
        assert c.app.screen is c.app.browse


@pytest.mark.slow
async def test_the_changes_are_listed_newest_first_and_enter_goes_to_the_resource(console: Any) -> None:
    async with console(prepare=lambda world: world.add_job("ends-soon", runs_s=20)) as c:
        await c.advance(60)
        c.world.add_job("appears", began_s_ago=1)
        await c.advance(60)
        screen = await show_changes(c)
        rows = [(row.name, row.get_text("before"), row.status) for row in screen.table.rows.resources]
        assert ("ends-soon", "RUNNING", "COMPLETED") in rows
        assert ("appears", "", "RUNNING") in rows
        await c.press("slash")
        await c.type("to:completed name:ends-soon")
        await c.press("enter")
        assert screen.table.row_count == 1
        await c.press("enter")
        assert c.app.screen is c.app.browse
        row = c.app.browse.tables.table.cursor.resource
        assert row.name == "ends-soon"


@pytest.mark.slow
async def test_a_change_of_another_kind_is_marked_until_it_has_been_looked_at_for_two_seconds(
    console: Any,
) -> None:
    async with console(prepare=lambda world: world.add_job("ends-soon", runs_s=200)) as c:
        await c.advance(30)
        await c.press("1")
        c.app.browse.unseen.clear()
        await c.advance(400)
        c.app.browse.tick()
        await c.settle()
        assert "jobs" in c.app.browse.unseen.count_by_kind()
        tabs, status = c.read_text().splitlines()[1], c.read_text().splitlines()[-2]
        assert "•" in tabs
        assert "changed: " in status
        await c.press("2")
        c.app.browse.tick()
        assert "jobs" in c.app.browse.unseen.count_by_kind()
        assert "jobs" not in c.app.browse.unseen.count_by_kind("jobs")
        await c.advance(3)
        c.app.browse.tick()
        await c.press("1")
        assert "jobs" not in c.app.browse.unseen.count_by_kind()


@pytest.mark.slow
async def test_a_deleted_resource_is_named_instead_of_shown(console: Any) -> None:
    made: list[Any] = []
    async with console(prepare=lambda world: made.append(world.add_job("to-delete"))) as c:
        await c.advance(60)
        c.world.jobs.remove(str(made[0].id))
        await c.advance(60)
        screen = await show_changes(c)
        assert ("to-delete", "gone") in [(row.name, row.status) for row in screen.table.rows.resources]
        await c.press("slash")
        await c.type("to:gone")
        await c.press("enter", "enter")
        assert screen is not c.app.screen
        assert "not listed any more" in "".join(n.message for n in c.app._notifications)


@pytest.mark.slow
async def test_e_shows_the_changes_of_a_kind_whose_cloud_has_no_events(console: Any) -> None:
    async with console(prepare=lambda world: world.add_job("ends-soon", runs_s=20)) as c:
        await c.press("2")
        await c.advance(60)
        await flush_journals(c)
        await c.press("slash")
        await c.type("ends-soon")
        await c.press("enter", "e")
        await c.advance(2)
        assert c.app.explain_disabled("events") == ""
        assert "RUNNING → COMPLETED" in c.read_text()


async def test_a_journal_that_cannot_be_read_is_no_quiet_one(console: Any) -> None:
    async with console() as c:
        await flush_journals(c)
        for journal in c.app.profiles.manager.journals.all:
            journal.problems.last = "The journal cannot be read (disk I/O error)."
        screen = await show_changes(c)
        assert screen.table.placeholder == "The journal cannot be read (disk I/O error)."


async def test_a_journal_that_its_first_read_finds_unreadable_is_no_quiet_one(console: Any) -> None:
    async with console() as c:
        await flush_journals(c)
        screen = await show_changes(c)
        for journal in c.app.profiles.manager.journals.all:
            journal.problems.last = "The journal cannot be read (database is locked)."
        screen.action_refresh()
        await c.advance(1)
        await flush_journals(c)
        assert screen.table.placeholder == "The journal cannot be read (database is locked)."
        assert "database is locked" in c.read_text()


async def test_a_notice_covers_no_row_of_the_newest_changes(console: Any) -> None:
    async with console() as c:
        await c.press("C")
        c.app.show_warning("a job has a finding")
        await c.settle()
        lines = c.read_text().splitlines()
        assert "a job has a finding" not in "\n".join(lines[: len(lines) // 2])
        assert any("a job has a finding" in line for line in lines[:-1])
