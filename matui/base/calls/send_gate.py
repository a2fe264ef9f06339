"""Holds an action back until it may be sent, and records when it was sent.

The executor of an action opens a gate; the HTTP client finds it in the context of its task. Between them they
guarantee that an action leaves only shortly after its resource was re-read, and never after it was cancelled.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Protocol, TypeVar

from matui.base.clock import Clock
from matui.base.errors import MatuiError

FRESH_S = 2.0
MAX_ATTEMPTS = 5
TOO_SLOW = "the request could not leave within 2 s of the re-read"
NOTICE_S = 1.0
BUDGET, TOKEN, CONNECTION, STATE = "the request budget", "a token", "a connection", "the current state"
ANSWER = "the cloud's answer"
# How long until such a wait is reported; NOTICE_S for the others.
_NOTICES_S = {BUDGET: 0.0, STATE: 3.0, ANSWER: 3.0}

T = TypeVar("T")
_current: ContextVar[SendGate | None] = ContextVar("send_gate", default=None)


class NotSentError(MatuiError):
    """An action was held back: it was cancelled, or its resource was re-read too long ago."""


class SendGate:
    """The state of one action on its way: held back, or sent at a time.

    ``requests`` is the number of requests to reserve of the budget at once: the re-reads and the action.
    ``on_wait`` is called with what is waited for, and with ``""`` when the wait is over.
    """

    def __init__(
        self, clock: Clock, *, requests: int = 2, on_wait: Callable[[str], None] = lambda _reason: None
    ) -> None:
        self._clock = clock
        self._requests = requests
        self._on_wait = on_wait
        self._reasons: list[str] = []
        self._fresh_until: float | None = None
        self._in_flight = 0
        self._reservation: Reservation | None = None
        self.is_cancelled = False
        self.is_watched = False
        self.sent_at: float | None = None

    @contextmanager
    def open(self) -> Iterator[None]:
        """Make this the gate of all requests of the task and its children."""
        token = _current.set(self)
        try:
            yield
        finally:
            _current.reset(token)
            self.release()

    @property
    def may_abort(self) -> bool:
        """Whether certainly nothing was sent: an HTTP client watches the gate and has not sent the action."""
        return self.is_watched and self.sent_at is None

    @property
    def is_waiting(self) -> bool:
        """Whether ``on_wait`` has been called with what is waited for."""
        return bool(self._reasons)

    def confirm(self, read_at: float) -> None:
        """Note that the resource was re-read (monotonic seconds): the action may leave ``FRESH_S`` longer."""
        self._fresh_until = read_at + FRESH_S

    @property
    def is_stale(self) -> bool:
        """Whether the re-read is too old for the action to be sent."""
        return self._fresh_until is not None and self._clock.monotonic() > self._fresh_until

    def cancel(self) -> None:
        """Hold back every request of the action that has not been sent yet."""
        self.is_cancelled = True

    def check(self) -> None:
        """Raise NotSentError where the action may not leave now; only its first request must be fresh."""
        if self.is_cancelled:
            raise NotSentError("Cancelled before it was sent.")
        if self.sent_at is None and self.is_stale:
            raise NotSentError("The resource was re-read too long ago.")

    def mark_sent(self) -> None:
        """Note that a request of the action leaves now."""
        self._in_flight += 1
        if self.sent_at is None:
            self.sent_at = self._clock.now()

    def mark_refused(self) -> None:
        """Note that the credentials of a request were refused; if it was the first one, nothing was done."""
        if self._in_flight == 1:
            self._in_flight, self.sent_at = 0, None

    @contextmanager
    def report_wait(self, reason: str) -> Iterator[None]:
        """Report a wait."""
        self._reasons.append(reason)
        self._on_wait(reason)
        try:
            yield
        finally:
            self._reasons.remove(reason)
            self._on_wait(self._reasons[-1] if self._reasons else "")

    @property
    def to_reserve(self) -> int:
        """The number of requests to take from the budget for the next one: all of them for the first."""
        return max(1, self._requests) if self._reservation is None else 1

    def reserve(self, reservation: Reservation) -> None:
        """Keep requests taken from a budget; what is not used is given back."""
        if self._reservation is None:
            self._reservation = reservation

    def use_reserved(self, budget: object, *, action: bool) -> bool:
        """Return whether a reserved request of ``budget`` was used; the last one is kept for the action."""
        kept = self._reservation
        if kept is None or kept.budget is not budget or kept.count <= (0 if action else 1):
            return False
        kept.use()
        return True

    def release(self) -> None:
        """Release the unused requests; the next re-read reserves again."""
        if self._reservation is not None:
            self._reservation.give_back()
            self._reservation = None


class Reservation(Protocol):
    """Requests taken from a request budget and not sent yet."""

    @property
    def budget(self) -> object:
        """The budget."""

    @property
    def count(self) -> int:
        """How many there are."""

    def use(self) -> None:
        """Use one."""

    def give_back(self) -> None:
        """Release all of them."""


class WaitMonitor:
    """Joins the waits of several actions: ``report`` gets what one of them waits for, ``""`` for none.

    A wait for the budget is reported at once, one for the state of a resource or an answer after 3 s, any
    other after ``NOTICE_S`` seconds; all at once unless ``delayed``, for actions that report to a monitor of
    their own.
    """

    def __init__(self, report: Callable[[str], None], *, delayed: bool = True) -> None:
        self._report = report
        self._delayed = delayed
        self._reasons: dict[object, str] = {}
        self._reported = ""
        self._awaited = ""
        self._due: asyncio.TimerHandle | None = None

    def add(self) -> Callable[[str], None]:
        """Return the ``on_wait`` of one more action."""
        key = object()

        def on_wait(reason: str) -> None:
            self._reasons.pop(key, None)
            if reason:
                self._reasons[key] = reason
            self._update()

        return on_wait

    def _update(self) -> None:
        reasons = list(self._reasons.values())
        reason = BUDGET if BUDGET in reasons else next(iter(reasons), "")
        if self._reported not in reasons:
            self._publish("")
        if reason == self._awaited:
            return  # whichever action waits for it: its time goes on
        if self._due is not None:
            self._due.cancel()
        self._awaited, self._due = reason, None
        if reason in ("", BUDGET) or not self._delayed:
            self._publish(reason)
        elif reason != self._reported:
            self._due = asyncio.get_running_loop().call_later(
                _NOTICES_S.get(reason, NOTICE_S), self._publish, reason
            )

    def _publish(self, reason: str) -> None:
        if reason != self._reported:
            self._reported = reason
            self._report(reason)


def get_current_gate() -> SendGate | None:
    """Return the gate of the running task, None outside of an action."""
    return _current.get()


async def await_answer(sending: Coroutine[Any, Any, T], gate: SendGate) -> T:
    """Return what ``sending`` returns.

    When cancelled before the request has left, it does not leave; afterwards its answer is awaited.
    """
    work = asyncio.ensure_future(sending)
    try:
        return await asyncio.shield(work)
    except asyncio.CancelledError:
        gate.cancel()
        if gate.may_abort:
            work.cancel()
        await _wait_or_cancel(work)
        raise


async def _wait_or_cancel(work: asyncio.Future[Any]) -> None:
    """Wait for the end of ``work``; a further cancellation cancels it, and waits until that is recorded."""
    while not work.done():
        try:
            await asyncio.wait({work})
        except asyncio.CancelledError:
            work.cancel()
