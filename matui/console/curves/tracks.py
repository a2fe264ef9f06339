"""The series of a chart as sorted runs of finite points, ready to be drawn. Pure."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import islice
from math import isfinite, isnan
from operator import le
from typing import Literal, NamedTuple, TypeAlias, TypeVar

from matui.signals.summary import find_trend

XAxis: TypeAlias = Literal["step", "time", "since"]
"""Training steps, ms since the epoch, or ms since the start of the run."""
_BLOCK = 16
Value = TypeVar("Value")


class Sample(NamedTuple):
    """A point: ``x`` is a step or ms since the epoch; ``line`` and ``time_ms`` say where it was read."""

    x: float
    y: float
    line: int | None = None
    time_ms: float | None = None


class TrackRun:
    """Points between two starts of a job, sorted by x.

    ``xs`` and ``ys`` are those of the finite points, ``bad`` the x of NaN and Inf; ``nans`` counts NaN.
    """

    __slots__ = ("_all_xs", "_all_ys", "_highs", "_lines", "_lows", "_times", "bad", "nans", "xs", "ys")

    def __init__(
        self,
        xs: Sequence[float],
        ys: Sequence[float],
        lines: Sequence[int] = (),
        times: Sequence[float] = (),
    ) -> None:
        if not all(map(le, xs, islice(xs, 1, None))):
            order = sorted(range(len(xs)), key=xs.__getitem__)
            xs, ys = _permute(xs, order), _permute(ys, order)
            lines, times = _permute(lines, order), _permute(times, order)
        self._all_xs, self._all_ys, self._lines, self._times = xs, ys, lines, times
        self.bad: Sequence[float] = ()
        self.nans = 0
        if not isfinite(sum(ys)):  # quicker than a look at each; a sum may overflow where all are finite
            self.bad = [x for x, y in zip(xs, ys, strict=True) if not isfinite(y)]
            self.nans = sum(map(isnan, ys))
            finite = [(x, y) for x, y in zip(xs, ys, strict=True) if isfinite(y)]
            xs, ys = [x for x, _ in finite], [y for _, y in finite]
        self.xs, self.ys = xs, ys
        self._lows: list[float] = []
        self._highs: list[float] = []

    def __len__(self) -> int:
        return len(self._all_xs)

    @property
    def ends(self) -> tuple[float, float]:
        """The first and the last x, of points that are not finite too. Raises IndexError without points."""
        return self._all_xs[0], self._all_xs[-1]

    def get_sample(self, number: int) -> Sample:
        """Return a point by its number, NaN and Inf included."""
        time = self._times[number] if self._times else None
        return Sample(
            self._all_xs[number],
            self._all_ys[number],
            self._lines[number] if self._lines else None,
            None if time is None or isnan(time) else time,
        )

    def find_x(self, line: int) -> float | None:
        """Return the x of the point that was read from a line of the log, or None."""
        return next((self._all_xs[at] for at, one in enumerate(self._lines) if one == line), None)

    def shift(self, by: float) -> TrackRun:
        """Return the run with ``by`` added to each x."""
        return TrackRun([x + by for x in self._all_xs], self._all_ys, self._lines, self._times)

    def smooth(self, weight: float) -> TrackRun:
        """Return the run as an exponential moving average; ``weight`` is that of earlier values."""
        if not weight or len(self.ys) < 3:
            return self
        smooth: list[float] = []
        last = self.ys[0]
        for value in self.ys:
            last = weight * last + (1 - weight) * value
            smooth.append(last)
        run = TrackRun(self.xs, smooth)
        run.bad = self.bad
        return run

    def find_nearest(self, x: float) -> Sample | None:
        """Return the point nearest to ``x``, NaN and Inf included; None without points."""
        if not self._all_xs:
            return None
        at = bisect_left(self._all_xs, x)
        around = range(max(0, at - 1), min(at + 1, len(self)))
        return self.get_sample(min(around, key=lambda number: abs(self._all_xs[number] - x)))

    def interpolate(self, x: float) -> float | None:
        """Return the value at ``x`` of the line through the finite points; None before and after them."""
        at = bisect_left(self.xs, x)
        if at == len(self.xs) or (not at and self.xs[0] != x):
            return None
        if self.xs[at] == x:
            return self.ys[at]
        share = (x - self.xs[at - 1]) / (self.xs[at] - self.xs[at - 1])
        return self.ys[at - 1] * (1 - share) + self.ys[at] * share

    def find_extremes(self, begin: int, end: int) -> tuple[float, float]:
        """Return the least and the greatest of ``ys[begin:end]``, which must not be empty."""
        if end - begin < 4 * _BLOCK:
            part = self.ys[begin:end]
            return min(part), max(part)
        if not self._lows:
            blocks = [self.ys[at : at + _BLOCK] for at in range(0, len(self.ys), _BLOCK)]
            self._lows, self._highs = list(map(min, blocks)), list(map(max, blocks))
        first, last = -(-begin // _BLOCK), end // _BLOCK
        edges = [*self.ys[begin : first * _BLOCK], *self.ys[last * _BLOCK : end]]
        low, high = min(self._lows[first:last]), max(self._highs[first:last])
        return min(low, min(edges, default=low)), max(high, max(edges, default=high))


def _permute(values: Sequence[Value], order: Sequence[int]) -> Sequence[Value]:
    return [values[number] for number in order] if values else values


class TrackSummary(NamedTuple):
    """The last value and the least, greatest and mean finite one; None where there is none."""

    last: float | None
    least: float | None
    most: float | None
    mean: float | None
    trend: str


class Track(NamedTuple):
    """One series of a chart: its runs, oldest first."""

    name: str
    runs: tuple[TrackRun, ...]
    unit: str = ""
    group: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """The key of the series in a pane."""
        return (self.group, self.name)

    def smooth(self, weight: float) -> Track:
        """Return the track with each run smoothed."""
        return Track(self.name, tuple(run.smooth(weight) for run in self.runs), self.unit, self.group)

    def reaches(self, x: float) -> bool:
        """Return whether a run has points on both sides of ``x``, or at it."""
        return any(run.ends[0] <= x <= run.ends[1] for run in self.runs if len(run))

    def find_nearest(self, x: float) -> Sample | None:
        """Return the sample of the newest run that reaches ``x``, else of the run nearest to it."""
        runs = [run for run in reversed(self.runs) if len(run)]
        inside = next((run for run in runs if run.ends[0] <= x <= run.ends[1]), None)
        if inside is not None:
            return inside.find_nearest(x)
        found = (sample for run in runs if (sample := run.find_nearest(x)) is not None)
        return min(found, key=lambda sample: abs(sample.x - x), default=None)

    def find_x(self, line: int) -> float | None:
        """Return the x of the point that was read from a line of the log; None where there is none."""
        return next((x for run in self.runs if (x := run.find_x(line)) is not None), None)

    def summarize(self) -> TrackSummary:
        """Return what the legend says of the series."""
        last = next((run.get_sample(-1).y for run in reversed(self.runs) if len(run)), None)
        bounds = [run.find_extremes(0, len(run.ys)) for run in self.runs if run.ys]
        if not bounds:
            return TrackSummary(last, None, None, None, "")
        least, most = min(low for low, _ in bounds), max(high for _, high in bounds)
        mean = sum(sum(run.ys) for run in self.runs) / sum(len(run.ys) for run in self.runs)
        return TrackSummary(last, least, most, mean, find_trend(self.runs[-1].ys))


class Window(NamedTuple):
    """The part of the x axis in view."""

    low: float
    high: float

    def zoom(self, factor: float, around: float) -> Window:
        """Return the window ``factor`` times as wide, with ``around`` where it was."""
        return Window(around - (around - self.low) * factor, around + (self.high - around) * factor)

    def fit_within(self, whole: Window) -> Window:
        """Return the window moved, and if need be narrowed, into ``whole``."""
        width = min(self.high - self.low, whole.high - whole.low)
        low = min(max(self.low, whole.low), whole.high - width)
        return Window(low, low + width)


def find_whole_window(tracks: Iterable[Track]) -> Window | None:
    """Return the window that holds every point; None without points."""
    ends = [end for track in tracks for run in track.runs if len(run) for end in run.ends]
    if not ends:
        return None
    low, high = min(ends), max(ends)
    return Window(low, high) if high > low else Window(low - 0.5, high + 0.5)
