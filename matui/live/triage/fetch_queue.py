"""Fetches what triage lacks a few at a time, and only while the profile sends few requests."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable
from typing import Generic, TypeVar

from matui.base.clock import Clock
from matui.base.errors import MatuiError
from matui.clouds.protocols import BudgetState
from matui.resources.model import Resource, ResourceKey

T = TypeVar("T")
AT_ONCE = 2
URGENT_AT_ONCE = 4
MOST_A_MINUTE = 34
"""Requests of a profile in the last minute, polls included, above which nothing is fetched."""
_SMALL_BUDGET_SHARE = 45
_AGAIN_S = 60.0
_PATIENCE_S = 40.0
_HURRY_EVERY_S = 20.0


def compute_urgent_limit(budget: BudgetState) -> int:
    """Return up to how many requests a minute urgent rows are fetched: half, of a small budget more.

    Polls wait in a queue of their own for what is left of it, so that they are never kept out.
    """
    return max(budget.limit // 2, min(budget.limit * 9 // 10, _SMALL_BUDGET_SHARE))


def is_small(budget: BudgetState) -> bool:
    """Return whether urgent rows may use more than half of a budget."""
    return compute_urgent_limit(budget) > budget.limit // 2


def may_fetch(budget: BudgetState, requests: int) -> bool:
    """Return whether so many requests are within half of the budget and the pace of a resting console."""
    return budget.used + requests <= min(MOST_A_MINUTE, budget.limit // 2)


class FetchQueue(Generic[T]):
    """Fetches something about the rows wished for, the first first.

    ``fetch`` returns it with about ``requests`` requests, ``publish`` takes it with the row. Those of the
    fetches under way count as sent. Where the budget is short, rows with fewer requests go first; where none
    has gone for 20 s, one that has waited for 40 s goes as long as the budget allows it at all. Urgent rows
    may use what ``compute_urgent_limit`` allows. What failed is tried again a minute later, and is not urgent
    then.
    """

    def __init__(
        self,
        fetch: Callable[[Resource], Awaitable[T]],
        budget: Callable[[Resource], BudgetState | None],
        publish: Callable[[Resource, T], None],
        clock: Clock,
        *,
        requests: Callable[[Resource], int],
    ) -> None:
        self._requests = requests
        self._fetch = fetch
        self._budget = budget
        self._publish = publish
        self._clock = clock
        self._waiting: list[Resource] = []
        self._running: dict[ResourceKey, asyncio.Task[None]] = {}
        self._committed: dict[ResourceKey, int] = {}  # the requests of what is under way
        self._again_at: dict[ResourceKey, float] = {}
        self._requested_at: dict[ResourceKey, float] = {}
        self._failed: set[ResourceKey] = set()
        self._urgent: Collection[ResourceKey] = ()
        self._begun_at = -_HURRY_EVERY_S

    def replace_waiting(self, rows: Iterable[Resource], *, urgent: Collection[ResourceKey] = ()) -> None:
        """Replace what is waited for, and start what may be started."""
        wished = list(rows)
        self._failed.intersection_update(row.key for row in wished)
        self._urgent = set(urgent) - self._failed
        self._waiting = [row for row in wished if row.key not in self._running]
        now = self._clock.monotonic()
        requested_at = self._requested_at
        self._requested_at = {row.key: requested_at.get(row.key, now) for row in self._waiting}
        self._again_at = {key: at for key, at in self._again_at.items() if at > now}
        self._start()

    @property
    def is_idle(self) -> bool:
        """Whether nothing is under way."""
        return not self._running

    @property
    def is_behind(self) -> bool:
        """Whether rows wait that may be asked about now; not those that failed within the last minute."""
        now = self._clock.monotonic()
        return any(self._again_at.get(row.key, 0.0) <= now for row in self._waiting)

    def cancel(self) -> list[asyncio.Task[None]]:
        """Stop what is under way without waiting, and return it; nothing is published afterwards."""
        tasks = list(self._running.values())
        self._waiting, self._running, self._committed = [], {}, {}
        for task in tasks:
            task.cancel()
        return tasks

    async def close(self) -> None:
        """Stop what is under way; nothing is published afterwards."""
        await asyncio.gather(*self.cancel(), return_exceptions=True)

    def _start(self) -> None:
        now = self._clock.monotonic()
        for row in list(self._waiting):
            if len(self._running) >= (URGENT_AT_ONCE if row.key in self._urgent else AT_ONCE):
                continue
            if self._again_at.get(row.key, 0.0) > now:
                continue
            budget = self._budget(row)
            if budget is None or not self._may_go(row, budget, now):
                continue
            self._begun_at = now
            self._waiting.remove(row)
            self._running[row.key] = asyncio.ensure_future(self._ask(row))
            self._committed[row.key] = self._requests(row)

    def _may_go(self, row: Resource, budget: BudgetState, now: float) -> bool:
        """Return whether the budget of a row allows it now."""
        under_way = sum(n for key, n in self._committed.items() if key[0] == row.profile)
        requests = under_way + self._requests(row)
        if may_fetch(budget, requests):
            return True
        if row.key in self._urgent and budget.used + requests <= compute_urgent_limit(budget):
            return True
        is_overdue = (
            now - self._requested_at.get(row.key, now) >= _PATIENCE_S
            and now - self._begun_at >= _HURRY_EVERY_S
        )
        return is_overdue and budget.used + requests <= budget.limit

    async def _ask(self, row: Resource) -> None:
        try:
            found = await self._fetch(row)
        except MatuiError:
            self._again_at[row.key] = self._clock.monotonic() + _AGAIN_S
            self._failed.add(row.key)
        else:
            self._failed.discard(row.key)
            self._publish(row, found)
        finally:
            self._running.pop(row.key, None)
            self._committed.pop(row.key, None)
        self._start()
