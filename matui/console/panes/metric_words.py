"""Metrics as lines: gauges as bars, series as sparks. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import isinf

from matui.base.cells import cell_width, fit
from matui.console.widgets.line_view import Spans
from matui.console.widgets.spark import bar, percent, spark
from matui.resources.detail import Gauge, Metrics, Series
from matui.text import short_bytes, short_count

_LEAST_LABEL = 15
_FIGURES = 36
_WIDEST_BAR = 40
_LITTLE = 0.1


@dataclass(frozen=True, slots=True)
class _Room:
    """Cells for the label and for what is drawn."""

    label: int
    drawn: int

    def shown(self, label: str) -> tuple[str, str]:
        return (f"  {fit(label, self.label)} ", "label")


def metric_lines(metrics: Metrics, width: int) -> list[Spans]:
    """Return gauges and series, grouped as the cloud groups them, in at most ``width`` cells."""
    items: list[Gauge | Series] = [*metrics.gauges, *metrics.series]
    longest = max((cell_width(item.label) for item in items), default=0)
    label = max(_LEAST_LABEL, min(longest, width * 2 // 5))
    room = _Room(label, max(8, width - label - 3 - _FIGURES))
    lines: list[Spans] = []
    for group in _groups(items):
        lines += [()] if lines else []
        lines += [((group, "title"),)] if group else []
        lines += [_gauge_line(gauge, room) for gauge in metrics.gauges if gauge.group == group]
        lines += [_series_line(series, room) for series in metrics.series if series.group == group]
    return lines or [(("  The cloud has no metrics for this yet.", "muted"),)]


def _groups(items: Iterable[Gauge | Series]) -> list[str]:
    return list(dict.fromkeys(item.group for item in items))


def _series_line(series: Series, room: _Room) -> Spans:
    drawn = spark(series.points, room.drawn)
    span = ""
    if series.interval_s:
        span = f"  {series.interval_s * len(series.points) / 60:.0f} min"
    unit = f" {series.unit}" if series.unit else ""
    return (room.shown(series.label), (drawn.blocks, "good"), (f"  {drawn.caption()}{unit}{span}", "muted"))


def _gauge_line(gauge: Gauge, room: _Room) -> Spans:
    label = room.shown(gauge.label)
    if gauge.total is None:
        return (label, (_amount(gauge.used, gauge.unit), ""))
    used = _figure(gauge.used) if gauge.unit != "MB" else _amount(gauge.used, "MB")
    figures = f"{used} of {_amount(gauge.total, gauge.unit)}"
    if gauge.used is None or not gauge.total or isinf(gauge.total):
        return (label, (figures, ""))
    drawn = bar(gauge.used, gauge.total, min(_WIDEST_BAR, room.drawn))
    full = drawn.rstrip()
    track = "░" * (len(drawn) - len(full))
    share = f"  {figures}  {percent(gauge.used, gauge.total)}"
    return (label, (full, _style(gauge, gauge.used / gauge.total)), (track, "muted"), (share, ""))


def _style(gauge: Gauge, share: float) -> str:
    if gauge.sense == "bad":
        return "error" if share > 0 else "good"
    left = share if gauge.sense == "free" else 1 - share
    return "warning" if left <= _LITTLE else "good"


def _amount(value: float | None, unit: str) -> str:
    if unit == "MB" and value is not None and not isinf(value):
        return short_bytes(value * 1024 * 1024)
    return f"{_figure(value)} {unit}".rstrip()


def _figure(value: float | None) -> str:
    if value is None:
        return "–"
    if isinf(value):
        return "unlimited"
    return f"{value:.4g}" if abs(value) < 10_000 else short_count(value)
