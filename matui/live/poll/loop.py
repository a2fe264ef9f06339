"""The loop that fetches, publishes and sleeps; everything that polls runs on it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from math import inf
from random import Random
from typing import NamedTuple

from matui.base.backoff import Backoff, read_retry_after_s
from matui.base.clock import Clock
from matui.base.errors import MatuiError, drop_frames
from matui.live.poll.freshness import Freshness
from matui.live.poll.loop_controls import LoopControls

_FILL_S = 1.0
_BOOST_S = 30.0
_MIN_S = 1.0
_MIN_MOVING_S = 3.0  # a busy project always has transitions, and requests are limited
_SPEED_UP = 3
_SLOW_DOWN = 4
_YIELD = 8
JITTER = 0.1
_MAX_BACKOFF_S = 60.0
_AT_ONCE_S = 0.001
_UNSHARED_PROFILES = 6  # polled side by side at the full pace


class Timing(NamedTuple):
    """The clock of a loop, the source of its jitter, its cadence in seconds, and what pauses it too."""

    clock: Clock
    rng: Random
    cadence_s: float
    parent: LoopControls | None = None


class Loop:
    """Runs ``step`` repeatedly, never twice at once, and calls ``on_update`` after each run and when paused.

    ``step`` makes the requests and stores the results; it raises the errors of :mod:`matui.base.errors`.
    ``timing.parent`` pauses and slows this loop in addition to its own ``controls``. Times are in seconds.
    A change of pace takes effect at once, during a sleep too.
    """

    def __init__(
        self,
        step: Callable[[], Awaitable[None]],
        on_update: Callable[[], None],
        timing: Timing,
    ) -> None:
        self.controls = LoopControls(timing.parent)
        self._step = step
        self._on_update = on_update
        self._clock = timing.clock
        self._rng = timing.rng
        self._cadence_s = timing.cadence_s
        self._quick = {"filling": False, "moving": False}
        self._is_quiet = False
        self._floor_s = 0.0
        self._quick_until = -inf
        self._task: asyncio.Task[None] | None = None
        self._wake = asyncio.Event()
        self._triggered = False
        self._resets = 0
        self._was_paused = False
        self._fetch_ended_at = -inf
        self._jitter = 1.0
        self._failures = 0
        self._hold_until = -inf
        self._fetched_at: float | None = None
        self._started_at: float | None = None
        self._asked_at: float | None = None
        self._error: MatuiError | None = None

    @property
    def freshness(self) -> Freshness:
        """The age of the data and the reason for it."""
        retry_at = None
        if self._error is not None and not self.controls.paused:
            retry_at = self._clock.now() + max(0.0, self._compute_due_at() - self._clock.monotonic())
        return Freshness(
            self._fetched_at,
            self._error,
            retry_at,
            self.controls.paused,
            asked_at=self._asked_at,
            started_at=self._started_at,
        )

    @property
    def fetched_at(self) -> float | None:
        """When the data was last fetched, in seconds since the epoch; None before that."""
        return self._fetched_at

    @property
    def error(self) -> MatuiError | None:
        """The error of the last fetch, None after a success."""
        return self._error

    @property
    def interval_s(self) -> float:
        """Seconds from the end of one fetch to the start of the next, before jitter and back-off."""
        pace, floor = self._cadence_s, 0.0
        sharing = max(1.0, self.controls.profiles / _UNSHARED_PROFILES) if self._is_quiet else 1.0
        if self._quick["filling"]:
            pace = min(pace, _FILL_S)
        elif self._clock.monotonic() < self._quick_until:
            pace = min(pace, max(_MIN_S, pace / _SPEED_UP))
        elif self._quick["moving"] and not self.controls.hidden and sharing == 1.0:
            pace = min(pace, max(_MIN_MOVING_S, pace / _SPEED_UP))
        else:
            pace, floor = pace * sharing, self._floor_s
        for is_slow in (self.controls.hidden, self.controls.blurred):
            pace *= _SLOW_DOWN if is_slow else 1
        if self.controls.yielding and not self._is_awaited:
            pace *= _YIELD
        return max(pace, floor)

    @property
    def _is_awaited(self) -> bool:
        """Whether the first fill is under way, or an action was just sent."""
        return self._quick["filling"] or self._clock.monotonic() < self._quick_until

    def start(self) -> None:
        """Fetch now and go on until stopped. Needs a running event loop."""
        if self._task is None:
            self._was_paused = self.controls.paused
            self._started_at = self._clock.now()
            self.controls.attach(self)
            self._task = asyncio.get_running_loop().create_task(self._run())

    def cancel(self) -> None:
        """Stop without waiting; ``on_update`` is no longer called."""
        self.controls.detach(self)
        task, self._task = self._task, None
        if task is not None:
            task.cancel()

    async def stop(self) -> None:
        """Stop, and return once a fetch in flight has been cancelled."""
        task = self._task
        self.cancel()
        if task is not None and task is not asyncio.current_task():
            await asyncio.wait({task})

    def trigger(self) -> None:
        """Fetch now or right after the fetch in flight, paused or not; a Retry-After is waited out."""
        self._triggered = True
        self._wake.set()

    def apply_controls(self) -> None:
        """Apply a changed pause, visibility or focus."""
        self._wake.set()
        paused = self.controls.paused
        if paused != self._was_paused:
            self._was_paused = paused
            self._notify()

    def boost(self) -> None:
        """Poll at the quick pace for 30 s: an action was just sent."""
        self._quick_until = self._clock.monotonic() + _BOOST_S
        self._wake_up()

    def reset(self) -> None:
        """Discard the age and the failures of the data; a Retry-After still holds."""
        self._resets += 1
        self._fetched_at = None
        self._error = None
        self._failures = 0
        self.set_activity(filling=False, moving=False)

    def mark_success(self) -> None:
        """Date the data to now; ``step`` calls it after each of several requests."""
        self._fetched_at = self._clock.now()

    @property
    def cadence_s(self) -> float:
        """Seconds between fetches when nothing speeds up or slows down."""
        return self._cadence_s

    @cadence_s.setter
    def cadence_s(self, seconds: float) -> None:
        self._cadence_s = seconds
        self._wake_up()

    def set_activity(self, *, filling: bool, moving: bool, quiet: bool = False) -> None:
        """Set whether the first fill is under way, a resource is in transition, and nothing changes.

        While nothing changes, many profiles share the pace of a few.
        """
        self._quick = {"filling": filling, "moving": moving}
        self._is_quiet = quiet
        self._wake_up()

    def set_floor(self, seconds: float) -> None:
        """Fetch no sooner than ``seconds`` after the last time, unless triggered or after an action."""
        if seconds != self._floor_s:
            self._floor_s = seconds
            self._wake_up()

    async def _run(self) -> None:
        while True:
            await self._wait_due()
            self._triggered = False
            self._asked_at = self._clock.now()
            try:
                await self._fetch()
            finally:
                self._asked_at = None
            self._fetch_ended_at = self._clock.monotonic()
            self._jitter = 1 + self._rng.uniform(-JITTER, JITTER)
            self._notify()

    async def _fetch(self) -> None:
        resets = self._resets
        try:
            await self._step()
        except MatuiError as error:
            self._record_failure(error)
        except asyncio.CancelledError:
            # A shared request was cancelled by another owner: only stopping this loop may end it.
            task = asyncio.current_task()
            if self._task is None or (task is not None and task.cancelling()):
                raise
            self._record_failure(
                MatuiError("The refresh was given up halfway.", remedy="It is tried again by itself.")
            )
        except Exception as fault:  # noqa: BLE001 - a dead loop would show old data as live
            self._record_failure(
                MatuiError(
                    f"matui itself failed while refreshing ({type(fault).__name__}).",
                    remedy="It is tried again; please report it with the steps before.",
                )
            )
        else:
            if resets != self._resets:
                return  # the answer belongs to the state before the reset
            self.mark_success()
            self._error = None
            self._failures = 0
            self._hold_until = -inf

    def _record_failure(self, error: MatuiError) -> None:
        self._error = drop_frames(error)
        self._failures += 1
        asked = read_retry_after_s(error)
        if asked is not None:
            self._hold_until = self._clock.monotonic() + asked

    def _compute_due_at(self) -> float:
        """When the next fetch is due on the monotonic scale, pauses aside."""
        wait = self.interval_s
        if self._failures:
            backoff = Backoff(self._cadence_s, _MAX_BACKOFF_S)
            wait = max(wait, backoff.compute_base_s(self._failures))
        due = -inf if self._triggered else self._fetch_ended_at + wait * self._jitter
        return max(due, self._hold_until)

    async def _wait_due(self) -> None:
        while True:
            self._wake.clear()
            if self.controls.paused and not self._triggered:
                await self._wake.wait()
                continue
            left = self._compute_due_at() - self._clock.monotonic()
            if left <= _AT_ONCE_S:
                return
            await self._sleep(left)

    async def _sleep(self, seconds: float) -> None:
        alarm = asyncio.get_running_loop().create_task(self._wait_alarm(seconds))
        try:
            await self._wake.wait()
        finally:
            alarm.cancel()

    async def _wait_alarm(self, seconds: float) -> None:
        await self._clock.sleep(seconds)
        self._wake.set()

    def _wake_up(self) -> None:
        self._wake.set()

    def _notify(self) -> None:
        try:
            self._on_update()
        except Exception as fault:  # noqa: BLE001 - a callback must not end the loop
            self._error = MatuiError(
                f"matui itself failed while showing news ({type(fault).__name__}).",
                remedy="It goes on; please report it with the steps before.",
            )
