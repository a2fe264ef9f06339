"""What pauses and slows polling loops, passed from the console down to each loop.

The loop that fetches, publishes and sleeps; everything that polls runs on it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from math import inf
from random import Random
from typing import Protocol

from matui.base.backoff import Backoff, requested_wait_s
from matui.base.clock import Clock
from matui.base.errors import MatuiError, drop_frames
from matui.live.poll.freshness import Freshness


class Controlled(Protocol):
    """A loop that follows its controls."""

    def trigger(self) -> None:
        """Fetch as soon as possible."""
        ...

    def controls_changed(self) -> None:
        """Take over the changed pace or pause."""
        ...


class LoopControls:
    """Pause, visibility and focus of every loop below.

    A loop is paused, hidden or out of focus when its own controls or any of their parents are.
    """

    def __init__(self, parent: LoopControls | None = None) -> None:
        self._parent = parent
        self._loops: dict[Controlled, None] = {}
        self._pauses = 0
        self._hidden = False
        self._blurred = False

    @property
    def paused(self) -> bool:
        """Whether no request is made unless triggered."""
        return self._pauses > 0 or (self._parent is not None and self._parent.paused)

    def pause(self) -> None:
        """Make no request until resumed as many times as paused; a trigger still fetches once."""
        self._pauses += 1
        if self._pauses == 1:
            self._notify()

    def resume(self) -> None:
        """Take back one pause. What fell due in between is fetched at once."""
        if self._pauses == 0:
            return
        self._pauses -= 1
        if self._pauses == 0:
            self._notify()

    @property
    def hidden(self) -> bool:
        """Whether the view is not shown: a quarter of the pace. What is due when shown is fetched at once."""
        return self._hidden or (self._parent is not None and self._parent.hidden)

    @hidden.setter
    def hidden(self, hidden: bool) -> None:
        self._hidden = hidden
        self._notify()

    @property
    def blurred(self) -> bool:
        """Whether the terminal has lost the focus: a quarter of the pace."""
        return self._blurred or (self._parent is not None and self._parent.blurred)

    @blurred.setter
    def blurred(self, blurred: bool) -> None:
        self._blurred = blurred
        self._notify()

    def trigger(self) -> None:
        """Fetch in every running loop below as soon as possible, paused or not."""
        for loop in tuple(self._loops):
            loop.trigger()

    def attach(self, loop: Controlled) -> None:
        """Let a loop follow these controls and their parents until it is detached."""
        self._loops[loop] = None
        if self._parent is not None:
            self._parent.attach(loop)

    def detach(self, loop: Controlled) -> None:
        """Let a loop follow no more."""
        self._loops.pop(loop, None)
        if self._parent is not None:
            self._parent.detach(loop)

    def _notify(self) -> None:
        for loop in tuple(self._loops):
            loop.controls_changed()


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
    """Runs ``step`` repeatedly, never twice at once, and calls ``told`` after each run and when paused.

    ``step`` makes the requests and keeps the results; it raises the errors of :mod:`matui.base.errors`.
    ``parent`` pauses and slows this loop beside its own ``controls``. Times are in seconds. A change of pace
    takes effect at once, during a sleep too.
    """

    def __init__(
        self,
        step: Callable[[], Awaitable[None]],
        told: Callable[[], None],
        *,
        clock: Clock,
        rng: Random,
        cadence_s: float,
        parent: LoopControls | None = None,
    ) -> None:
        self.controls = LoopControls(parent)
        self._step = step
        self._told = told
        self._clock = clock
        self._rng = rng
        self._cadence_s = cadence_s
        self._quick = {"filling": False, "moving": False}
        self._quick_until = -inf
        self._task: asyncio.Task[None] | None = None
        self._wake = asyncio.Event()
        self._triggered = False
        self._resets = 0
        self._was_paused = False
        self._rested_from = -inf
        self._jitter = 1.0
        self._failures = 0
        self._hold_until = -inf
        self._fetched_at: float | None = None
        self._error: MatuiError | None = None

    @property
    def freshness(self) -> Freshness:
        """How old the data is and why."""
        retry_at = None
        if self._error is not None and not self.controls.paused:
            retry_at = self._clock.now() + max(0.0, self._due_at() - self._clock.monotonic())
        return Freshness(self._fetched_at, self._error, retry_at, self.controls.paused)

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
        elif self._quick["moving"] and not self.controls.hidden:
            pace = min(pace, max(_LEAST_MOVING_S, pace / _SPEED_UP))
        for is_slow in (self.controls.hidden, self.controls.blurred):
            pace *= _SLOW_DOWN if is_slow else 1
        return pace

    def start(self) -> None:
        """Fetch now and go on until stopped. Needs a running event loop."""
        if self._task is None:
            self._was_paused = self.controls.paused
            self.controls.attach(self)
            self._task = asyncio.get_running_loop().create_task(self._run())

    def cancel(self) -> None:
        """Stop without waiting; ``told`` is not called any more."""
        self.controls.detach(self)
        task, self._task = self._task, None
        if task is not None:
            task.cancel()

    async def stop(self) -> None:
        """Stop, and return once a fetch in flight has been given up."""
        task = self._task
        self.cancel()
        if task is not None and task is not asyncio.current_task():
            await asyncio.wait({task})

    def trigger(self) -> None:
        """Fetch now or right after the fetch in flight, paused or not; a Retry-After is waited out."""
        self._triggered = True
        self._wake.set()

    def controls_changed(self) -> None:
        """Take over a changed pause, visibility or focus."""
        self._wake.set()
        paused = self.controls.paused
        if paused != self._was_paused:
            self._was_paused = paused
            self._tell()

    def boost(self, seconds: float = ACTED_S) -> None:
        """Poll at the quick pace for ``seconds``: an action was just sent."""
        self._quick_until = max(self._quick_until, self._clock.monotonic() + seconds)
        self._repace()

    def reset(self) -> None:
        """Discard the age and the failures of the data and fetch at once; a Retry-After still holds."""
        self._resets += 1
        self._fetched_at = None
        self._error = None
        self._failures = 0
        self.set_activity(filling=False, moving=False)
        self.trigger()

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
        self._repace()

    def set_activity(self, *, filling: bool, moving: bool) -> None:
        """Set whether the first fill is under way, and whether a resource is in transition."""
        self._quick = {"filling": filling, "moving": moving}
        self._repace()

    async def _run(self) -> None:
        while True:
            await self._wait_due()
            self._triggered = False
            await self._fetch()
            self._rested_from = self._clock.monotonic()
            self._jitter = 1 + self._rng.uniform(-_JITTER, _JITTER)
            self._tell()

    async def _fetch(self) -> None:
        resets = self._resets
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
            if resets != self._resets:
                return  # what came belongs to what was forgotten
            self.mark_success()
            self._error = None
            self._failures = 0
            self._hold_until = -inf

    def _failed(self, error: MatuiError) -> None:
        self._error = drop_frames(error)
        self._failures += 1
        asked = requested_wait_s(error)
        if asked is not None:
            self._hold_until = self._clock.monotonic() + asked

    def _due_at(self) -> float:
        """When the next fetch is due on the monotonic scale, pauses aside."""
        wait = self.interval_s
        if self._failures:
            backoff = Backoff(self._cadence_s, _LONGEST_BACKOFF_S)
            wait = max(wait, backoff.base_s(self._failures))
        due = -inf if self._triggered else self._rested_from + wait * self._jitter
        return max(due, self._hold_until)

    async def _wait_due(self) -> None:
        while True:
            self._wake.clear()
            if self.controls.paused and not self._triggered:
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
