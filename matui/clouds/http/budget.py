"""The request budget of a profile: a sliding minute that is never exceeded, and limits of the cloud."""

from __future__ import annotations

import asyncio
import re
from collections import deque
from collections.abc import Callable, Mapping

from matui.base.calls.send_gate import BUDGET, SendGate
from matui.base.clock import Clock
from matui.clouds.protocols import BudgetState

LEAST_LEARNED = 10  # requests a minute: a misread or tiny limit must not silence the console
FORGET_AFTER_S = 300.0  # five windows of a minute without the limit being reported again
_OF_ONE_API = re.compile(r"policy\s+api\b", re.IGNORECASE)
_ID = re.compile(r"[^/]*\d[^/]*|[^/]{25,}")
WINDOW_S = 60.0
_POLL_PAUSE_S = 0.25
_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}
_THROTTLED = re.compile(r"limit\s*:\s*(\d{1,9})\s*,\s*time\s*:\s*(\d{1,6})\s*(second|minute|hour|day)", re.I)


class LearnedLimit:
    """The requests a minute that may be sent: ``configured``, or fewer for a while after a report."""

    def __init__(self, configured: int, clock: Clock) -> None:
        self._configured = max(1, configured)
        self._clock = clock
        self._learned: int | None = None
        self._reported_at = 0.0

    @property
    def current(self) -> int:
        """The limit now."""
        if self._learned is None:
            return self._configured
        if self._clock.monotonic() - self._reported_at >= FORGET_AFTER_S:
            self._learned = None
            return self._configured
        return self._learned

    def learn(self, limit_per_minute: float) -> None:
        """Take a limit that the cloud reports; one above the current limit changes nothing."""
        limit = max(LEAST_LEARNED, int(limit_per_minute))
        if limit <= self.current and limit < self._configured:
            self._learned = limit
            self._reported_at = self._clock.monotonic()


def is_of_one_api(message: str) -> bool:
    """Whether a gateway's report is about one API: ``policy api over ratelimit``."""
    return _OF_ONE_API.search(message) is not None


def build_api_key(method: str, path: str) -> str:
    """Return a name for the API of a request: its method and its path without ids."""
    version, *parts = path.lstrip("/").split("/")
    return " ".join((method, version, *("{}" if _ID.fullmatch(part) else part for part in parts)))


class Budget:
    """Lets requests through so that no 60 s hold more than ``limit``; a few are kept back for actions."""

    def __init__(self, limit: int, clock: Clock) -> None:
        self._learned = LearnedLimit(limit, clock)
        self._clock = clock
        self._sent: deque[float] = deque()
        self._queue = asyncio.Lock()
        self._actions = asyncio.Lock()
        self._waiting_actions = 0
        self._waiting_polls = 0

    def get_state(self) -> BudgetState:
        """Return the requests of the last minute and how many may be."""
        self._forget_old()
        return BudgetState(len(self._sent), self._limit)

    async def take(self, *, action: bool = False, count: int = 1) -> float:
        """Return once ``count`` more requests may be sent; the time taken names them for ``give_back``.

        Actions pass polls, which wait while an action does, and may use the reserve. More than the limit are
        taken as soon as no request of the last minute is left: a re-read and its action are not kept apart.
        """
        if action:
            self._waiting_actions += 1
            try:
                async with self._actions:
                    return await self._take(self._compute_limit_for_action, count)
            finally:
                self._waiting_actions -= 1
        self._waiting_polls += 1
        try:
            async with self._queue:
                return await self._take(self._compute_limit_for_poll, count)
        finally:
            self._waiting_polls -= 1

    def wait_s(self, count: int = 1) -> float:
        """Return the seconds that an action has to wait before ``count`` requests may be sent."""
        return self._wait(self._compute_limit_for_action(), count)

    @property
    def holds_polls(self) -> bool:
        """Whether a request that is no action waits."""
        return self._waiting_polls > 0

    def give_back(self, taken_at: float, count: int) -> None:
        """Free ``count`` requests that were taken at a time and not sent."""
        for _ in range(min(count, self._sent.count(taken_at))):
            self._sent.remove(taken_at)

    def postpone(self, taken_at: float) -> None:
        """Count a request that was taken earlier as sent now."""
        self.give_back(taken_at, 1)
        self._sent.append(self._clock.monotonic())

    def learn(self, limit_per_minute: float) -> None:
        """Lower the limit to one that the cloud reports, until it has not reported it for five minutes."""
        self._learned.learn(limit_per_minute)

    @property
    def _limit(self) -> int:
        return self._learned.current

    def _compute_limit_for_action(self) -> int:
        return self._limit

    def _compute_limit_for_poll(self) -> int:
        return 0 if self._waiting_actions else self._limit - BudgetState(0, self._limit).reserve

    async def _take(self, limit: Callable[[], int], count: int) -> float:
        while (wait := self._wait(limit(), count)) > 0:
            await self._clock.sleep(wait)
        now = self._clock.monotonic()
        self._sent.extend([now] * count)
        return now

    def _wait(self, limit: int, count: int) -> float:
        self._forget_old()
        if limit <= 0:
            return _POLL_PAUSE_S
        over = len(self._sent) - limit + min(count, limit) - 1
        if over < 0:
            return 0.0
        return max(0.001, self._sent[over] + WINDOW_S - self._clock.monotonic())

    def _forget_old(self) -> None:
        horizon = self._clock.monotonic() - WINDOW_S
        while self._sent and self._sent[0] <= horizon:
            self._sent.popleft()


class Reserved:
    """Requests taken from a budget at once, for an action that follows its re-read."""

    def __init__(self, budget: Budget, taken_at: float, count: int) -> None:
        self.budget = budget
        self.count = count
        self._taken_at = taken_at

    def use(self) -> None:
        """Count one of them as sent now."""
        self.count -= 1
        self.budget.postpone(self._taken_at)

    def give_back(self) -> None:
        """Free those that were not used."""
        self.budget.give_back(self._taken_at, self.count)
        self.count = 0


async def take_for(gate: SendGate | None, budget: Budget, *, action: bool) -> None:
    """Return once a request may be sent: for an action one that its gate has reserved."""
    if gate is None:
        await budget.take(action=action)
        return
    gate.is_watched = True
    if gate.use_reserved(budget, action=action):
        return
    count = gate.to_reserve
    if budget.wait_s(count) > 0:
        with gate.report_wait(BUDGET):
            taken_at = await budget.take(action=True, count=count)
    else:
        taken_at = await budget.take(action=True, count=count)
    gate.reserve(Reserved(budget, taken_at, count - 1))


def read_limit_in_text(message: str) -> float | None:
    """Return the requests a minute in a gateway's ``limit:100,time:1 minute``, or None."""
    match = _THROTTLED.search(message)
    if match is None:
        return None
    count, span, unit = match.groups()
    seconds = int(span) * _SECONDS[unit.lower()]
    return int(count) * WINDOW_S / seconds if seconds else None


def read_limit_in_headers(headers: Mapping[str, str]) -> float | None:
    """Return the requests a minute that ``X-ratelimit`` and its window (default: hour) grant, or None.

    Never below 10: a misread window must not silence the console; a 429 still states the limit.
    """
    total = headers.get("x-ratelimit", "").strip()
    if not total.isascii() or not total.isdigit() or len(total) > 9:
        return None
    window = headers.get("x-ratelimit-window", "hour").strip().lower()
    seconds = _SECONDS.get(window)
    return max(float(LEAST_LEARNED), int(total) * WINDOW_S / seconds) if seconds else None
