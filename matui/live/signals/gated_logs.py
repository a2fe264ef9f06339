"""A log source that waits before each request, so that reading signals does not crowd out other requests."""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable

from matui.base.clock import Clock
from matui.clouds.protocols import BudgetState, LogBytes, LogPage, TailsLogs
from matui.live.poll.loop_controls import LoopControls
from matui.resources.model import Resource

BUDGET_SHARE = 0.5  # of the requests a minute; the rest is left to what is looked at
LONG_READ_SHARE = 0.45  # the same of reads of whole logs, so that they leave the background look its few
_MINUTE_S = 60.0
_PAUSE_S = 0.5

Gate = Callable[[], Awaitable[None]]


class GatedLogs:
    """Reads logs from ``source``; each request is sent once ``gate`` has let it through."""

    def __init__(self, source: TailsLogs, gate: Gate) -> None:
        self._source = source
        self._gate = gate

    async def list_log_files(self, job: Resource) -> tuple[str, ...]:
        """Return the names of the log files."""
        await self._gate()
        return await self._source.list_log_files(job)

    async def read_log_page(self, job: Resource, file: str, *, base: str, older: bool, limit: int) -> LogPage:
        """Return a page of lines."""
        await self._gate()
        return await self._source.read_log_page(job, file, base=base, older=older, limit=limit)

    async def read_log_bytes(self, job: Resource, file: str, *, start: int, length: int) -> LogBytes:
        """Return a window of bytes."""
        await self._gate()
        return await self._source.read_log_bytes(job, file, start=start, length=length)


class BudgetGate:
    """Waits while polling is paused or nearly half of the request budget is used: the look has the rest."""

    def __init__(self, budget: Callable[[], BudgetState], controls: LoopControls, clock: Clock) -> None:
        self._budget = budget
        self._controls = controls
        self._clock = clock

    async def __call__(self) -> None:
        """Return once a request may be sent."""
        while self._controls.paused or is_half_used(self._budget(), LONG_READ_SHARE):
            await self._clock.sleep(_PAUSE_S)


class RateGate:
    """Lets ``per_minute`` requests through in any minute, and none while half of the budget is used.

    While ``is_urgent`` they are counted and do not wait.
    """

    def __init__(self, budget: Callable[[], BudgetState], clock: Clock, per_minute: int) -> None:
        self._budget = budget
        self._clock = clock
        self._per_minute = per_minute
        self._sent: deque[float] = deque()
        self.is_urgent = False

    def wait_s(self, requests: int = 1) -> float:
        """Return the seconds until so many requests may be sent, 0 where they may be sent now."""
        now = self._clock.monotonic()
        while self._sent and now - self._sent[0] >= _MINUTE_S:
            self._sent.popleft()
        too_many = len(self._sent) + requests - self._per_minute
        if too_many > 0:
            return _MINUTE_S - (now - self._sent[min(too_many, len(self._sent)) - 1])
        return _PAUSE_S if is_half_used(self._budget()) else 0.0

    @property
    def has_budget(self) -> bool:
        """Whether less than half of the budget is used."""
        return not is_half_used(self._budget())

    async def __call__(self) -> None:
        """Return once a request may be sent, and count it."""
        while not self.is_urgent and (wait_s := self.wait_s()) > 0:
            await self._clock.sleep(wait_s)
        self._sent.append(self._clock.monotonic())


def is_half_used(budget: BudgetState, share: float = BUDGET_SHARE) -> bool:
    """Return whether one more request would be beyond half of the budget, or another ``share``."""
    return budget.used + 1 > share * budget.limit
