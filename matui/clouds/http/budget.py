"""The request budget of a profile: a sliding minute that is never exceeded."""

from __future__ import annotations

import asyncio
import re
from collections import deque
from collections.abc import Callable, Mapping

from matui.base.clock import Clock
from matui.clouds.http.learned_limit import LEAST_LEARNED, LearnedLimit
from matui.clouds.protocols import BudgetState

WINDOW_S = 60.0
_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}
_THROTTLED = re.compile(r"limit\s*:\s*(\d{1,9})\s*,\s*time\s*:\s*(\d{1,6})\s*(second|minute|hour|day)", re.I)


class Budget:
    """Lets requests through so that no 60 s hold more than ``limit``; a few are kept back for actions."""

    def __init__(self, limit: int, clock: Clock) -> None:
        self._learned = LearnedLimit(limit, clock)
        self._clock = clock
        self._sent: deque[float] = deque()
        self._queue = asyncio.Lock()

    def state(self) -> BudgetState:
        """Return the requests of the last minute and how many may be."""
        self._forget_old()
        return BudgetState(len(self._sent), self._limit)

    async def take(self, *, action: bool = False) -> None:
        """Return once one more request may be sent. Actions pass those who wait, and may use the reserve."""
        if action:
            await self._take(self._limit_for_action)
            return
        async with self._queue:
            await self._take(self._limit_for_poll)

    def learn(self, limit_per_minute: float) -> None:
        """Lower the limit to one that the cloud reports, until it has not reported it for five minutes."""
        self._learned.learn(limit_per_minute)

    @property
    def _limit(self) -> int:
        return self._learned.current

    def _limit_for_action(self) -> int:
        return self._limit

    def _limit_for_poll(self) -> int:
        reserve = min(10, self._limit // 10)
        return self._limit - reserve

    async def _take(self, limit: Callable[[], int]) -> None:
        while (wait := self._wait(limit())) > 0:
            await self._clock.sleep(wait)
        self._sent.append(self._clock.monotonic())

    def _wait(self, limit: int) -> float:
        self._forget_old()
        over = len(self._sent) - limit
        if over < 0:
            return 0.0
        return max(0.001, self._sent[over] + WINDOW_S - self._clock.monotonic())

    def _forget_old(self) -> None:
        horizon = self._clock.monotonic() - WINDOW_S
        while self._sent and self._sent[0] <= horizon:
            self._sent.popleft()


def limit_in_text(message: str) -> float | None:
    """Return the requests a minute in a gateway's ``limit:100,time:1 minute``, or None."""
    match = _THROTTLED.search(message)
    if match is None:
        return None
    count, span, unit = match.groups()
    seconds = int(span) * _SECONDS[unit.lower()]
    return int(count) * WINDOW_S / seconds if seconds else None


def limit_in_headers(headers: Mapping[str, str]) -> float | None:
    """Return the requests a minute that ``X-ratelimit`` and its window (default: hour) grant, or None.

    Never below 10: a misread window must not silence the console; a 429 still tells the limit.
    """
    total = headers.get("x-ratelimit", "").strip()
    if not total.isascii() or not total.isdigit() or len(total) > 9:
        return None
    window = headers.get("x-ratelimit-window", "hour").strip().lower()
    seconds = _SECONDS.get(window)
    return max(float(LEAST_LEARNED), int(total) * WINDOW_S / seconds) if seconds else None
