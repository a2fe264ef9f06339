"""The series of one log: points by signal, in segments that begin where a run was restarted."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from matui.signals.shapes import Reading

MAX_POINTS = 20_000
_RECENT_STEPS = 50
_MAX_SPREAD = 0.5  # of the median interval; above it no end is estimated
_MONOTONIC = frozenset({"checkpoint", "memory_gib"})


class Point(NamedTuple):
    """A value, its step and its time in ms since the epoch (None: unknown), and the number of its line."""

    step: int | None
    time_ms: float | None
    value: float
    line: int


class Series:
    """The points of one signal, at most ``MAX_POINTS``.

    Beyond that, of each pair of neighbours in the older half one is dropped; a minimum, a maximum and what is
    not finite stay.
    """

    def __init__(self, name: str, unit: str) -> None:
        self.name = name
        self.unit = unit
        self.points: list[Point] = []
        self.minimum = math.inf
        self.maximum = -math.inf

    def add(self, point: Point) -> None:
        """Append a point."""
        self.points.append(point)
        if math.isfinite(point.value):
            self.minimum = min(self.minimum, point.value)
            self.maximum = max(self.maximum, point.value)
        if len(self.points) > MAX_POINTS:
            self._thin()

    def _thin(self) -> None:
        half = len(self.points) // 2
        kept = [
            point
            for index, point in enumerate(self.points[:half])
            if index % 2 == 0 or not math.isfinite(point.value) or point.value in (self.minimum, self.maximum)
        ]
        self.points[:half] = kept


@dataclass(slots=True)
class Segment:
    """The series between two starts of a run, by name; ``started_at`` is the time of its first line."""

    started_at: float | None = None
    series: dict[str, Series] = field(default_factory=dict)
    last_step: int | None = None


class SignalLog:
    """Everything read out of one log. Lines are added in their order."""

    def __init__(self) -> None:
        self.segments: list[Segment] = []
        self.total_steps: int | None = None
        self.last_line_ms: float | None = None
        self.last_step_ms: float | None = None
        self._steps: list[tuple[int, float]] = []

    @property
    def step(self) -> int | None:
        """The newest step of the newest segment."""
        return self.segments[-1].last_step if self.segments else None

    def observe_line(self, time_ms: float | None) -> None:
        """Note that a line was written, with or without signals."""
        if time_ms is not None:
            self.last_line_ms = max(time_ms, self.last_line_ms or time_ms)

    def add(self, reading: Reading, time_ms: float | None, line: int) -> None:
        """Add the values of a line. A step below the last one begins a new segment."""
        segment = self._segment_for(reading, time_ms)
        if reading.total is not None:
            self.total_steps = reading.total
        if reading.step is not None and not _is_side(reading):
            self._advance(segment, reading.step, time_ms)
        step = reading.step if reading.step is not None else segment.last_step
        for value in reading.values:
            series = segment.series.get(value.name)
            if series is None:
                series = segment.series[value.name] = Series(value.name, value.unit)
            series.add(Point(step, time_ms, value.number, line))

    def _segment_for(self, reading: Reading, time_ms: float | None) -> Segment:
        last = self.segments[-1] if self.segments else None
        goes_back = (
            last is not None
            and reading.step is not None
            and last.last_step is not None
            and reading.step < last.last_step
            and not _is_side(reading)
        )
        if last is None or goes_back:
            last = Segment(time_ms)
            self.segments.append(last)
            self._steps.clear()
        return last

    def _advance(self, segment: Segment, step: int, time_ms: float | None) -> None:
        if segment.last_step is not None and step == segment.last_step:
            return
        segment.last_step = step
        if time_ms is not None:
            self.last_step_ms = time_ms
            self._steps.append((step, time_ms))
            del self._steps[: -_RECENT_STEPS - 1]

    def step_interval_ms(self) -> float | None:
        """Return the usual time between two steps in ms, from the last 50; None where it is irregular."""
        spans = [
            (after[1] - before[1]) / (after[0] - before[0])
            for before, after in pairwise(self._steps)
            if after[0] > before[0] and after[1] >= before[1]
        ]
        if len(spans) < 3:
            return self._step_time_ms()
        usual = median(spans)
        spread = median(abs(span - usual) for span in spans)
        return usual if usual > 0 and spread <= _MAX_SPREAD * usual else None

    def _step_time_ms(self) -> float | None:
        """Return the step time that the log itself reports, in ms."""
        series = self.segments[-1].series.get("step_time") if self.segments else None
        recent = [point.value for point in series.points[-_RECENT_STEPS:]] if series else []
        finite = [value for value in recent if math.isfinite(value) and value > 0]
        return median(finite) * 1000 if finite else None

    def eta_ms(self, now_ms: float) -> float | None:
        """Return when the last step is expected, in ms since the epoch; None where that is unknown."""
        step, interval = self.step, self.step_interval_ms()
        if step is None or self.total_steps is None or interval is None:
            return None
        return (self.last_step_ms or now_ms) + max(0, self.total_steps - step) * interval


def _is_side(reading: Reading) -> bool:
    return all(value.name in _MONOTONIC for value in reading.values)
