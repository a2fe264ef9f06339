"""Keeps one value live: a detail, the events, the metrics or the versions of a resource.

Rates of counters between two polls. Pure.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from random import Random
from typing import Generic, TypeVar

from matui.base.clock import Clock
from matui.live.poll.freshness import Freshness
from matui.live.poll.loop import Loop, LoopControls
from matui.resources.detail import CALLS, FAILED_CALLS, Gauge, Metrics

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


_Key = tuple[str, str]


class Rates:
    """Remembers the counters of one resource and tells how fast they rise."""

    def __init__(self) -> None:
        self._before: dict[_Key, float] = {}
        self._at: float | None = None

    def take(self, metrics: Metrics, at_s: float) -> Metrics:
        """Return the metrics of a moment (monotonic seconds) with the rates since the last, if there was one.

        A counter that fell was set back: its rate is left out until the next poll.
        """
        counters = (gauge for gauge in metrics.gauges if gauge.counter)
        now = {_key(gauge): gauge.used for gauge in counters if gauge.used is not None}
        span_s = at_s - self._at if self._at is not None else 0.0
        risen = {key: used - self._before[key] for key, used in now.items() if key in self._before}
        self._before, self._at = now, at_s
        if span_s <= 0:
            return metrics
        risen = {key: by for key, by in risen.items() if by >= 0}
        gauges = tuple(shown for gauge in metrics.gauges for shown in (gauge, *_rate(gauge, risen, span_s)))
        return replace(metrics, gauges=gauges)


def _key(gauge: Gauge) -> _Key:
    return (gauge.group, gauge.label)


def _rate(gauge: Gauge, risen: dict[_Key, float], span_s: float) -> tuple[Gauge, ...]:
    by = risen.get(_key(gauge)) if gauge.counter else None
    if by is None:
        return ()
    if gauge.label == FAILED_CALLS:
        calls = risen.get((gauge.group, CALLS))
        return (Gauge("  failing now", by, calls, "calls", gauge.group, sense="bad"),) if calls else ()
    return (Gauge("  rate", by / span_s, None, "calls/s", gauge.group),)
