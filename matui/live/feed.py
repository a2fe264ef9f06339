"""Keeps one value live: a detail, the events, the metrics or the versions of a resource."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from random import Random
from typing import Generic, TypeVar

from matui.clock import Clock
from matui.live.freshness import Freshness
from matui.live.loop import Loop
from matui.live.paced import LoopControls

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class FeedState(Generic[T]):
    """The value fetched last, None before the first, and how fresh it is."""

    value: T | None
    freshness: Freshness


class Feed(Generic[T]):
    """Fetches a value over and over; the last good one stays while fetching fails."""

    def __init__(
        self,
        fetch: Callable[[], Awaitable[T]],
        *,
        clock: Clock,
        rng: Random,
        cadence_s: float,
        publish: Callable[[FeedState[T]], None],
        parent: LoopControls | None = None,
    ) -> None:
        self._fetch = fetch
        self._publish = publish
        self._value: T | None = None
        self._loop = Loop(self._step, self._tell, clock=clock, rng=rng, cadence_s=cadence_s, parent=parent)
        self.controls = self._loop.controls

    @property
    def state(self) -> FeedState[T]:
        """What is known now."""
        return FeedState(self._value, self._loop.freshness)

    def start(self) -> None:
        """Fetch now, paused or not, and go on until stopped."""
        self._loop.start()
        self._loop.trigger()

    def stop(self) -> None:
        """Stop without waiting; nothing is published afterwards."""
        self._loop.cancel()

    def pace(self, cadence_s: float) -> None:
        """Fetch every so many seconds from now on."""
        self._loop.cadence_s = cadence_s

    async def _step(self) -> None:
        self._value = await self._fetch()

    def _tell(self) -> None:
        self._publish(self.state)
