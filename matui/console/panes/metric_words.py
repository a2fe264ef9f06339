"""Metrics as lines: gauges as bars, series as sparks. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from matui.console.widgets.line_view import Spans
from matui.console.widgets.spark import bar, percent, spark
from matui.resources.detail import Gauge, Metrics, Series
from matui.text import short_count

_LABEL = 18
_FIGURES = 36
_WIDEST_BAR = 40
_HIGH = 0.9


def metric_lines(metrics: Metrics, width: int) -> list[Spans]:
    """Return gauges and series, grouped as the cloud groups them, in at most ``width`` cells."""
    lines: list[Spans] = []
    for group in _groups([*metrics.gauges, *metrics.series]):
        lines += [()] if lines else []
        lines += [((group, "title"),)] if group else []
        lines += [_gauge_line(gauge, width) for gauge in metrics.gauges if gauge.group == group]
        lines += [_series_line(series, width) for series in metrics.series if series.group == group]
    return lines or [(("  The cloud has no metrics for this yet.", "muted"),)]


def _groups(items: Iterable[Gauge | Series]) -> list[str]:
    return list(dict.fromkeys(item.group for item in items))


def _room(width: int) -> int:
    return max(8, width - _LABEL - _FIGURES)


def _label(text: str) -> tuple[str, str]:
    return (f"  {text[: _LABEL - 1]:<{_LABEL - 1}} ", "label")


def _series_line(series: Series, width: int) -> Spans:
    drawn = spark(series.points, _room(width))
    span = ""
    if series.interval_s:
        span = f"  {series.interval_s * len(series.points) / 60:.0f} min"
    unit = f" {series.unit}" if series.unit else ""
    return (_label(series.label), (drawn.blocks, "good"), (f"  {drawn.caption()}{unit}{span}", "muted"))


def _gauge_line(gauge: Gauge, width: int) -> Spans:
    unit = f" {gauge.unit}" if gauge.unit else ""
    if gauge.used is None:
        return (_label(gauge.label), ("–", "muted"))
    if not gauge.total:
        return (_label(gauge.label), (f"{_figure(gauge.used)}{unit}", ""))
    style = "warning" if gauge.used / gauge.total >= _HIGH else "good"
    drawn = bar(gauge.used, gauge.total, min(_WIDEST_BAR, _room(width)))
    full = drawn.rstrip()
    figures = f"  {_figure(gauge.used)} of {_figure(gauge.total)}{unit}  {percent(gauge.used, gauge.total)}"
    track = "░" * (len(drawn) - len(full))
    return (_label(gauge.label), (full, style), (track, "muted"), (figures, ""))


def _figure(value: float) -> str:
    return f"{value:g}" if abs(value) < 10_000 else short_count(value)
