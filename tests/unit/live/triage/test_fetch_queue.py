"""Rows are asked about a few at a time, in order, once, and within the budget."""

from __future__ import annotations

import asyncio

from matui.base.clock import ManualClock
from matui.base.errors import TimedOutError
from matui.clouds.protocols import BudgetState
from matui.live.triage.fetch_queue import FetchQueue, compute_urgent_limit, may_fetch
from matui.live.triage.item import Why
from matui.resources.model import Phase, Resource
from tests.unit.live.triage.samples import make_row

ROWS = [make_row("x", Phase.FAILED, ident=str(number)) for number in range(5)]


class Desk:
    """Counts what is under way; answers when it is told to."""

    def __init__(self, used: int = 0) -> None:
        self.asked: list[str] = []
        self.known: list[str] = []
        self.budget = BudgetState(used, 300)
        self.go = asyncio.Event()
        self.fails = False
        self.clock = ManualClock(0.0)
        self.queue = FetchQueue(
            self.fetch, lambda _row: self.budget, self.publish, self.clock, requests=self.count_requests
        )

    def count_requests(self, resource: Resource) -> int:
        return 4 if resource.kind == "jobs" else 2

    async def fetch(self, resource: Resource) -> Why | None:
        self.asked.append(resource.id)
        await self.go.wait()
        if self.fails:
            raise TimedOutError("No answer.")
        return Why("because", "cloud")

    def publish(self, resource: Resource, _why: Why | None) -> None:
        self.known.append(resource.id)


async def pause() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


def test_two_are_fetched_at_a_time_and_the_first_come_first() -> None:
    async def scene() -> None:
        desk = Desk()
        desk.queue.replace_waiting(ROWS)
        await pause()
        assert desk.asked == ["0", "1"]
        desk.go.set()
        await pause()
        await pause()
        assert (desk.asked, desk.known) == (list("01234"), list("01234"))

    asyncio.run(scene())


def test_new_wishes_replace_those_that_wait_and_repeat_nothing_under_way() -> None:
    async def scene() -> None:
        desk = Desk()
        desk.queue.replace_waiting(ROWS)
        await pause()
        desk.queue.replace_waiting([ROWS[0], ROWS[4]])
        desk.go.set()
        await pause()
        await pause()
        assert desk.asked == ["0", "1", "4"]

    asyncio.run(scene())


def test_nothing_is_fetched_above_the_budget() -> None:
    async def scene() -> None:
        desk = Desk(used=31)
        desk.queue.replace_waiting(ROWS)
        await pause()
        assert desk.asked == []
        desk.budget = BudgetState(30, 300)
        desk.queue.replace_waiting(ROWS)
        await pause()
        assert desk.asked == ["0"]  # its requests count, although none has been sent
        desk.budget = BudgetState(26, 300)
        desk.queue.replace_waiting(ROWS[1:])
        await pause()
        assert desk.asked == ["0", "1"]
        await desk.queue.close()

    asyncio.run(scene())


def test_where_the_budget_is_short_rows_with_fewer_requests_go_first() -> None:
    async def scene() -> None:
        desk = Desk(used=31)
        desk.queue.replace_waiting([ROWS[0], make_row("x", Phase.DEGRADED, kind="services", ident="s")])
        await pause()
        assert desk.asked == ["s"]
        assert desk.queue.is_behind
        await desk.queue.close()
        assert not desk.queue.is_behind

    asyncio.run(scene())


def test_what_has_waited_goes_one_by_one_although_many_requests_are_sent() -> None:
    async def scene() -> None:
        desk = Desk(used=60)
        desk.go.set()
        for second in range(0, 90, 5):
            desk.queue.replace_waiting([one for one in ROWS[:3] if one.id not in desk.known])
            await pause()
            if second == 35:
                assert desk.asked == []
            await desk.clock.advance(5)
        assert desk.known == list("012")
        desk.budget = BudgetState(300, 300)
        for _ in range(20):
            desk.queue.replace_waiting(ROWS[3:])
            await desk.clock.advance(5)
        assert desk.known == list("012")

    asyncio.run(scene())


