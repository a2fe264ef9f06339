"""The lines of the metrics pane: the chart with its legend, the findings, and the gauges below. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from matui.base.text.sanitize import clean
from matui.console.curves.chart import ChartSize, render_chart, render_legend
from matui.console.curves.shown_series import ShownSeries
from matui.console.lines.view import Spans
from matui.console.panes.rendering import format_time, render_metrics
from matui.resources.detail import Metrics
from matui.signals.findings import Finding

_LEAST_CHART, _USUAL_CHART, _MOST_CHART = 7, 11, 26
_LEGEND_IN_VIEW = 4


def render_curves(
    series: ShownSeries, metrics: Metrics | None, findings: Sequence[Spans], size: ChartSize
) -> list[Spans]:
    """Return curves, legend, findings and gauges for a pane of ``size``; the gauges leave the chart room."""
    tracks = series.tracks
    rest = _render_rest(series, metrics, size.width) if metrics is not None else []
    free = size.height - min(len(tracks), _LEGEND_IN_VIEW)
    least = max(_LEAST_CHART, min(free, _USUAL_CHART))
    room = min(max(free - len(rest), least), _MOST_CHART)
    chart = series.build_chart()
    drawn = render_chart(chart, size._replace(height=room)) if chart is not None else []
    legend = render_legend(tracks, series.state, size.width, is_ascii=size.is_ascii)
    return [*drawn, *legend, *findings, *rest]


def _render_rest(series: ShownSeries, metrics: Metrics, width: int) -> list[Spans]:
    """Return the gauges, and the series that have not the axis of the chart, as bars and sparks."""
    names = {track.name for track in series.tracks}
    rest = metrics._replace(series=tuple(one for one in metrics.series if one.label not in names))
    return [(), *render_metrics(rest, width)] if rest.series or rest.gauges or rest.missing else []


def render_findings(findings: Iterable[Finding], *, utc: bool) -> list[Spans]:
    """Return a line for each finding: kind, sentence, its line in the log, and since when."""
    return [
        (
            (f"✗ {finding.kind.replace('_', ' ')}  ", "error"),
            (clean(finding.words), ""),
            (f"  {describe_place(finding, utc=utc)}".rstrip(), "muted"),
        )
        for finding in findings
    ]


def describe_place(finding: Finding, *, utc: bool) -> str:
    """Return where a finding is in the log and since when, ``""`` where neither is known."""
    parts = [] if finding.line is None else [f"line {finding.line + 1:,}"]
    if finding.since_ms is not None:
        parts.append(f"since {format_time(finding.since_ms, utc=utc)}")
    return ", ".join(parts)
