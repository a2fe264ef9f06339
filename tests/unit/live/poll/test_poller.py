"""A poller shows what the cloud lists, at two requests a poll at most."""

from __future__ import annotations

import asyncio
from random import Random

import pytest

from matui.base.clock import ManualClock
from matui.base.errors import UnreachableError
from matui.live.poll.loop import Timing
from matui.live.poll.poller import Poller, Update
from matui.resources.kinds.jobs import JOBS
from matui.resources.model import Phase
from tests.unit.live.poll.listed import FakeCloud, make_row


class Steady(Random):
    """No jitter."""

    def uniform(self, a: float, b: float) -> float:
        return (a + b) / 2


def make(cloud: FakeCloud, clock: ManualClock, cadence_s: float = 5) -> tuple[Poller, list[Update]]:
    updates: list[Update] = []
    poller = Poller(cloud, JOBS, timing=Timing(clock, Steady(), cadence_s), publish=updates.append)
    return poller, updates


async def test_a_small_list_costs_one_request_a_poll() -> None:
    cloud, clock = FakeCloud(), ManualClock()
    cloud.put(*(make_row(n) for n in range(600)))
    poller, updates = make(cloud, clock)
    poller.start()
    await clock.advance(0)
    assert len(cloud.asks) == 1
    assert poller.snapshot.complete
    assert list(poller.snapshot.rows) == [f"j{n}" for n in reversed(range(600))]
    await clock.advance(5)
    assert len(cloud.asks) == 2
    assert not updates[-1].diff
    assert updates[-1].snapshot.generation == updates[0].snapshot.generation
    await poller.stop()


async def test_an_unchanged_poll_keeps_the_generation_and_a_change_raises_it() -> None:
    cloud, clock = FakeCloud(), ManualClock()
    cloud.put(make_row(1), make_row(2))
    poller, updates = make(cloud, clock)
    poller.start()
    await clock.advance(0)
    cloud.put(make_row(2, name="renamed"), make_row(3))
    cloud.drop(1)
    await clock.advance(5)
    diff = updates[-1].diff
    assert [r.id for r in diff.added] == ["j3"]
    assert [r.id for r in diff.removed] == ["j1"]
    assert [r.name for r in diff.changed] == ["renamed"]
    assert updates[-1].snapshot.generation == updates[0].snapshot.generation + 1
    await poller.stop()


async def test_a_big_list_is_filled_two_requests_a_second_and_published_as_it_goes() -> None:
    cloud, clock = FakeCloud(), ManualClock()
    cloud.put(*(make_row(n) for n in range(7500)))
    poller, updates = make(cloud, clock)
    poller.start()
    await clock.advance(0)
    assert len(cloud.asks) == 2
    assert len(updates[0].diff.added) == 1000
    assert not updates[0].snapshot.complete
    await clock.advance(5)
    assert poller.snapshot.complete
    assert set(poller.snapshot.rows) == set(cloud.rows)
    assert len(cloud.asks) <= 12
    await poller.stop()


async def test_a_deletion_at_the_border_of_two_pages_is_found() -> None:
    cloud, clock = FakeCloud(cap=50), ManualClock()
    cloud.put(*(make_row(n) for n in range(300)))
    poller, _ = make(cloud, clock)
    poller.start()
    await clock.advance(30)
    cloud.drop(300 - 51)
    await clock.advance(200)
    assert set(poller.snapshot.rows) == set(cloud.rows)
    await poller.stop()


async def test_a_row_in_transition_makes_it_quicker_but_not_for_ever() -> None:
    cloud, clock = FakeCloud(), ManualClock()
    cloud.put(make_row(1, "JOBSTAT_INIT", Phase.PENDING))
    poller, _ = make(cloud, clock, cadence_s=6)
    poller.start()
    await clock.advance(0.5)
    await clock.advance(60)
    assert len(cloud.asks) == 21
    await clock.advance(600)
    before = len(cloud.asks)
    await clock.advance(60)
    assert len(cloud.asks) == before + 10
    await poller.stop()


async def test_an_expected_status_stays_until_a_poll_begun_later_ends() -> None:
    cloud, clock = FakeCloud(gate=asyncio.Event()), ManualClock()
    running = make_row(1, "JOBSTAT_RUNNING", Phase.RUNNING)
    cloud.put(running)
    poller, updates = make(cloud, clock)
    poller.start()
    cloud.gate.set()
    await clock.advance(0)
    cloud.gate.clear()
    await clock.advance(5)
    assert cloud.in_flight == 1
    poller.expect(running, "JOBSTAT_KILLING")
    shown = poller.snapshot.rows["j1"]
    assert (shown.status, shown.phase, shown.facts["expected"]) == ("JOBSTAT_KILLING", Phase.PENDING, True)
    assert updates[-1].diff.changed == (shown,)
    cloud.rows["j1"] = make_row(1, "JOBSTAT_KILLED", Phase.STOPPED)
    seen = len(updates)
    cloud.gate.set()
    await clock.advance(0)
    assert not updates[seen].diff
    assert poller.snapshot.rows["j1"].status == "JOBSTAT_KILLED"
    assert len(cloud.asks) == 3
    await poller.stop()


