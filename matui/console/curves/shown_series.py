"""The series of the metrics pane, its lines, and the keys that change a chart alone. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial

from matui.base.text.sanitize import clean
from matui.console.curves.chart import SMOOTHING, Chart, ChartSize, ChartState, render_chart, render_legend
from matui.console.curves.sources import build_tracks_of_cloud, build_tracks_of_log
from matui.console.curves.tracks import Sample, Track, XAxis
from matui.console.lines.view import Spans
from matui.console.panes.rendering import format_time, render_metrics
from matui.resources.detail import Metrics
from matui.signals.findings import Finding
from matui.signals.series import SignalLog
from matui.signals.summary import find_main_loss

_USUAL = ("loss", "Training loss")  # drawn without being asked for
_LEAST_CHART, _USUAL_CHART, _MOST_CHART = 7, 11, 26
_LEGEND_IN_VIEW = 4


class ChartControls:
    """The state of a chart and its series, drawn or not; ``is_shared`` gives all series one scale."""

    def __init__(self, *, is_shared: bool = False) -> None:
        self.state = ChartState()
        self.tracks: list[Track] = []
        self._is_shared = is_shared
        self._columns = 1
        self.by_id: dict[str, Callable[[], None]] = {
            "curve_left": partial(self._move, -1),
            "curve_right": partial(self._move, 1),
            "curve_pan_left": partial(self._pan, -1),
            "curve_pan_right": partial(self._pan, 1),
            "curve_zoom_in": partial(self._zoom, 1),
            "curve_zoom_out": partial(self._zoom, -1),
            "curve_log": self._toggle_log,
            "curve_smooth": self._switch_smoothing,
            "curve_previous": partial(self._select, -1),
            "curve_next": partial(self._select, 1),
        }

    def build_chart(self) -> Chart | None:
        """Return the chart of what is shown; None where it has no points."""
        return Chart.of(self.tracks, self.state, is_shared=self._is_shared)

    def run(self, command_id: str, columns: int) -> bool:
        """Run a command on a canvas of ``columns`` cells; return whether it is one of the chart alone."""
        command = self.by_id.get(command_id)
        if command is None:
            return False
        self._columns = columns
        command()
        return True

    def _move(self, steps: int) -> None:
        if chart := self.build_chart():
            self.state = chart.move_cursor(steps, self._columns)

    def _pan(self, steps: int) -> None:
        if chart := self.build_chart():
            self.state = chart.pan(steps)

    def _zoom(self, steps: int) -> None:
        if chart := self.build_chart():
            self.state = chart.zoom(steps)

    def _toggle_log(self) -> None:
        self.state = self.state._replace(log=not self.state.log)

    def _switch_smoothing(self) -> None:
        self.state = self.state._replace(smoothing=(self.state.smoothing + 1) % len(SMOOTHING))

    def _select(self, step: int) -> None:
        keys = [track.key for track in self.tracks]
        if keys:
            at = keys.index(self.state.selected) if self.state.selected in keys else 0
            self.state = self.state._replace(selected=keys[(at + step) % len(keys)])


class ShownSeries(ChartControls):
    """The series of one resource and the user's choice of them; without a choice the loss is drawn."""

    def __init__(self) -> None:
        super().__init__()
        self._chose = False

    def restore(self, state: ChartState) -> None:
        """Take over a choice that was made before."""
        self.state = state
        self._chose = True

    def read(self, log: SignalLog | None, metrics: Metrics | None, end_ms: float, *, is_read: bool) -> None:
        """Take the series of a log and of the cloud, whose last points are of ``end_ms``.

        ``is_read`` says that no more lines of the log are to come: only then another loss is drawn than the
        usual ones.
        """
        axis = self.state.axis
        tracks = build_tracks_of_log(log, axis) if log is not None else []
        if metrics is not None:
            tracks += build_tracks_of_cloud(metrics.series, axis, end_ms)
        self.tracks = tracks
        usual = None if self._chose else _find_usual(tracks, is_read=is_read)
        if usual is not None:
            self._chose = True
            self.state = self.state._replace(shown=(usual,), selected=usual)

    def find_sample(self) -> Sample | None:
        """Return the sample at the cursor of the series that is read."""
        chart = self.build_chart()
        return chart.find_reading(chart.find_main()) if chart is not None else None

    def switch_axis(self) -> XAxis:
        """Choose the other axis, over which the series are to be read again; return it."""
        axis: XAxis = "time" if self.state.axis == "step" else "step"
        self.state = self.state._replace(axis=axis, window=None, cursor=None)
        return axis

    def put_cursor(self, line: int) -> None:
        """Put the cursor on the sample that was read from a line of the log."""
        chart = self.build_chart()
        if chart is not None:
            self.state = self.state._replace(cursor=chart.find_main().find_x(line))

    def toggle(self) -> bool:
        """Draw the selected series, or no longer; return False where too many are drawn already."""
        key = self.state.selected or self.tracks[0].key
        before = self.state
        self.state = before.toggle(key)._replace(selected=key)
        self._chose = True
        return self.state.shown != before.shown


def _find_usual(tracks: Sequence[Track], *, is_read: bool) -> tuple[str, str] | None:
    """Return the key of the loss; one of another name only where the log has been read to its end."""
    other = find_main_loss(track.name for track in tracks) if is_read else None
    names = _USUAL if other is None else (*_USUAL, other)
    return next((track.key for name in names for track in tracks if track.name == name), None)


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
