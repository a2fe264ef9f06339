"""What the console reads of flavors, quotas and pools, and in which order."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from matui.base.clock import ManualClock
from matui.clouds.protocols import BudgetState
from matui.console.triage.open_triage import OpenTriage
from matui.console.triage.readers import EVERY_S, UsageReader
from matui.live.poll.rows import Diff, Rows
from matui.live.triage.board import TriageBoard
from matui.live.triage.state_times import ReadDetails
from matui.resources.detail import Detail, Gauge
from matui.resources.model import Phase, Resource

JOB = Resource("jobs", "1", "a", "JOBSTAT_WAITING", Phase.PENDING, "modelarts", "p", facts={"flavor": "g"})


class Kept:
    """A journal that keeps what was read."""

    def __init__(self) -> None:
        self.usages: list[tuple[str, str]] = []

    def note_usage(self, row: Resource, content: str) -> None:
        self.usages.append((row.id, content))


class Cloud:
    name, profile, kinds = "modelarts", "p", ("jobs",)

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def list_sold_out_flavors(self, kind: str) -> frozenset[str]:
        self.asked.append(f"flavors of {kind}")
        return frozenset({"g"})

    def get_budget(self) -> BudgetState:
        return BudgetState(0, 100)

    async def fetch_quotas(self) -> tuple[Gauge, ...]:
        self.asked.append("quotas")
        return ()


def open_triage(fleet: Any) -> OpenTriage:
    host: Any = SimpleNamespace(fleet=fleet)
    feed: Any = SimpleNamespace(show_trouble=lambda _diff: None)
    return OpenTriage(host, feed)


async def settle() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


async def test_flavors_that_a_waiting_row_needs_are_read_before_the_reasons_and_quotas_after() -> None:
    cloud, clock = Cloud(), ManualClock()
    poller = SimpleNamespace(rows={JOB.key: JOB}, version=1)
    member: Any = SimpleNamespace(
        cloud=cloud, journal=Kept(), pollers=SimpleNamespace(get_poller=lambda _kind: poller)
    )
    fleet: Any = SimpleNamespace(
        members=(member,),
        triage=TriageBoard(),
        primary=SimpleNamespace(get_now_ms=lambda: 0.0),
        find_for_resource=lambda _row: member,
        find_by_name=lambda _profile: None,
    )
    usage = UsageReader(open_triage(fleet), clock, ReadDetails(clock))
    usage.ask(fleet)
    assert usage.is_idle
    usage.ask_for_flavors(fleet, {JOB.key})
    await settle()
    assert cloud.asked == ["flavors of jobs"]
    assert fleet.triage.evidence.sold_out == {"p": frozenset({"g"})}
    assert member.journal.usages == [("flavors of jobs", '[[], null, ["g"], []]')]
    clock.jump(61.0)
    usage.ask(fleet)
    await settle()
    assert cloud.asked == ["flavors of jobs", "quotas"]


async def test_rows_that_are_gone_are_forgotten_once_they_could_be_asked_about_again() -> None:
    cloud, clock = Cloud(), ManualClock()
    rows = {JOB.key: JOB}
    poller = SimpleNamespace(rows=rows, version=1)
    member: Any = SimpleNamespace(
        cloud=cloud, journal=Kept(), pollers=SimpleNamespace(get_poller=lambda _kind: poller)
    )
    fleet: Any = SimpleNamespace(
        members=(member,),
        triage=TriageBoard(),
        primary=SimpleNamespace(get_now_ms=lambda: 0.0),
        find_for_resource=lambda _row: member,
        find_by_name=lambda _profile: None,
    )
    usage = UsageReader(open_triage(fleet), clock, ReadDetails(clock))
    clock.jump(61.0)
    usage.ask(fleet)
    await settle()
    assert usage._asked_at
    rows.clear()
    poller.version += 1
    clock.jump(EVERY_S)
    usage.ask(fleet)
    assert JOB.key not in usage._asked_at
    assert all(at >= clock.monotonic() for at in usage._asked_at.values())


async def test_a_row_that_begins_to_wait_is_asked_about() -> None:
    cloud, clock, rows = Cloud(), ManualClock(), Rows()
    rows.put(replace(JOB, status="JOBSTAT_RUNNING", phase=Phase.RUNNING))
    member: Any = SimpleNamespace(cloud=cloud, journal=Kept())
    member.pollers = SimpleNamespace(
        get_poller=lambda _kind: SimpleNamespace(rows=rows, version=rows.version)
    )
    fleet: Any = SimpleNamespace(
        members=(member,),
        triage=TriageBoard(),
        primary=SimpleNamespace(get_now_ms=lambda: 0.0),
        find_for_resource=lambda _row: member,
        find_by_name=lambda _profile: None,
    )
    usage = UsageReader(open_triage(fleet), clock, ReadDetails(clock))
    usage.ask_for_flavors(fleet, {JOB.key})
    await settle()
    assert not cloud.asked
    rows.put(JOB)
    usage.ask_for_flavors(fleet, {JOB.key})
    await settle()
    assert cloud.asked == ["flavors of jobs"]


async def test_details_that_were_read_for_something_else_state_the_flavor_at_once() -> None:
    """The time of a row that failed to start was read first, its flavor a minute later by another request."""
    clock = ManualClock()
    row = replace(JOB, status="JOBSTAT_SUBMIT_FAILED", phase=Phase.FAILED, facts={})

    class Describing(Cloud):
        async def describe(self, resource: Resource) -> Detail:
            self.asked.append(f"details of {resource.id}")
            return Detail(replace(resource, facts={"flavor": "g"}), ())

    cloud = Describing()
    poller = SimpleNamespace(rows={row.key: row}, version=1)
    member: Any = SimpleNamespace(
        cloud=cloud, journal=Kept(), pollers=SimpleNamespace(get_poller=lambda _kind: poller)
    )
    fleet: Any = SimpleNamespace(
        members=(member,),
        triage=TriageBoard(),
        primary=SimpleNamespace(get_now_ms=lambda: 0.0),
        find_for_resource=lambda _row: member,
        find_by_name=lambda _profile: None,
    )
    fleet.triage.times.observe(Diff(added=(row,)), 0.0)
    fleet.triage.apply(Diff(added=(row,)), 0.0)
    details = ReadDetails(clock)
    usage = UsageReader(open_triage(fleet), clock, details)
    await details.describe(cloud, row)
    assert fleet.triage.evidence.usages[row.key].flavors == ("g",)
    for _ in range(2):
        usage.ask_for_flavors(fleet, {row.key})
        await settle()
    assert cloud.asked == ["details of 1", "flavors of jobs"]
    assert [one.get_text("what") for one in fleet.triage.rows.values()] == ["sold out"]
