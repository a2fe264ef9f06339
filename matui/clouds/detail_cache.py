"""Caches the details that a list leaves out and that take one request a row."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from matui.base.calls.gather import gather_limited
from matui.base.clock import Clock
from matui.base.errors import MatuiError, NotFoundError

T = TypeVar("T")
AT_ONCE = 4
FIRST_A_POLL = 60
MOVING_A_POLL = 8
RESTING_A_POLL = 2
UNWANTED_S = 86_400.0


@dataclass(slots=True)
class _Known(Generic[T]):
    value: T | None
    asked_at: float
    wanted_at: float


class DetailCache(Generic[T]):
    """Details by resource id. ``fetch`` returns None for none; ``rests`` is true for an ended one.

    A poll requests those never requested, a few of those in transition, and fewer of those at rest. What no
    poll has wanted for a day is dropped.
    """

    def __init__(
        self, fetch: Callable[[str], Awaitable[T | None]], rests: Callable[[T | None], bool], clock: Clock
    ) -> None:
        self._fetch = fetch
        self._rests = rests
        self._clock = clock
        self._known: dict[str, _Known[T]] = {}

    def contains(self, key: str) -> bool:
        """Whether the cache holds an entry for ``key``."""
        return key in self._known

    def put(self, key: str, value: T | None) -> None:
        """Store a value that was read by another request."""
        now = self._clock.monotonic()
        self._known[key] = _Known(value, now, now)

    def invalidate(self, key: str) -> None:
        """Drop the entry of ``key``, so that the next poll requests it again."""
        self._known.pop(key, None)

    async def get_many(self, keys: Sequence[str], *, brief: bool = False) -> dict[str, T | None]:
        """Return the known value of each key; with ``brief`` at most ``FIRST_A_POLL`` new ones are requested.

        Raises the first error of a key that has no value yet.
        """
        new = [key for key in keys if key not in self._known][: FIRST_A_POLL if brief else None]
        again = self._list_due(key for key in keys if key in self._known)
        errors = await gather_limited(self._ask, (*new, *again), AT_ONCE)
        failed = next((error for key, error in zip(new, errors, strict=False) if error is not None), None)
        if failed is not None:
            raise failed
        self._drop_unwanted(keys)
        return {key: self._known[key].value for key in keys if key in self._known}

    def _drop_unwanted(self, keys: Iterable[str]) -> None:
        now = self._clock.monotonic()
        for key in keys:
            if key in self._known:
                self._known[key].wanted_at = now
        self._known = {key: one for key, one in self._known.items() if now - one.wanted_at < UNWANTED_S}

    def _list_due(self, keys: Iterable[str]) -> list[str]:
        oldest_first = sorted(keys, key=lambda key: self._known[key].asked_at)
        moving = [key for key in oldest_first if not self._rests(self._known[key].value)]
        resting = [key for key in oldest_first if self._rests(self._known[key].value)]
        return moving[:MOVING_A_POLL] + resting[:RESTING_A_POLL]

    async def _ask(self, key: str) -> MatuiError | None:
        try:
            self.put(key, await self._fetch(key))
        except NotFoundError:
            self.put(key, None)
        except MatuiError as error:
            return error
        return None
