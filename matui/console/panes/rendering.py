"""Renders details, events, raw records and metrics as styled lines, with bars and sparklines. Pure."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC
from itertools import pairwise
from math import isinf
from typing import Any, NamedTuple

from matui.base.errors import CloudError, MatuiError
from matui.base.redaction.masking import mask_secrets
from matui.base.text.cells import fit, measure_width, wrap_cells
from matui.base.text.formatting import (
    format_amount,
    format_count,
    format_figure,
    format_local_time,
    format_percent,
    format_share,
    format_unit,
    join_unit,
)
from matui.base.text.sanitize import clean
from matui.console.lines.view import Spans
from matui.resources.columns import format_time_left
from matui.resources.detail import Event, Gauge, Instant, Metrics, MetricSeries, Section

_LABEL_WIDTH = 22
VALUE_COLUMN = _LABEL_WIDTH + 3  # where the values of a section begin
_BLOCKS = "▁▂▃▄▅▆▇█"
_EIGHTHS = " ▏▎▍▌▋▊▉"
GAP_SIGN = "·"
BarValue = float | None
_LEAST_LABEL = 15
_FIGURES = 36
_WIDEST_BAR = 40
_LITTLE = 0.1  # of something of which much is good
_NEARLY_FULL = 0.8


def render_sections(sections: Sequence[Section], *, utc: bool, now_ms: float) -> list[Spans]:
    """Return sections with a blank line between them; what is still to come says when."""
    lines: list[Spans] = []
    for section in sections:
        lines += [()] if lines else []
        lines.append(((section.title, "title"),))
        for label, value in section.rows:
            lines += _render_row(
                label, _format_instant(value, utc, now_ms) if isinstance(value, Instant) else value
            )
    return lines


def wrap_section(section: Section, width: int) -> Section:
    """Return a section whose texts are wrapped to ``width`` cells."""
    rows = tuple(
        (label, value if isinstance(value, Instant) else "\n".join(wrap_cells(value, max(20, width))))
        for label, value in section.rows
    )
    return Section(section.title, rows)


def _format_instant(instant: Instant, utc: bool, now_ms: float) -> str:
    words = format_time(instant.ms, utc=utc)
    left = format_time_left(instant.ms, now_ms) if instant.counts_down else "–"
    return words if left == "–" else f"{words}  (in {left})"


def render_error(error: MatuiError, width: int) -> list[Spans]:
    """Return an error whole, in lines of at most ``width`` cells: sentence, reference, remedy."""
    reference = f"({error.reference})" if isinstance(error, CloudError) and error.reference else ""
    parts = ((error.sentence, "error"), (reference, "muted"), (error.remedy, ""))
    room = max(20, width - 2)
    return [((f"  {line}", style),) for text, style in parts for line in wrap_cells(clean(text), room)]


def _render_row(label: str, value: str) -> list[Spans]:
    first, *rest = value.split("\n") if value else ["–"]
    pad = " " * max(0, _LABEL_WIDTH - measure_width(label))
    head: Spans = ((f"  {label}{pad} ", "label"), (first, ""))
    return [head, *(((" " * (_LABEL_WIDTH + 3), "label"), (line, "")) for line in rest)]


def format_time(ms: float | None, *, utc: bool) -> str:
    """Return a time in the zone the user looks at."""
    return format_local_time(ms, UTC if utc else None)


def render_events(events: Sequence[Event], *, utc: bool) -> list[Spans]:
    """Return events, oldest first, trouble marked by a symbol and a colour.

    ``≤`` stands before the time of what happened by then at the latest.
    """
    if not events:
        return [(("  The cloud has recorded no events.", "muted"),)]
    bounds = ("≤ ", "  ") if any(not event.exact for event in events) else ("", "")
    return [
        (
            (f"{bounds[event.exact]}{format_time(event.at, utc=utc)}  ", "muted"),
            ("✗ " if event.abnormal else "  ", "error"),
            (event.text, "error" if event.abnormal else ""),
            (f"  {event.source}" if event.source else "", "muted"),
        )
        for event in events
    ]


def render_raw_lines(record: Any) -> list[Spans]:
    """Return a record as indented JSON, secrets masked and control characters made visible."""
    text = json.dumps(mask_secrets(record), indent=2, ensure_ascii=False, default=str)
    return [((clean(line), ""),) for line in text.split("\n")]


class Spark(NamedTuple):
    """A series in ``blocks``, one cell a point, with what its least, greatest and last value are."""

    blocks: str
    least: float | None
    most: float | None
    last: float | None

    def format_caption(self, show: Callable[[float], str] = format_count) -> str:
        """Return the three numbers as words, or ``no data``."""
        if self.least is None or self.most is None or self.last is None:
            return "no data"
        return f"min {show(self.least)}  max {show(self.most)}  last {show(self.last)}"


def draw_spark(points: Sequence[BarValue], width: int) -> Spark:
    """Draw a series in at most ``width`` cells, its newest points at the right; a gap is a dot."""
    finite = [_drop_infinite(point) for point in points]
    values = [point for point in finite if point is not None]
    if not values or width <= 0:
        return Spark(GAP_SIGN * min(width, len(finite)), None, None, None)
    least, most = min(values), max(values)
    shown = _squeeze(finite, width)
    blocks = "".join(GAP_SIGN if point is None else _choose_block(point, least, most) for point in shown)
    return Spark(blocks, least, most, values[-1])


def draw_bar(used: float | None, total: float | None, width: int) -> str:
    """Draw ``used`` of ``total`` in ``width`` cells; all dots when either is unknown, full when above."""
    share = _compute_share(used, total)
    if share is None:
        return GAP_SIGN * width
    eighths = round(share * width * 8)
    if used and not eighths:
        eighths = 1
    full, rest = divmod(eighths, 8)
    return ("█" * full + (_EIGHTHS[rest] if rest else "")).ljust(width)[:width]


def format_used_percent(used: float | None, total: float | None) -> str:
    """Return how much of ``total`` is used, ``–`` when that is unknown; a little is not ``0%``."""
    used, total = _drop_infinite(used), _drop_infinite(total)
    share = 100 * used / total if used is not None and total else None
    if share is not None and 0 < share < 1:
        return "<0.1%" if share < 0.1 else format_percent(share, 1)
    return format_percent(share)


def _compute_share(used: float | None, total: float | None) -> float | None:
    used, total = _drop_infinite(used), _drop_infinite(total)
    if used is None or total is None or total <= 0:
        return None
    return min(1.0, max(0.0, used / total))


def _drop_infinite(point: BarValue) -> BarValue:
    return point if point is not None and math.isfinite(point) else None


def _squeeze(points: Sequence[BarValue], width: int) -> list[BarValue]:
    """Keep the peak of neighbours where there are more points than cells."""
    if len(points) <= width:
        return list(points)
    bounds = [index * len(points) // width for index in range(width + 1)]
    groups = (points[low:high] for low, high in pairwise(bounds))
    return [max((point for point in group if point is not None), default=None) for group in groups]


def _choose_block(point: float, least: float, most: float) -> str:
    if most == least:
        return _BLOCKS[0] if most == 0 else _BLOCKS[3]
    # Halved first: the span of two huge numbers may be beyond what a float holds.
    share = (point / 2 - least / 2) / (most / 2 - least / 2)
    return _BLOCKS[min(7, int(share * 8))]


class _Room(NamedTuple):
    """Cells for the label and for what is drawn."""

    label: int
    drawn: int

    def pad_label(self, label: str) -> tuple[str, str]:
        return (f"  {fit(label, self.label)} ", "label")


def render_metrics(metrics: Metrics, width: int) -> list[Spans]:
    """Return gauges and series, grouped as the cloud groups them, in at most ``width`` cells."""
    items: list[Gauge | MetricSeries] = [*metrics.gauges, *metrics.series]
    longest = max((measure_width(item.label) for item in items), default=0)
    label = max(_LEAST_LABEL, min(longest, width * 2 // 5))
    figures = max((measure_width(_format_figures(series)) for series in metrics.series), default=0)
    room = _Room(label, max(8, width - label - 3 - max(_FIGURES, figures)))
    lines: list[Spans] = []
    for group in _list_groups(items):
        lines += [()] if lines else []
        lines += [((group, "title"),)] if group else []
        lines += [_render_gauge(gauge, room) for gauge in metrics.gauges if gauge.group == group]
        lines += [_render_series(series, room) for series in metrics.series if series.group == group]
    if metrics.missing:
        lines += [()] if lines else []
        lines += [
            ((f"  {row}", "warning"),)
            for words in metrics.missing
            for row in wrap_cells(clean(words), width - 2)
        ]
    return lines or [(("  The cloud has no metrics for this yet.", "muted"),)]


def _list_groups(items: Iterable[Gauge | MetricSeries]) -> list[str]:
    return list(dict.fromkeys(item.group for item in items))


def _render_series(series: MetricSeries, room: _Room) -> Spans:
    drawn = draw_spark(series.points, room.drawn)
    return (room.pad_label(series.label), (drawn.blocks, "good"), (_format_figures(series), "muted"))


def _format_figures(series: MetricSeries) -> str:
    """Return the least, greatest and last value of a series, its unit, and the time that it covers."""
    span = ""
    if series.interval_s:
        span = f"  {series.interval_s * len(series.points) / 60:.0f} min"
    caption = draw_spark(series.points, 1).format_caption(
        format_count if series.unit else format_figure
    )  # a loss has no unit
    return f"  {join_unit(caption, format_unit(series.unit))}{span}"


def _render_gauge(gauge: Gauge, room: _Room) -> Spans:
    label = room.pad_label(gauge.label)
    if gauge.total is None:
        return (label, (format_amount(gauge.used, gauge.unit), ""))
    figures = format_share(gauge.used, gauge.total, gauge.unit)
    if gauge.used is None or not gauge.total or isinf(gauge.total):
        return (label, (figures, ""))
    drawn = draw_bar(gauge.used, gauge.total, min(_WIDEST_BAR, room.drawn))
    full = drawn.rstrip()
    track = "░" * (len(drawn) - len(full))
    share = f"  {figures}  {format_used_percent(gauge.used, gauge.total)}"
    return (label, (full, _choose_style(gauge, gauge.used / gauge.total)), (track, "muted"), (share, ""))


def _choose_style(gauge: Gauge, share: float) -> str:
    if gauge.sense == "bad":
        return "error" if share > 0 else "good"
    is_short = share <= _LITTLE if gauge.sense == "free" else share >= _NEARLY_FULL
    return "warning" if is_short else "good"
