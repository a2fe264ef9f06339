"""What the panes beside the table show: details, events, metrics. All text is safe to show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from matui.resources.model import Resource


@dataclass(frozen=True, slots=True)
class Instant:
    """A time in ms since the epoch, None when the cloud did not say; shown in the zone the reader chose.

    ``counts_down`` asks for the time left to be shown beside it.
    """

    ms: float | None
    counts_down: bool = False


Row: TypeAlias = tuple[str, str | Instant]


@dataclass(frozen=True, slots=True)
class Section:
    """A titled block of label and value pairs."""

    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Detail:
    """Everything known about one resource; ``resource.raw`` holds the answers it was read from."""

    resource: Resource
    sections: tuple[Section, ...]

    @property
    def counts_down(self) -> bool:
        """Whether any of it changes with the time alone."""
        values = (value for section in self.sections for _label, value in section.rows)
        return any(isinstance(value, Instant) and value.counts_down for value in values)


@dataclass(frozen=True, slots=True)
class Event:
    """Something the cloud recorded. ``at`` is ms since the epoch; ``abnormal`` marks trouble."""

    at: int | None
    text: str
    abnormal: bool = False
    source: str = ""


@dataclass(frozen=True, slots=True)
class Series:
    """A metric over time, oldest first; None is a gap. ``interval_s`` is the step in seconds if known."""

    label: str
    points: tuple[float | None, ...]
    unit: str = ""
    interval_s: float | None = None
    group: str = ""


@dataclass(frozen=True, slots=True)
class Gauge:
    """How much of something is used. ``total`` is None when unknown and ``math.inf`` when unlimited.

    ``sense`` says what a full bar means: ``used`` that little is left, ``free`` that all is left, ``bad``
    that everything went wrong. A ``counter`` only ever rises, until it starts anew.
    """

    label: str
    used: float | None
    total: float | None
    unit: str = ""
    group: str = ""
    sense: Literal["used", "free", "bad"] = "used"
    counter: bool = False


# The counters whose rate between two polls is worth knowing; the second counts some of the first.
CALLS, FAILED_CALLS = "Calls", "Failed calls"


@dataclass(frozen=True, slots=True)
class Metrics:
    """What a resource consumes; both may be empty."""

    series: tuple[Series, ...] = ()
    gauges: tuple[Gauge, ...] = ()
