"""Fetches reasons a few at a time, and only while the profile sends few requests."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable

from matui.base.clock import Clock
from matui.base.errors import MatuiError
from matui.clouds.protocols import BudgetState
from matui.live.triage.evidence import Key
from matui.live.triage.fetch_why import MOST_REQUESTS
from matui.live.triage.item import Why
from matui.resources.model import Resource

AT_ONCE = 2
MOST_A_MINUTE = 36
"""Requests of a profile in the last minute, polls included, above which no reason is fetched."""
_AGAIN_S = 60.0


def may_fetch(budget: BudgetState) -> bool:
    """Return whether a reason may be fetched within half of the budget and the pace of a resting console."""
    return budget.used + MOST_REQUESTS <= min(MOST_A_MINUTE, budget.limit // 2)


class WhyQueue:
    """Fetches the reasons of the rows wished for, the first first; each once while the state lasts.

    ``fetch`` returns a reason, ``publish`` takes it with the row. What failed is tried again a minute later.
    """

    def __init__(
        self,
        fetch: Callable[[Resource], Awaitable[Why | None]],
        budget: Callable[[Resource], BudgetState | None],
        publish: Callable[[Resource, Why | None], None],
        clock: Clock,
    ) -> None:
        self._fetch = fetch
        self._budget = budget
        self._publish = publish
        self._clock = clock
        self._wishes: list[Resource] = []
        self._running: dict[Key, asyncio.Task[None]] = {}
        self._again_at: dict[Key, float] = {}

    def wish(self, rows: Iterable[Resource]) -> None:
        """Replace what is waited for, and start what may be started."""
        self._wishes = [row for row in rows if row.key not in self._running]
        self._start()

    async def close(self) -> None:
        """Stop what is under way; nothing is published afterwards."""
        tasks = list(self._running.values())
        self._wishes, self._running = [], {}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _start(self) -> None:
        now = self._clock.monotonic()
        for row in list(self._wishes):
            if len(self._running) >= AT_ONCE:
                return
            if self._again_at.get(row.key, 0.0) > now:
                continue
            budget = self._budget(row)
            if budget is None or not may_fetch(budget):
                continue
            self._wishes.remove(row)
            self._running[row.key] = asyncio.ensure_future(self._ask(row))

    async def _ask(self, row: Resource) -> None:
        try:
            why = await self._fetch(row)
        except MatuiError:
            self._again_at[row.key] = self._clock.monotonic() + _AGAIN_S
        else:
            self._publish(row, why)
        finally:
            self._running.pop(row.key, None)
        self._start()