def test_half_of_a_small_budget_is_left_to_others() -> None:
    assert may_fetch(BudgetState(0, 8), 4)
    assert not may_fetch(BudgetState(1, 8), 4)


def test_what_failed_is_tried_again_a_minute_later() -> None:
    async def scene() -> None:
        desk = Desk()
        desk.fails = True
        desk.go.set()
        desk.queue.replace_waiting(ROWS[:1])
        await pause()
        desk.queue.replace_waiting(ROWS[:1])
        await pause()
        assert (desk.asked, desk.known) == (["0"], [])
        await desk.clock.advance(61)
        desk.queue.replace_waiting(ROWS[:1])
        await pause()
        assert desk.asked == ["0", "0"]

    asyncio.run(scene())


def test_closing_publishes_nothing_more() -> None:
    async def scene() -> None:
        desk = Desk()
        desk.queue.replace_waiting(ROWS)
        await pause()
        await desk.queue.close()
        desk.go.set()
        await pause()
        assert desk.known == []

    asyncio.run(scene())


def test_urgent_rows_may_use_half_of_the_budget() -> None:
    async def scene() -> None:
        desk = Desk(used=34)
        desk.queue.replace_waiting(ROWS, urgent={ROWS[3].key})
        await pause()
        assert desk.asked == ["3"]
        desk.budget = BudgetState(149, 300)
        desk.queue.replace_waiting(ROWS, urgent={ROWS[4].key})
        await pause()
        assert desk.asked == ["3"]
        await desk.queue.close()

    asyncio.run(scene())


def test_of_a_small_budget_urgent_rows_may_use_three_quarters() -> None:
    assert [compute_urgent_limit(BudgetState(0, limit)) for limit in (20, 60, 90, 300)] == [18, 45, 45, 150]


def test_four_urgent_rows_are_fetched_at_a_time_and_their_requests_count_as_sent() -> None:
    async def scene() -> None:
        desk = Desk(used=34)
        urgent = {one.key for one in ROWS}
        desk.queue.replace_waiting(ROWS, urgent=urgent)
        await pause()
        assert desk.asked == list("0123")
        await desk.queue.close()
        desk = Desk(used=143)
        desk.queue.replace_waiting(ROWS, urgent=urgent)
        await pause()
        assert desk.asked == ["0"]
        await desk.queue.close()

    asyncio.run(scene())


def test_a_row_that_has_waited_does_not_go_beyond_the_pace_while_others_are_fetched() -> None:
    """Fourteen failures at a start took 62 requests a minute."""

    async def scene() -> None:
        desk = Desk()
        dear = ROWS[:2]
        desk.budget = BudgetState(32, 300)
        desk.go.set()
        desk.queue.replace_waiting(dear)
        for number in range(6):
            await desk.clock.advance(10)
            desk.queue.replace_waiting(
                [*dear, make_row("s", Phase.FAILED, kind="services", ident=f"s{number}")]
            )
            await pause()
        assert desk.asked == [f"s{number}" for number in range(6)]
        await desk.queue.close()

    asyncio.run(scene())


def test_what_failed_is_not_urgent_a_minute_later() -> None:
    """Rows whose reasons cannot be read would take half of the budget each minute."""

    async def scene() -> None:
        desk, urgent = Desk(), {row.key for row in ROWS}
        desk.fails = True
        desk.go.set()
        desk.queue.replace_waiting(ROWS, urgent=urgent)
        await pause()
        await pause()
        assert desk.asked == list("01234")
        await desk.clock.advance(61.0)
        desk.budget = BudgetState(100, 300)
        desk.queue.replace_waiting(ROWS, urgent=urgent)
        await pause()
        assert desk.asked == [*"01234", "0"]  # one that has waited for 40 s
        desk.queue.replace_waiting([], urgent=urgent)  # what nobody wishes for is forgotten
        desk.queue.replace_waiting(ROWS, urgent=urgent)
        await pause()
        await pause()
        assert desk.asked == [*"01234", *"01234"]

    asyncio.run(scene())
