"""The series of one log: points by signal, in segments that begin where a run was restarted."""

from __future__ import annotations

import math
from array import array
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import NamedTuple, overload

from matui.signals.progress import LineReading
from matui.signals.summary import LEAST_SPANS, Pace

MAX_POINTS = 20_000  # of one series
_MAX_ALL_POINTS = 200_000  # of all series of a log; 32 bytes each
_BYTES_OF_POINT, _BYTES_OF_SERIES = 32, 2_000
_THINNED_GROUP = 6  # points in a stretch on average, of which at most three stay
_UNKNOWN_STEP, _MAX_STEP = -(2**63), 2**62
_RECENT_STEPS = 50
_MOST_LATE_MS = 60_000.0  # of an expected end: lines and steps may take a little longer
_MONOTONIC = frozenset({"checkpoint", "memory_gib"})


class Point(NamedTuple):
    """A value, its step and its time in ms since the epoch (None: unknown), and the number of its line."""

    step: int | None
    time_ms: float | None
    value: float
    line: int


class Points(Sequence[Point]):
    """Points in compact form: 32 bytes each."""

    __slots__ = ("_lines", "_steps", "_times", "_values")

    def __init__(self) -> None:
        self._steps = array("q")
        self._times = array("d")
        self._values = array("d")
        self._lines = array("q")

    def __len__(self) -> int:
        return len(self._values)

    @overload
    def __getitem__(self, at: int) -> Point: ...
    @overload
    def __getitem__(self, at: slice) -> list[Point]: ...
    def __getitem__(self, at: int | slice) -> Point | list[Point]:
        if isinstance(at, slice):
            return [self[number] for number in range(*at.indices(len(self)))]
        return _unpack(self._steps[at], self._times[at], self._values[at], self._lines[at])

    def __iter__(self) -> Iterator[Point]:
        return map(_unpack, self._steps, self._times, self._values, self._lines)

    @property
    def values(self) -> array[float]:
        """The values alone."""
        return self._values

    @property
    def lines(self) -> array[int]:
        """The numbers of the lines."""
        return self._lines

    @property
    def times_ms(self) -> array[float]:
        """The times in ms since the epoch, NaN where unknown."""
        return self._times

    @property
    def steps(self) -> list[float]:
        """The steps, NaN where unknown."""
        if _UNKNOWN_STEP not in self._steps:
            return list(map(float, self._steps))
        return [math.nan if step == _UNKNOWN_STEP else float(step) for step in self._steps]

    def append(self, point: Point) -> None:
        """Add a point at the end."""
        self._steps.append(
            point.step if point.step is not None and abs(point.step) < _MAX_STEP else _UNKNOWN_STEP
        )
        self._times.append(math.nan if point.time_ms is None else point.time_ms)
        self._values.append(point.value)
        self._lines.append(point.line)

    def keep(self, kept: Sequence[int], until: int) -> None:
        """Keep only the points ``kept`` of the first ``until``."""
        for name in self.__slots__:
            column = getattr(self, name)
            column[:until] = array(column.typecode, [column[number] for number in kept])


def _unpack(step: int, time_ms: float, value: float, line: int) -> Point:
    return Point(
        None if step == _UNKNOWN_STEP else step, None if math.isnan(time_ms) else time_ms, value, line
    )


