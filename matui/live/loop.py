"""One loop that fetches, tells, sleeps: everything that polls runs on it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from math import inf
from random import Random

from matui.base.backoff import Backoff, requested_wait_s
from matui.clock import Clock
from matui.errors import MatuiError, without_frames
from matui.live.freshness import Freshness

FILL_S = 1.0
ACTED_S = 30.0
_LEAST_S = 1.0
_LEAST_MOVING_S = 3.0  # something is always on its way in a busy project, and requests are counted
_SPEED_UP = 3
_SLOW_DOWN = 4
_JITTER = 0.1
_LONGEST_BACKOFF_S = 60.0
_AT_ONCE_S = 0.001


class Loop:
    """Runs ``step`` over and over, never twice at once, and calls ``told`` after each and when paused.

    ``step`` makes the requests and keeps what came; it raises the errors of :mod:`matui.errors`. Times are in
    seconds. Whatever changes the pace takes effect at once, in the middle of a sleep too.
    """

    def __init__(
        self,
        step: Callable[[], Awaitable[None]],
        told: Callable[[], None],
        *,
        clock: Clock,
        rng: Random,
        cadence_s: float,
    ) -> None:
        self._step = step
        self._told = told
        self._clock = clock
        self._rng = rng
        self._cadence_s = cadence_s
        self._slow = {"hidden": False, "blurred": False}
        self._quick = {"filling": False, "moving": False}
        self._quick_until = -inf
        self._task: asyncio.Task[None] | None = None
        self._wake = asyncio.Event()
        self._kicked = False
        self._restarts = 0
        self._pauses = 0
        self._rested_from = -inf
        self._jitter = 1.0
        self._failures = 0
        self._hold_until = -inf
        self._fetched_at: float | None = None
        self._error: MatuiError | None = None

    # What it looks like from outside.

    @property
    def freshness(self) -> Freshness:
        """How old the data is and why."""
        retry_at = None
        if self._error is not None and not self._pauses:
            retry_at = self._clock.now() + max(0.0, self._due_at() - self._clock.monotonic())
        return Freshness(self._fetched_at, self._error, retry_at, self._pauses > 0)

    @property
    def running(self) -> bool:
        """Whether the loop has been started and not stopped."""
        return self._task is not None

    @property
    def interval_s(self) -> float:
        """Seconds from the end of one fetch to the start of the next, before jitter and back-off."""
        pace = self._cadence_s
        if self._quick["filling"]:
            pace = min(pace, FILL_S)
        elif self._clock.monotonic() < self._quick_until:
            pace = min(pace, max(_LEAST_S, pace / _SPEED_UP))
        elif self._quick["moving"] and not self._slow["hidden"]:
            pace = min(pace, max(_LEAST_MOVING_S, pace / _SPEED_UP))
        for slow in self._slow.values():
            pace *= _SLOW_DOWN if slow else 1
        return pace

    # What may be asked of it.

    def start(self) -> None:
        """Fetch now and go on until stopped. Needs a running event loop."""
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._run())

    def cancel(self) -> None:
        """Stop without waiting; nothing is told any more."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()

    async def stop(self) -> None:
        """Stop, and return once a fetch in flight has been given up."""
        task = self._task
        self.cancel()
        if task is not None and task is not asyncio.current_task():
            await asyncio.wait({task})

    def kick(self) -> None:
        """Fetch now or right after the fetch in flight, paused or not; a Retry-After is waited out."""
        self._kicked = True
        self._wake.set()

    def pause(self) -> None:
        """Make no request until resumed as many times as paused; a kick still fetches once."""
        self._pauses += 1
        if self._pauses == 1:
            self._repace()
            self._tell()

    def resume(self) -> None:
        """Take back one pause. What fell due meanwhile is fetched at once."""
        if self._pauses == 0:
            return
        self._pauses -= 1
        if self._pauses == 0:
            self._repace()
            self._tell()

    def hasten(self, seconds: float = ACTED_S) -> None:
        """Poll at the quick pace for a while: something was just done."""
        self._quick_until = max(self._quick_until, self._clock.monotonic() + seconds)
        self._repace()

    def restart(self) -> None:
        """Forget what was fetched and what failed, and fetch anew; a Retry-After still holds."""
        self._restarts += 1
        self._fetched_at = None
        self._error = None
        self._failures = 0
        self.hurry(filling=False, moving=False)
        self.kick()

    def arrived(self) -> None:
        """Note that good data came just now; ``step`` calls it for each of several requests."""
        self._fetched_at = self._clock.now()

    @property
    def cadence_s(self) -> float:
        """Seconds between fetches when nothing speeds up or slows down."""
        return self._cadence_s

    @cadence_s.setter
    def cadence_s(self, seconds: float) -> None:
        self._cadence_s = seconds
        self._repace()

    @property
    def hidden(self) -> bool:
        """Whether nobody looks at the view: a quarter of the pace."""
        return self._slow["hidden"]

    @hidden.setter
    def hidden(self, on: bool) -> None:
        self._slow["hidden"] = on
        self._repace()

    @property
    def blurred(self) -> bool:
        """Whether the terminal has lost the focus: a quarter of the pace."""
        return self._slow["blurred"]

    @blurred.setter
    def blurred(self, on: bool) -> None:
        self._slow["blurred"] = on
        self._repace()

    def hurry(self, *, filling: bool, moving: bool) -> None:
        """Say whether the first fill goes on, and whether something is in transition."""
        self._quick = {"filling": filling, "moving": moving}
        self._repace()

    # How it runs.

    async def _run(self) -> None:
        while True:
            await self._rest()
            self._kicked = False
            await self._fetch()
            self._rested_from = self._clock.monotonic()
            self._jitter = 1 + self._rng.uniform(-_JITTER, _JITTER)
            self._tell()

    async def _fetch(self) -> None:
        restarts = self._restarts
        try:
            await self._step()
        except MatuiError as error:
            self._failed(error)
        except asyncio.CancelledError:
            # Cancelled from within, by a request that others share: only our own end may end the loop.
            task = asyncio.current_task()
            if self._task is None or (task is not None and task.cancelling()):
                raise
            self._failed(MatuiError("The refresh was given up halfway."))
        except Exception as fault:  # noqa: BLE001 - a loop that died silently would show old data as live
            self._failed(MatuiError(f"matui itself failed while refreshing ({type(fault).__name__})."))
        else:
            if restarts != self._restarts:
                return  # what came belongs to what was forgotten
            self.arrived()
            self._error = None
            self._failures = 0
            self._hold_until = -inf

    def _failed(self, error: MatuiError) -> None:
        self._error = without_frames(error)
        self._failures += 1
        asked = requested_wait_s(error)
        if asked is not None:
            self._hold_until = self._clock.monotonic() + asked

    def _due_at(self) -> float:
        """When the next fetch is due on the monotonic scale; a pause is not looked at."""
        wait = self.interval_s
        if self._failures:
            backoff = Backoff(self._cadence_s, _LONGEST_BACKOFF_S)
            wait = max(wait, backoff.base_s(self._failures))
        due = -inf if self._kicked else self._rested_from + wait * self._jitter
        return max(due, self._hold_until)

    async def _rest(self) -> None:
        while True:
            self._wake.clear()
            if self._pauses and not self._kicked:
                await self._wake.wait()
                continue
            left = self._due_at() - self._clock.monotonic()
            if left <= _AT_ONCE_S:
                return
            await self._sleep(left)

    async def _sleep(self, seconds: float) -> None:
        alarm = asyncio.get_running_loop().create_task(self._alarm(seconds))
        try:
            await self._wake.wait()
        finally:
            alarm.cancel()

    async def _alarm(self, seconds: float) -> None:
        await self._clock.sleep(seconds)
        self._wake.set()

    def _repace(self) -> None:
        self._wake.set()

    def _tell(self) -> None:
        try:
            self._told()
        except Exception as fault:  # noqa: BLE001 - whoever listens must not be able to end the loop
            self._error = MatuiError(f"matui itself failed while showing news ({type(fault).__name__}).")
