"""Injectable clocks: the system's, and a manual one for tests and the simulator."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import time
from collections.abc import Callable
from typing import Protocol

from matui.base.text.formatting import format_duration

NOTABLE_SKEW_S = 300.0
_LEAST_TOLD_SKEW_S = 60.0
_LEAST_CORRECTION_S = 15.0


class Clock(Protocol):
    """Wall time in seconds since the epoch, monotonic seconds, and a sleep on the same scale."""

    def now(self) -> float:
        """Seconds since the epoch, UTC."""

    def monotonic(self) -> float:
        """Monotonic seconds; only differences are meaningful."""

    async def sleep(self, seconds: float) -> None:
        """Return after ``seconds`` of this clock."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> float:
        return time.time()

    def monotonic(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(max(0.0, seconds))


class CloudClock:
    """The clock of a cloud: this machine's, moved by the offset that answers have shown."""

    def __init__(self, clock: Clock, offset_s: Callable[[], float | None]) -> None:
        self._clock = clock
        self._offset_s = offset_s

    def now(self) -> float:
        return self._clock.now() + compute_correction_s(self._offset_s())

    def monotonic(self) -> float:
        return self._clock.monotonic()

    async def sleep(self, seconds: float) -> None:
        await self._clock.sleep(seconds)


class ManualClock:
    """A clock that advances only by ``advance`` and ``jump``.

    Sleepers wake in the order of their deadlines; everything that one triggers runs before the next wakes.
    """

    def __init__(self, start: float = 1_600_000_000.0) -> None:
        self._now = start
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._order = itertools.count()

    def now(self) -> float:
        return self._now

    def monotonic(self) -> float:
        return self._now

    async def sleep(self, seconds: float) -> None:
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        wake = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._now + seconds, next(self._order), wake))
        await wake

    def jump(self, seconds: float) -> None:
        """Move the time without waking sleepers, for code that only reads it."""
        self._now += seconds

    async def advance(self, seconds: float = 0.0, *, settle: int = 50) -> None:
        """Move the time forward and wake each sleeper at its deadline.

        ``settle`` is the number of event loop turns after each wake.
        """
        target = self._now + seconds
        await self._yield_turns(settle)
        while self._sleepers and self._sleepers[0][0] <= target:
            deadline, _, wake = heapq.heappop(self._sleepers)
            self._now = max(self._now, deadline)
            if not wake.done():
                wake.set_result(None)
                await self._yield_turns(settle)
        self._now = target
        await self._yield_turns(settle)

    @staticmethod
    async def _yield_turns(count: int) -> None:
        for _ in range(count):
            await asyncio.sleep(0)


def compute_correction_s(offset_s: float | None) -> float:
    """Return by how much to move this machine's time to compare it with the cloud's.

    Nothing for an offset within the error of its measurement.
    """
    return 0.0 if offset_s is None or abs(offset_s) < _LEAST_CORRECTION_S else offset_s


def format_skew(offset_s: float | None) -> str:
    """Return ``clock 20m behind`` where the cloud's clock minus ours is five minutes or more, else ``""``."""
    return (
        ""
        if offset_s is None or abs(offset_s) < NOTABLE_SKEW_S
        else " ".join(("clock", *_describe_skew(offset_s)))
    )


def format_skew_hint(offset_s: float | None) -> str:
    """Return the skew as a sentence with a remedy, ``""`` below five minutes."""
    if offset_s is None or abs(offset_s) < NOTABLE_SKEW_S:
        return ""
    far, direction = _describe_skew(offset_s)
    of = " of" if direction == "ahead" else ""
    return f"This machine's clock is {far} {direction}{of} the cloud's; set it right."


def format_clocks(offset_s: float) -> str:
    """Return which clock times are by, where the cloud's is a minute or more from ours, else ``""``."""
    if abs(offset_s) < _LEAST_TOLD_SKEW_S:
        return ""
    far, direction = _describe_skew(offset_s)
    of = " of" if direction == "ahead" else ""
    return f"Times are by this machine's clock, which is {far} {direction}{of} the cloud's."


def _describe_skew(offset_s: float) -> tuple[str, str]:
    exact_to_10_s = round(abs(offset_s) / 10) * 10
    return format_duration(exact_to_10_s), "behind" if offset_s > 0 else "ahead"
