"""The history: a whole log from its first line, the file that has signals, then what is added, politely."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from random import Random

from matui.base.clock import ManualClock
from matui.base.log_lines.times import TimestampParser
from matui.clouds.protocols import BudgetState, TailsLogs
from matui.live.poll.loop_controls import LoopControls
from matui.live.signals.history import SignalHistory
from matui.live.signals.store import SignalStore
from matui.resources.model import Phase
from tests.unit.live.logs.log_server import JOB, LogServer, Ways


class Reading:
    def __init__(self, source: TailsLogs) -> None:
        self.clock = ManualClock(1_760_000_000.0)
        self.job = JOB
        self.budget = BudgetState(0, 100)
        self.store = SignalStore(TimestampParser)
        self.history = SignalHistory(
            source,
            lambda: self.job,
            self.store,
            budget=lambda: self.budget,
            controls=LoopControls(),
            clock=self.clock,
            rng=Random(1),
            cadence_s=2,
            changed=lambda: None,
        )

    @property
    def steps(self) -> list[int | None]:
        signals = self.history.signals
        segments = signals.log.segments if signals is not None else []
        return [point.step for segment in segments for point in segment.series["loss"].points]


def lines(count: int) -> list[str]:
    return [f"step: {number}, loss: {9 - number / 1000:.3f}" for number in range(count)]


async def test_the_whole_log_is_read_in_order_and_what_is_added() -> None:
    server = LogServer(Ways(), lines(1700), coming=lines(1710)[1700:])
    reading = Reading(server)
    task = asyncio.ensure_future(reading.history.run())
    for _ in range(40):
        await reading.clock.advance(4)
    assert reading.steps == list(range(1710))
    assert reading.history.words == ""
    assert reading.store.of(JOB.key) is reading.history.signals
    reading.job = replace(JOB, phase=Phase.DONE)
    for _ in range(10):
        await reading.clock.advance(10)
    assert task.done()


async def test_a_cloud_that_cannot_begin_at_the_top_is_read_backwards() -> None:
    server = LogServer(Ways(top_page=False), lines(1200))
    reading = Reading(server)
    task = asyncio.ensure_future(reading.history.run())
    for _ in range(20):
        await reading.clock.advance(4)
    assert reading.steps == list(range(1200))
    task.cancel()


async def test_nothing_is_requested_while_half_of_the_budget_is_used() -> None:
    server = LogServer(Ways(), lines(10))
    reading = Reading(server)
    reading.budget = BudgetState(50, 100)
    task = asyncio.ensure_future(reading.history.run())
    for _ in range(20):
        await reading.clock.advance(4)
    assert server.requests == 0
    task.cancel()