async def test_an_expectation_is_contradicted_by_a_later_poll() -> None:
    cloud, clock = FakeCloud(), ManualClock()
    cloud.put(make_row(1, "JOBSTAT_RUNNING", Phase.RUNNING))
    poller, _ = make(cloud, clock)
    poller.start()
    await clock.advance(0)
    poller.expect(make_row(1), "JOBSTAT_KILLING")
    await clock.advance(0)
    assert poller.snapshot.rows["j1"].status == "JOBSTAT_RUNNING"
    assert "expected" not in poller.snapshot.rows["j1"].facts
    await poller.stop()


async def test_an_old_row_acted_on_is_looked_for_at_once() -> None:
    cloud, clock = FakeCloud(), ManualClock()
    cloud.put(*(make_row(n) for n in range(9000)))
    cloud.put(make_row(100, "JOBSTAT_RUNNING", Phase.RUNNING))
    poller, _ = make(cloud, clock)
    poller.start()
    await clock.advance(60)
    poller.expect(make_row(100), "JOBSTAT_KILLING")
    cloud.put(make_row(100, "JOBSTAT_KILLED", Phase.STOPPED))
    await clock.advance(2)
    assert poller.snapshot.rows["j100"].status == "JOBSTAT_KILLED"
    await poller.stop()


async def test_a_change_of_workspace_drops_what_is_in_flight_and_starts_anew() -> None:
    cloud, clock = FakeCloud(gate=asyncio.Event()), ManualClock()
    cloud.put(make_row(1))
    poller, updates = make(cloud, clock)
    poller.start()
    cloud.gate.set()
    await clock.advance(0)
    cloud.gate.clear()
    await clock.advance(5)
    poller.set_workspace("w2")
    assert [r.id for r in updates[-1].diff.removed] == ["j1"]
    assert updates[-1].snapshot.freshness.fetched_at is None
    del cloud.rows["j1"]
    cloud.put(make_row(2))
    cloud.gate.set()
    await clock.advance(0)
    assert list(poller.snapshot.rows) == ["j2"]
    assert not any(r.id == "j1" for u in updates[2:] for r in u.diff.added)
    assert cloud.asks[-1].workspace == "w2"
    await poller.stop()


@pytest.mark.parametrize(("moving", "asks"), [(2999, 20 + 10), (10, 20 + 20)])
async def test_quick_polls_read_older_pages_at_the_cadence_unless_something_moves_there(
    moving: int, asks: int
) -> None:
    cloud, clock = FakeCloud(), ManualClock()
    cloud.put(*(make_row(n) for n in range(3000)))
    poller, _ = make(cloud, clock, cadence_s=6)
    poller.start()
    await clock.advance(61)
    cloud.put(make_row(moving, "JOBSTAT_INIT", Phase.PENDING))
    await clock.advance(60)
    cloud.asks.clear()
    await clock.advance(60)
    assert abs(len(cloud.asks) - asks) <= 5
    await poller.stop()


async def test_an_old_row_deleted_is_looked_for_at_once() -> None:
    cloud, clock = FakeCloud(), ManualClock()
    cloud.put(*(make_row(n, "JOBSTAT_RUNNING", Phase.RUNNING) for n in range(9000)))
    poller, updates = make(cloud, clock)
    poller.start()
    await clock.advance(61)
    doomed = cloud.rows["j4321"]
    cloud.drop(4321)
    poller.expect(doomed, "")
    assert "j4321" in poller.snapshot.rows
    await clock.advance(0)
    assert updates[-1].diff.removed == (doomed,)
    await poller.stop()


async def test_a_change_of_workspace_asks_nothing_more_of_the_old_one() -> None:
    cloud, clock = FakeCloud(gate=asyncio.Event()), ManualClock()
    cloud.put(*(make_row(n) for n in range(3000)))
    poller, _ = make(cloud, clock)
    poller.start()
    await clock.advance(0)
    poller.set_workspace("w2")
    cloud.gate.set()
    await clock.advance(0)
    assert [ask.workspace for ask in cloud.asks] == ["", "w2", "w2"]
    await poller.stop()


async def test_rows_of_the_first_request_survive_a_failure_of_the_second() -> None:
    cloud, clock = FakeCloud(), ManualClock()
    cloud.put(*(make_row(n) for n in range(1500)))
    poller, updates = make(cloud, clock)
    cloud.quirk = lambda ask, page: cloud.failures.append(UnreachableError("gone")) or page
    poller.start()
    await clock.advance(0)
    assert len(poller.snapshot.rows) == 1000
    assert isinstance(updates[-1].snapshot.freshness.error, UnreachableError)
    await poller.stop()


@pytest.mark.parametrize("total", [True, False])
async def test_a_list_that_empties_is_shown_empty(total: bool) -> None:
    cloud, clock = FakeCloud(tells_total=total), ManualClock()
    cloud.put(make_row(1), make_row(2))
    poller, _ = make(cloud, clock)
    poller.start()
    await clock.advance(20)
    cloud.rows.clear()
    await clock.advance(20)
    assert not poller.snapshot.rows
    assert poller.counts == {}
    await poller.stop()
