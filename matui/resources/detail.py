"""What a cloud answers of one resource: details, events, metrics, pool usage. All text is safe to show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, TypeAlias

from matui.base.text.formatting import format_iso_utc
from matui.resources.model import Resource

# Counters whose rate between two polls is shown; failed calls are a subset of calls.
CALLS, FAILED_CALLS = "Calls", "Failed calls"


class Instant(NamedTuple):
    """A time in ms since the epoch (None: unknown), shown in the user's time zone.

    With ``counts_down`` the time left is shown beside it.
    """

    ms: float | None
    counts_down: bool = False


DetailRow: TypeAlias = tuple[str, str | Instant]


class Section(NamedTuple):
    """A titled block of label and value pairs."""

    title: str
    rows: tuple[DetailRow, ...]


class Detail(NamedTuple):
    """All sections about one resource; ``resource.raw`` holds the answers they were read from."""

    resource: Resource
    sections: tuple[Section, ...]

    @property
    def counts_down(self) -> bool:
        """Whether any value changes with time alone."""
        values = (value for section in self.sections for _label, value in section.rows)
        return any(isinstance(value, Instant) and value.counts_down for value in values)


@dataclass(frozen=True, slots=True)
class Event:
    """An event recorded by the cloud. ``at`` is ms since the epoch; ``abnormal`` marks a problem.

    Its text is ``–`` where the cloud states none.

    ``status`` is the status that the resource entered with it, ``""`` where it states none. One that is not
    ``exact`` happened at ``at`` at the latest.
    """

    at: int | None
    text: str
    abnormal: bool = False
    source: str = ""
    status: str = ""
    exact: bool = True

    def __post_init__(self) -> None:
        if not self.text:
            object.__setattr__(self, "text", "–")

    def as_json(self) -> dict[str, Any]:
        """Return the event as JSON values, its time in UTC."""
        at = format_iso_utc(self.at)
        return {"at": at, "text": self.text, "abnormal": self.abnormal, "source": self.source}


class MetricSeries(NamedTuple):
    """A metric over time, oldest first; None is a gap.

    ``interval_s`` is the time between two points in seconds, ``steps`` the training step of each, if known.
    ``by_version`` is true where each point is of another version of the job.
    """

    label: str
    points: tuple[float | None, ...]
    unit: str = ""
    interval_s: float | None = None
    group: str = ""
    steps: tuple[float, ...] = ()
    by_version: bool = False


class Gauge(NamedTuple):
    """A used amount out of a total. ``total`` is None when unknown and ``math.inf`` when unlimited.

    ``sense`` is the meaning of a full bar: ``used`` (nothing left), ``free`` (everything left), ``bad``
    (everything failed). A ``counter`` increases monotonically between resets.
    """

    label: str
    used: float | None
    total: float | None
    unit: str = ""
    group: str = ""
    sense: Literal["used", "free", "bad"] = "used"
    counter: bool = False


class Metrics(NamedTuple):
    """The time series and gauges of a resource; both may be empty.

    ``missing`` names what could not be read, each with its reason.
    """

    series: tuple[MetricSeries, ...] = ()
    gauges: tuple[Gauge, ...] = ()
    missing: tuple[str, ...] = ()


class NodeCards(NamedTuple):
    """The cards of one node; ``cards`` and ``free`` are None where the cloud does not state them."""

    name: str
    flavor: str
    cards: float | None
    free: float | None
    healthy: bool


class Workload(NamedTuple):
    """A job, notebook or service on a pool; a number is None where the cloud does not state it.

    ``faulty`` is how many of the cards are on faulty nodes.
    ``running_s`` is how long it has held its cards, ``pending_s`` how long it waits.
    ``position`` is its place in the queue, from 1.
    """

    kind: str
    id: str
    name: str
    owner: str
    flavor: str
    cards: float | None
    waits: bool
    running_s: float | None = None
    pending_s: float | None = None
    position: int | None = None
    hosts: tuple[str, ...] = ()
    faulty: float = 0.0


class PoolUsage(NamedTuple):
    """Nodes and workloads of a pool; ``complete`` is False where the cloud has more than were read."""

    nodes: tuple[NodeCards, ...]
    workloads: tuple[Workload, ...]
    complete: bool = True
