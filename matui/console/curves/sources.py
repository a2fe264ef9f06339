"""Makes tracks of the signals of a log and of the series that a cloud gives. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import isnan

from matui.console.curves.tracks import Track, TrackRun, XAxis
from matui.resources.detail import CALLS, FAILED_CALLS, Gauge, Metrics, MetricSeries
from matui.signals.series import Segment, Series, SignalLog

_ORDER = ("loss", "eval_loss", "learning_rate", "grad_norm", "step_time", "throughput")
_NOT_DRAWN = frozenset({"epoch", "checkpoint"})
_GaugeKey = tuple[str, str]


def build_tracks_of_log(log: SignalLog, axis: XAxis) -> list[Track]:
    """Return a track for each signal, the usual ones first; each segment is a run of its own."""
    names = dict.fromkeys(name for segment in log.segments for name in segment.series)
    known = [name for name in _ORDER if name in names]
    others = [name for name in names if name not in known and name not in _NOT_DRAWN]
    tracks = [_build_track(name, log.segments, axis) for name in (*known, *others)]
    return [track for track in tracks if track.runs]


def build_track_since_start(log: SignalLog, name: str, axis: XAxis, label: str) -> Track | None:
    """Return one signal of a log under ``label``, by step or by ms since the first time; None without it."""
    segments = [segment for segment in log.segments if name in segment.series]
    if not segments:
        return None
    track = _build_track(name, segments, "step" if axis == "step" else "time")
    if axis == "step" or not track.runs:
        return track._replace(name=label)
    start = track.runs[0].ends[0]
    return Track(label, tuple(run.shift(-start) for run in track.runs), track.unit)


def _build_track(name: str, segments: Sequence[Segment], axis: XAxis) -> Track:
    found = [segment.series[name] for segment in segments if name in segment.series]
    runs = [run for series in found if len(run := _run(series, axis))]
    return Track(name, tuple(runs), found[-1].unit)


def _run(series: Series, axis: XAxis) -> TrackRun:
    """Return the points of a series; on the axis of steps, by line where the log has no steps."""
    points = series.points
    xs: Sequence[float] = points.times_ms if axis == "time" else points.steps
    if not isnan(sum(xs)):  # a sum with NaN is NaN, and a fifth of the time of a look at each
        return TrackRun(xs, points.values, points.lines, points.times_ms)
    if axis == "step" and all(map(isnan, xs)):
        return TrackRun(list(map(float, points.lines)), points.values, points.lines, points.times_ms)
    kept = [number for number, x in enumerate(xs) if not isnan(x)]
    columns = (points.values, points.lines, points.times_ms)
    values, lines, times = ([column[number] for number in kept] for column in columns)
    return TrackRun([xs[number] for number in kept], values, [int(line) for line in lines], times)


def build_tracks_of_cloud(series: Iterable[MetricSeries], axis: XAxis, now_ms: float) -> list[Track]:
    """Return a track for each series of a cloud that has the axis.

    Series with an interval end now; those with steps have no times; others are numbered from 1 as steps.
    """
    tracks = []
    for one in series:
        if (axis == "time") is not bool(one.interval_s):
            continue
        kept = [number for number, value in enumerate(one.points) if value is not None]
        if one.interval_s:
            last, step_ms = len(one.points) - 1, one.interval_s * 1000
            xs = [now_ms - (last - number) * step_ms for number in kept]
        else:
            xs = [one.steps[number] if one.steps else float(number + 1) for number in kept]
        run = TrackRun(xs, [value for value in one.points if value is not None])
        if len(run):
            tracks.append(Track(one.label, (run,), one.unit, one.group or "cloud"))
    return tracks


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
        if calls is None or not (calls or by):
            return ()
        # The cloud's counters are not of one moment: more calls may fail than it has counted so far.
        total = calls if by <= calls else None
        return (Gauge("  failing now", by, total, "calls", gauge.group, sense="bad"),)
    return (Gauge("  rate", by / span_s, None, "calls/s", gauge.group),)
