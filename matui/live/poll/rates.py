"""Rates of counters between two polls. Pure."""

from __future__ import annotations

from matui.resources.detail import CALLS, FAILED_CALLS, Gauge, Metrics

_GaugeKey = tuple[str, str]


class CounterRates:
    """Keeps the counters of one resource and computes how fast they rise."""

    def __init__(self) -> None:
        self._before: dict[_GaugeKey, float] = {}
        self._at: float | None = None

    def add_rates(self, metrics: Metrics, at_s: float) -> Metrics:
        """Return ``metrics`` of the time ``at_s`` (monotonic seconds) with the rates since the poll before.

        A counter that fell was reset: its rate is left out until the next poll.
        """
        counters = (gauge for gauge in metrics.gauges if gauge.counter)
        now = {_build_key(gauge): gauge.used for gauge in counters if gauge.used is not None}
        span_s = at_s - self._at if self._at is not None else 0.0
        risen = {key: used - self._before[key] for key, used in now.items() if key in self._before}
        self._before, self._at = now, at_s
        if span_s <= 0:
            return metrics
        risen = {key: by for key, by in risen.items() if by >= 0}
        gauges = tuple(
            each for gauge in metrics.gauges for each in (gauge, *_build_rate(gauge, risen, span_s))
        )
        return metrics._replace(gauges=gauges)


def _build_key(gauge: Gauge) -> _GaugeKey:
    return (gauge.group, gauge.label)


def _build_rate(gauge: Gauge, risen: dict[_GaugeKey, float], span_s: float) -> tuple[Gauge, ...]:
    by = risen.get(_build_key(gauge)) if gauge.counter else None
    if by is None:
        return ()
    if gauge.label == FAILED_CALLS:
        calls = risen.get((gauge.group, CALLS))
        return (Gauge("  failing now", by, calls, "calls", gauge.group, sense="bad"),) if calls else ()
    return (Gauge("  rate", by / span_s, None, "calls/s", gauge.group),)
