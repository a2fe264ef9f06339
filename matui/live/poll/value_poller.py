"""Keeps one value live: the detail, events, metrics or versions of a resource."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Generic, NamedTuple, TypeVar

from matui.live.poll.freshness import Freshness
from matui.live.poll.loop import Loop, Timing

T = TypeVar("T")


class PolledValue(NamedTuple, Generic[T]):
    """The value fetched last, None before the first fetch, and its freshness."""

    value: T | None
    freshness: Freshness


class ValuePoller(Generic[T]):
    """Fetches a value repeatedly; the last good value is kept while fetching fails."""

    def __init__(
        self,
        fetch: Callable[[], Awaitable[T]],
        timing: Timing,
        publish: Callable[[PolledValue[T]], None],
    ) -> None:
        self._fetch = fetch
        self._publish = publish
        self._value: T | None = None
        self._loop = Loop(self._step, self._notify, timing)
        self.controls = self._loop.controls

    @property
    def state(self) -> PolledValue[T]:
        """The current value and its freshness."""
        return PolledValue(self._value, self._loop.freshness)

    def start(self) -> None:
        """Fetch now, paused or not, and go on until stopped."""
        self._loop.start()
        self._loop.trigger()

    def stop(self) -> None:
        """Stop without waiting; nothing is published afterwards."""
        self._loop.cancel()

    def set_cadence(self, seconds: float) -> None:
        """Fetch every so many seconds from now on."""
        self._loop.cadence_s = seconds

    async def _step(self) -> None:
        self._value = await self._fetch()

    def _notify(self) -> None:
        self._publish(self.state)
