"""A value that expires and is refreshed in time, by one request however many tasks wait for it."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from matui.base.clock import Clock
from matui.base.errors import AuthenticationError, MatuiError, UnreachableError

T = TypeVar("T")

EARLY_S = 300.0
SHORT_LIFE_S = 600.0
REST_S = 300.0
PAUSE_S = 10.0
CLOSE_S = 0.01  # a timer may fire so much early


@dataclass(frozen=True, slots=True)
class CachedValue(Generic[T]):
    """A value with its times in seconds since the epoch on this machine's clock."""

    value: T = field(repr=False)
    obtained_at: float
    expires_at: float

    @property
    def renew_at(self) -> float:
        """Five minutes before it expires; for one that lives less than ten, at 80 % of its life."""
        life = self.expires_at - self.obtained_at
        return self.obtained_at + (0.8 * life if life < SHORT_LIFE_S else life - EARLY_S)


class RefreshingCache(Generic[T]):
    """Caches a value; tasks that need it while it is fetched wait for the same fetch.

    After the credentials themselves were refused, ``fetch`` rests for ``rest_s`` seconds: asking again and
    again with a wrong password locks accounts. The refusal states what is left of it as its Retry-After.
    """

    def __init__(
        self, fetch: Callable[[], Awaitable[CachedValue[T]]], clock: Clock, *, rest_s: float = REST_S
    ) -> None:
        self._fetch = fetch
        self._rest_s = rest_s
        self._clock = clock
        self._cached: CachedValue[T] | None = None
        self._task: asyncio.Task[CachedValue[T]] | None = None
        self._refused_at = self._early_from = -math.inf
        self._refusal: tuple[float, AuthenticationError] | None = None

    async def get(self) -> T:
        """Return the value, fetching it when it is missing or about to expire."""
        cached = self._cached
        if cached is not None and self._is_good(cached):
            return cached.value
        try:
            return (await self._fetch_once()).value
        except MatuiError:
            self._early_from = self._clock.monotonic() + PAUSE_S
            if cached is not None and cached is self._cached and self._clock.now() < cached.expires_at:
                return cached.value
            raise

    def _is_good(self, cached: CachedValue[T]) -> bool:
        """Whether the value serves as it is: not due yet, or due but the last attempt has just failed."""
        now = self._clock.now()
        if cached.obtained_at <= now < cached.renew_at:
            return True
        return now < cached.expires_at and self._clock.monotonic() < self._early_from

    async def renew(self, is_refused: Callable[[T], bool], *, spacing_s: float = 0.0) -> bool:
        """Return whether a value other than the refused one is there now; fetches unless another task has.

        Nothing is fetched when the last refusal that led to a fetch is less than ``spacing_s`` ago.
        """
        if self._cached is not None and is_refused(self._cached.value):
            now = self._clock.monotonic()
            if now - self._refused_at < spacing_s:
                return False
            self._cached, self._refused_at = None, now
        return not is_refused(await self.get())

    async def _fetch_once(self) -> CachedValue[T]:
        self._raise_recent_refusal()
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._fetch_and_keep())
            self._task.add_done_callback(_retrieve)
        return await asyncio.shield(self._task)

    async def _fetch_and_keep(self) -> CachedValue[T]:
        try:
            self._cached = await self._fetch()
        except AuthenticationError as error:
            error.retry_after_s = self._rest_s or None
            self._refusal = (self._clock.monotonic(), error)
            raise
        except UnreachableError as error:
            error.sent = False  # of what waits for the value, nothing was sent yet
            raise
        return self._cached

    def _raise_recent_refusal(self) -> None:
        if self._refusal is not None:
            at, error = self._refusal
            left = at + self._rest_s - self._clock.monotonic()
            if left > CLOSE_S:
                error.retry_after_s = left
                raise error.with_traceback(None)
            self._refusal = None


def _retrieve(task: asyncio.Task[object]) -> None:
    """Mark a failure as seen, for when everybody who waited has gone."""
    if not task.cancelled():
        task.exception()