class Series:
    """The points of one signal, at most ``MAX_POINTS``.

    Beyond that the older half is cut into stretches of equal numbers of lines, and of each the least, the
    greatest and the first that is not finite stay: no stretch loses more than the others, however often it is
    thinned.
    """

    def __init__(self, name: str, unit: str) -> None:
        self.name = name
        self.unit = unit
        self.points = Points()

    def add(self, point: Point) -> None:
        """Append a point."""
        self.points.append(point)
        if len(self.points) > MAX_POINTS:
            self.thin()

    def thin(self) -> None:
        """Drop at least half of the older half of the points."""
        values, half = self.points.values, len(self.points) // 2
        kept: list[int] = []
        for group in self._iterate_stretches(half):
            finite = [number for number in group if math.isfinite(values[number])]
            stays = (
                {min(finite, key=values.__getitem__), max(finite, key=values.__getitem__)}
                if finite
                else set()
            )
            bad = next((number for number in group if not math.isfinite(values[number])), None)
            kept += sorted(stays if bad is None else stays | {bad})
        self.points.keep(kept, half)

    def _iterate_stretches(self, until: int) -> Iterator[range]:
        """Yield the first ``until`` points by stretches of the log, a sixth as many as there are points."""
        lines = self.points.lines
        count = max(1, until // _THINNED_GROUP)
        first, span = lines[0], lines[until - 1] - lines[0] + 1
        start = 0
        for number in range(1, count + 1):
            stop = (
                bisect_left(lines, first + span * number / count, start, until) if number < count else until
            )
            if stop > start:
                yield range(start, stop)
            start = stop


@dataclass(slots=True)
class Segment:
    """The series between two starts of a run, by name; ``started_at`` is the time of its first line."""

    started_at: float | None = None
    series: dict[str, Series] = field(default_factory=dict)
    last_step: int | None = None
    last_epoch: float | None = None

    def is_before(self, reading: LineReading) -> bool:
        """Return whether a line is of a later start: its step is below the last one, or so is its epoch.

        Epochs count where there are no steps, and only those with a fraction: of whole ones the lines of a
        validation may have others.
        """
        if _is_side(reading):
            return False
        if reading.step is not None and self.last_step is not None:
            return reading.step < self.last_step
        epoch = reading.epoch if reading.step is None and self.last_step is None else None
        if epoch is None or self.last_epoch is None or self.last_epoch.is_integer() or epoch.is_integer():
            return False
        return epoch < self.last_epoch


class SignalLog:
    """Everything read out of one log. Lines are added in their order.

    ``last_line`` is the number of the last line, and ``last_step_line`` of the one with the newest step.
    """

    def __init__(self) -> None:
        self.segments: list[Segment] = []
        self.total_steps: int | None = None
        self.total_epochs: int | None = None
        self.last_line_ms: float | None = None
        self.last_line: int | None = None
        self.last_step_line: int | None = None
        self._steps, self._epochs = Pace(), Pace()
        self._added = 0

    @property
    def step(self) -> int | None:
        """The newest step of the newest segment."""
        return self.segments[-1].last_step if self.segments else None

    @property
    def pace(self) -> Pace:
        """When the steps came, or the epochs of a log without steps."""
        return self._steps if self.step is not None else self._epochs

    @property
    def last_step_ms(self) -> float | None:
        """When the newest step came, in ms since the epoch; None where unknown."""
        return self._steps.last_ms

    @property
    def written_ms(self) -> float | None:
        """When the last line was written, in ms since the epoch; None where steps since then have no time."""
        return None if self.pace.outruns_times else self.last_line_ms

    def observe_line(self, time_ms: float | None) -> None:
        """Note that a line was written, with or without signals."""
        self.last_line = 0 if self.last_line is None else self.last_line + 1
        if time_ms is not None:
            self.last_line_ms = max(time_ms, self.last_line_ms or time_ms)

    def add(
        self, reading: LineReading, time_ms: float | None, line: int, seen_ms: float | None = None
    ) -> None:
        """Add the values of a line. A step below the last one begins a new segment.

        ``seen_ms`` is when the line was seen to come, given where it has no time of its own and was followed.
        """
        if reading.total is not None:
            self.total_steps = reading.total
        if reading.epochs is not None:
            self.total_epochs = reading.epochs
        if not reading.values:
            return
        segment = self._choose_segment(reading, time_ms)
        if reading.step is not None and not _is_side(reading):
            self._advance(segment, reading.step, line, time_ms, seen_ms)
        elif segment.last_step is None and not _is_side(reading):
            self._advance_epoch(segment, reading, line, time_ms, seen_ms)
        step = reading.step if reading.step is not None else segment.last_step
        self._add_points(segment, reading, step, seen_ms if seen_ms and self.pace.is_seen else time_ms, line)

    def _add_points(
        self, segment: Segment, reading: LineReading, step: int | None, time_ms: float | None, line: int
    ) -> None:
        for value in reading.values:
            series = segment.series.get(value.name)
            if series is None:
                series = segment.series[value.name] = Series(value.name, value.unit)
            elif series.unit != value.unit:
                continue  # tokens and TFLOPS are no points of one curve
            series.add(Point(step, time_ms, value.number, line))
            self._added += 1
        if self._added >= _MAX_ALL_POINTS // 20:
            self._limit_points()

    @property
    def size(self) -> int:
        """The bytes that the points and the times of steps take, roughly."""
        every = [series for segment in self.segments for series in segment.series.values()]
        points = sum(_BYTES_OF_SERIES + _BYTES_OF_POINT * len(series.points) for series in every)
        return points + self._steps.size + self._epochs.size

    def _limit_points(self) -> None:
        """Thin the longest series while there are too many points in all."""
        self._added = 0
        every = [series for segment in self.segments for series in segment.series.values()]
        while sum(len(series.points) for series in every) > _MAX_ALL_POINTS:
            max(every, key=lambda series: len(series.points)).thin()

    def _choose_segment(self, reading: LineReading, time_ms: float | None) -> Segment:
        last = self.segments[-1] if self.segments else None
        if last is None or last.is_before(reading):
            last = Segment(time_ms)
            self.segments.append(last)
            self._steps.clear()
            self._epochs.clear()
        return last

    def _advance(
        self, segment: Segment, step: int, line: int, time_ms: float | None, seen_ms: float | None
    ) -> None:
        if segment.last_step is not None and step == segment.last_step:
            return
        segment.last_step = step
        self.last_step_line = line
        self._steps.note(step, line, time_ms, seen_ms)

    def _advance_epoch(
        self,
        segment: Segment,
        reading: LineReading,
        line: int,
        time_ms: float | None,
        seen_ms: float | None,
    ) -> None:
        """Note the epoch of a line in a log without steps."""
        epoch = reading.epoch
        if epoch is None or (segment.last_epoch is not None and epoch <= segment.last_epoch):
            return
        segment.last_epoch = epoch
        self.last_step_line = line
        self._epochs.note(epoch, line, time_ms, seen_ms)

    def compute_step_interval_ms(self) -> float | None:
        """Return the usual time between two steps in ms, from the last 50; None where it is irregular."""
        usual, count = self._steps.compute_usual_ms()
        return usual if count >= LEAST_SPANS else self._get_step_time_ms()

    def _get_step_time_ms(self) -> float | None:
        """Return the step time that the log itself reports, in ms."""
        series = self.segments[-1].series.get("step_time") if self.segments else None
        recent = [point.value for point in series.points[-_RECENT_STEPS:]] if series else []
        finite = [value for value in recent if math.isfinite(value) and value > 0]
        return median(finite) * 1000 if finite else None

    @property
    def epoch(self) -> float | None:
        """The newest epoch of the newest segment."""
        series = self.segments[-1].series.get("epoch") if self.segments else None
        return series.points[-1].value if series is not None else None

    def compute_eta_ms(self, now_ms: float, behind_ms: float = 0.0) -> float | None:
        """Return when the last step is expected, in ms since the epoch; None where that is unknown.

        It is unknown too where it has passed at ``now_ms`` and steps are missing. ``behind_ms`` is how far
        the clock of the log is behind that of ``now_ms``. A log without steps is judged by its epochs, where
        it has their number.
        """
        step, total, interval = self.step, self.total_steps, self.compute_step_interval_ms()
        if step is None:
            end, is_done = self._compute_end_of_epochs_ms(), self.epoch == self.total_epochs
        elif total is None or interval is None:
            return None
        else:
            end, is_done = (self.last_step_ms or now_ms) + max(0, total - step) * interval, step >= total
        if end is None:
            return None
        end += behind_ms
        return end if is_done or end >= now_ms - _MOST_LATE_MS else None

    def _compute_end_of_epochs_ms(self) -> float | None:
        """Return when the last epoch ends by the pace of the last 50 epochs reported; None if irregular."""
        usual, _count = self._epochs.compute_usual_ms()
        epoch, at_ms = self.epoch, self._epochs.last_ms
        if self.total_epochs is None or None in (usual, epoch, at_ms):
            return None
        return (at_ms or 0.0) + max(0.0, self.total_epochs - (epoch or 0.0)) * (usual or 0.0)


def _is_side(reading: LineReading) -> bool:
    return all(value.name in _MONOTONIC for value in reading.values)
