"""``N`` on a part of a resource watches what is polled, and says what a run without a journal cannot do."""

from __future__ import annotations

import asyncio
from contextvars import Context
from types import SimpleNamespace
from typing import Any

import pytest

from matui.config.section_settings import JournalSettings
from matui.config.settings import Settings
from matui.console.commands.availability import Situation, notify_reason
from matui.live.notify import watches as watches_module
from matui.resources.kind import Kind
from matui.resources.kinds.deployments import REVISIONS
from matui.resources.kinds.jobs import JOBS, VERSIONS
from matui.resources.kinds.poolnodes import POOLNODES


def read_last_notice(c) -> str:
    return [notice.message for notice in c.app._notifications][-1]


async def test_the_end_of_a_version_is_that_of_its_job_and_other_parts_have_none(console) -> None:
    settings = Settings(journal=JournalSettings(enabled=False))
    made = []
    prepare = lambda world: made.append(world.add_job("mine", versions=2))  # noqa: E731
    async with console(settings=settings, prepare=prepare) as c:
        c.app.browse.typing.filter("mine")
        await c.press("v")
        await c.advance(6)
        await c.press("N")
        assert (
            read_last_notice(c)
            == "matui announces the end of mine while a console runs: there is no journal."
        )
        observers = c.app.browse.fleet.primary.observers
        assert {key[4:] for key in observers.watches.list_all()} == {("jobs", str(made[0].id))}
        await c.press("N")
        assert read_last_notice(c) == "No announcement for mine."


@pytest.mark.slow
async def test_marked_rows_are_watched_together_though_one_was_before(console) -> None:
    made = []
    prepare = lambda world: made.extend(world.add_job(f"zebra-{at}") for at in range(3))  # noqa: E731
    async with console(prepare=prepare) as c:
        c.app.browse.typing.filter("zebra")
        await c.press("N", "*", "N")
        assert read_last_notice(c).startswith("matui announces the end of 3 resources")
        watches = c.app.browse.fleet.primary.observers.watches
        assert {key[5] for key in watches.list_all()} == {str(job.id) for job in made}
        await c.press("N")
        assert read_last_notice(c) == "No announcement for 3 resources."
        assert watches.list_all() == frozenset()


async def test_the_watches_beyond_the_limit_are_counted(console, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watches_module, "_MOST", 1)
    async with console(prepare=lambda world: [world.add_job(f"zebra-{at}") for at in range(3)]) as c:
        c.app.browse.typing.filter("zebra")
        await c.press("*", "N")
        assert read_last_notice(c) == "2 of 3 watches could not be kept: 1 resources are watched already."


async def test_what_has_ended_is_said_to_have_ended(console) -> None:
    def prepare(world) -> None:
        world.add_job("zebra-1")
        world.add_job("zebra-2", status="FAILED")

    async with console(prepare=prepare) as c:
        c.app.browse.typing.filter("zebra-2")
        await c.press("N")
        assert read_last_notice(c).startswith("zebra-2 has ended (FAILED): matui announces its next end")
        c.app.browse.typing.filter("zebra")
        await c.press("*", "N")
        assert read_last_notice(c).startswith("matui announces the end of 2 resources")
        assert read_last_notice(c).endswith(", of 1 that has ended the next.")


async def test_a_notice_from_outside_the_application_is_shown(console) -> None:
    async with console() as c:
        asyncio.get_running_loop().call_soon(c.app.announcer.flash, "mine has ended", context=Context())
        await c.advance(1)
        assert read_last_notice(c) == "mine has ended"


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        (JOBS, ""),
        (VERSIONS, ""),
        (POOLNODES, "nodes of a pool are polled only while they are shown: watch the pool"),
        (REVISIONS, "versions of deployments are polled only while they are shown: watch the service"),
    ],
)
def test_what_is_polled_only_while_shown_has_no_end(kind: Kind, reason: str) -> None:
    fleet: Any = SimpleNamespace(kinds=("jobs", "pools"))
    unused: Any = None
    assert notify_reason(Situation(fleet, unused, kind, unused)) == reason
