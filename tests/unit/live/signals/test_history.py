"""The history: a whole log from its first line, the file that has signals, then what is added, politely."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from itertools import pairwise
from random import Random

import pytest

from matui.base.clock import ManualClock
from matui.base.log_lines.times import TimestampParser
from matui.clouds.protocols import BudgetState, TailsLogs
from matui.live.poll.loop import Timing
from matui.live.poll.loop_controls import LoopControls
from matui.live.signals.history import SLICE_S, SignalHistory
from matui.live.signals.store import SignalStore
from matui.resources.model import Phase, Resource
from tests.unit.live.logs.log_server import JOB, LogServer, Ways


class Reading:
    def __init__(
        self, source: TailsLogs, store: SignalStore | None = None, clock: ManualClock | None = None
    ) -> None:
        self.clock = clock or ManualClock(1_760_000_000.0)
        self.job = JOB
        self.budget = BudgetState(0, 100)
        self.store = store or SignalStore(TimestampParser)
        self.history = SignalHistory(
            source,
            lambda: self.job,
            self.store,
            budget=lambda: self.budget,
            controls=LoopControls(),
            timing=Timing(self.clock, Random(1), 2),
            changed=lambda: None,
        )

    @property
    def steps(self) -> list[int | None]:
        signals = self.history.signals
        segments = signals.log.segments if signals is not None else []
        return [point.step for segment in segments for point in segment.series["loss"].points]


def make_lines(count: int) -> list[str]:
    return [f"step: {number}, loss: {9 - number / 1000:.3f}" for number in range(count)]


async def test_the_whole_log_is_read_in_order_and_what_is_added() -> None:
    server = LogServer(Ways(), make_lines(1700), coming=make_lines(1710)[1700:])
    reading = Reading(server)
    task = asyncio.ensure_future(reading.history.run())
    for _ in range(40):
        await reading.clock.advance(4)
    assert reading.steps == list(range(1710))
    assert reading.history.words == ""
    assert reading.store.find(JOB.key) is reading.history.signals
    reading.job = replace(JOB, phase=Phase.DONE)
    for _ in range(10):
        await reading.clock.advance(10)
    assert task.done()


@pytest.mark.parametrize(
    ("phase", "words"),
    [(Phase.PENDING, "the job has no log yet"), (Phase.FAILED, "the job has ended without a log")],
)
async def test_a_job_without_log_files_is_told_apart_by_whether_it_has_ended(
    phase: Phase, words: str
) -> None:
    class Empty(LogServer):
        async def list_log_files(self, job: Resource) -> tuple[str, ...]:
            return ()

    reading = Reading(Empty(Ways(), []))
    reading.job = replace(JOB, phase=phase)
    await reading.history.run()
    assert reading.history.words == words


async def test_a_cloud_that_cannot_begin_at_the_top_is_read_backwards() -> None:
    server = LogServer(Ways(top_page=False), make_lines(1200))
    reading = Reading(server)
    task = asyncio.ensure_future(reading.history.run())
    for _ in range(20):
        await reading.clock.advance(4)
    assert reading.steps == list(range(1200))
    task.cancel()


async def test_nothing_is_requested_while_half_of_the_budget_is_used() -> None:
    server = LogServer(Ways(), make_lines(10))
    reading = Reading(server)
    reading.budget = BudgetState(50, 100)
    task = asyncio.ensure_future(reading.history.run())
    for _ in range(20):
        await reading.clock.advance(4)
    assert server.requests == 0
    task.cancel()


async def stop(task: asyncio.Future[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


@pytest.mark.parametrize("turns", [12, 25, 40, 200])
async def test_a_reader_that_comes_back_goes_on_where_it_was(turns: int) -> None:
    server = LogServer(Ways(), make_lines(1700), coming=make_lines(1710)[1700:])
    first = Reading(server, clock=TickingClock())
    task = asyncio.ensure_future(first.history.run())
    for _ in range(turns):
        await first.clock.advance(0.01, settle=1)
    await stop(task)
    read = len(first.steps)
    assert read
    if first.history.signals is not None:  # another reader of the log adds to what the store holds
        first.history.signals.add(["step: 90000, loss: 1.0"])
    second = Reading(server, first.store)
    task = asyncio.ensure_future(second.history.run("a.log"))
    await second.clock.advance(0, settle=1)
    assert len(second.steps) >= read - 1  # at once, before the log was asked for
    for _ in range(40):
        await second.clock.advance(4)
    await stop(task)
    assert second.steps == list(range(1710))


class TickingClock(ManualClock):
    """A clock by which each look at it takes a millisecond; ``on_sleep`` is called at each sleep."""

    def __init__(self) -> None:
        super().__init__(1_760_000_000.0)
        self.looks = 0
        self.on_sleep: Callable[[], None] = lambda: None

    def monotonic(self) -> float:
        self.looks += 1
        return super().monotonic() + self.looks / 1000

    async def sleep(self, seconds: float) -> None:
        self.on_sleep()
        await super().sleep(seconds)


async def test_lines_are_read_in_slices_between_which_keys_are_answered() -> None:
    clock = TickingClock()
    reading = Reading(LogServer(Ways(), make_lines(500)), clock=clock)
    read: list[int] = []
    clock.on_sleep = lambda: read.append(len(reading.steps))
    task = asyncio.ensure_future(reading.history.run())
    for _ in range(20):
        await clock.advance(1)
    await stop(task)
    slices = [after - before for before, after in pairwise([0, *read])]
    assert len(reading.steps) == 500
    assert max(slices) <= 32 * SLICE_S * 1000
