"""Two resources side by side. Pure."""

from __future__ import annotations

from typing import NamedTuple

from matui.base.formatting import format_duration
from matui.live.compare.settings import order_of, settings_of
from matui.live.why.first_error import FirstError
from matui.resources.columns import short_status
from matui.resources.model import Resource
from matui.signals.series import SignalLog


class Difference(NamedTuple):
    """A setting that differs; None where a side has none. Secrets are masked."""

    path: str
    a: str | None
    b: str | None


class StageRow(NamedTuple):
    """A stage or a time of both sides as text, None where unknown."""

    name: str
    a: str | None
    b: str | None


class Side(NamedTuple):
    """One of the two: the resource with its full record, and what its log says.

    ``error`` is the first error of its log; ``missing`` has the reasons for what could not be read. ``job``
    is the name of the job whose newest version it is, ``""`` where a version was asked for.
    """

    resource: Resource
    error: FirstError | None = None
    log: SignalLog | None = None
    missing: tuple[str, ...] = ()
    job: str = ""

    @property
    def name(self) -> str:
        """The name of the resource, after that of its job."""
        return f"{self.job} {self.resource.name}".strip()


class Comparison(NamedTuple):
    """The differences between two resources; ``equal`` is the number of settings that do not."""

    a: Side
    b: Side
    differs: tuple[Difference, ...]
    equal: int
    stages: tuple[StageRow, ...]

    @property
    def series_names(self) -> tuple[str, ...]:
        """The names of the series of both logs, those of the first one first."""
        logs = [side.log for side in (self.a, self.b) if side.log is not None]
        return tuple(
            dict.fromkeys(name for log in logs for segment in log.segments for name in segment.series)
        )


def compare(a: Side, b: Side) -> Comparison:
    """Return the comparison of two resources of one kind."""
    of_a, of_b = settings_of(a.resource.raw.value()), settings_of(b.resource.raw.value())
    paths = sorted({*of_a, *of_b}, key=order_of)
    none = (None, None)
    differs = [
        Difference(path, of_a.get(path, none)[1], of_b.get(path, none)[1])
        for path in paths
        if of_a.get(path, none)[0] != of_b.get(path, none)[0]
    ]
    return Comparison(a, b, tuple(differs), len(paths) - len(differs), _stages(a.resource, b.resource))


def _stages(a: Resource, b: Resource) -> tuple[StageRow, ...]:
    pairs = (
        ("status", short_status(a.status), short_status(b.status)),
        ("waited", _waited(a), _waited(b)),
        ("ran", _ran(a), _ran(b)),
    )
    return tuple(StageRow(*pair) for pair in pairs if pair[1] is not None or pair[2] is not None)


def _ran(resource: Resource) -> str | None:
    return None if resource.duration_ms is None else format_duration(resource.duration_ms / 1000)


def _waited(resource: Resource) -> str | None:
    """Return the time from creation to start, where the record has both."""
    record = resource.raw.value()
    started = record.get("start_time") if isinstance(record, dict) else None
    if started is None and isinstance(record, dict) and isinstance(record.get("status"), dict):
        started = record["status"].get("start_time")
    if not isinstance(started, int | float) or not resource.created_at or started < resource.created_at:
        return None
    return format_duration((started - resource.created_at) / 1000)
