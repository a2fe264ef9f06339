"""Reads the parts of a why card, one request or file each. Raises the errors of the cloud."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from math import isfinite
from typing import TypeVar

from matui.live.audit.entry import AuditEntry
from matui.live.journal.change import Change
from matui.live.triage.reasons import find_reason_in_waiting
from matui.live.why.card import EnteredState, MetricReading, PastAction, VersionDifference
from matui.resources.detail import Detail, Event, Gauge, Instant, Metrics, MetricSeries, Section
from matui.resources.model import Phase, Resource
from matui.resources.times import get_state_since

M = TypeVar("M", Gauge, MetricSeries)
MOST_STATES = 12
MOST_EVENTS = 12
_AROUND_MS = 10 * 60_000.0
# What differs between any two versions.
_ALWAYS_DIFFERENT = {
    *("name", "job id", "status", "version", "version id", "parent version", "versions", "created"),
    *("started", "duration", "ended", "id", "run", "task", "output", "charged resource", "updated"),
}
_LEFT_OUT_SECTIONS = {"why", "metrics", "errors", "failures"}
_RECOVERY = " recovery"
_MOST_RECOVERIES = 2


def list_states(resource: Resource, changes: Sequence[Change], ahead_ms: float = 0.0) -> list[EnteredState]:
    """Return the states of a resource, oldest first, by its cloud and by ``changes`` (newest first).

    Times are by the clock of the cloud, which is ``ahead_ms`` ahead of this machine's.
    """
    known = reversed(changes[:MOST_STATES])
    states = [state for change in known for state in _iterate_states(change, ahead_ms)]
    if not any(change.before is None for change in changes) and resource.created_at is not None:
        states.insert(0, EnteredState(float(resource.created_at), "created", source="cloud"))
    since = get_state_since(resource)
    if not states or states[-1].status != resource.status:
        at = float(since) if since is not None else None
        states.append(EnteredState(at, resource.status, exact=at is not None, source="cloud"))
    return states


def _iterate_states(change: Change, ahead_ms: float) -> Iterator[EnteredState]:
    """Yield the state that a change led to; first the creation, where only that has a time."""
    dated, is_later = change.dated_at, change.after is not None and change.entered_at is None
    if change.before is None and dated is not None and is_later:
        yield EnteredState(float(dated + ahead_ms), "created", source="cloud")
    code = change.code if change.code not in change.reason else ""
    reason = " ".join(part for part in (code, change.reason) if part)
    yield EnteredState(
        float((change.seen_at if is_later else change.shown_at) + ahead_ms),
        "gone" if change.after is None else change.after,
        change.before,
        exact=not is_later and change.is_exact,
        reason=reason,
        source=change.source,
    )


def pick_events(events: Sequence[Event], around_ms: float | None) -> list[Event]:
    """Return the bad events, those without a time and those within ten minutes of a time, the last dozen."""
    near = [
        event
        for event in events
        if event.abnormal or around_ms is None or event.at is None or abs(event.at - around_ms) <= _AROUND_MS
    ]
    return (near or list(events))[-MOST_EVENTS:]


def read_values(metrics: Metrics) -> list[MetricReading]:
    """Return the last and the highest value of each series over time, and each gauge.

    A series over the versions of a job is left out: its last value may be of an earlier version. Those of
    one name, such as the recall of each class or the memory of each worker, have the name of their group.
    """
    series = [one for one in metrics.series if not one.by_version]
    return [*map(_read_series, _name_apart(series)), *map(_read_gauge, _name_apart(metrics.gauges))]


def _name_apart(metrics: Sequence[M]) -> Iterator[M]:
    counts = Counter(one.label for one in metrics)
    for one in metrics:
        named = one.group and counts[one.label] > 1
        yield one._replace(label=f"{one.label} ({one.group})") if named else one


def _read_series(series: MetricSeries) -> MetricReading:
    known = [point for point in series.points if point is not None]
    last = known[-1] if known else None
    most = max(filter(isfinite, known), default=None)
    return MetricReading(series.label, last, most, unit=series.unit)


def _read_gauge(gauge: Gauge) -> MetricReading:
    return MetricReading(gauge.label, gauge.used, total=gauge.total, unit=gauge.unit)


def list_actions(
    resource: Resource, entries: Iterable[AuditEntry], ahead_ms: float = 0.0
) -> list[PastAction]:
    """Return what was done to a resource from this machine, oldest first; ``entries`` are newest first.

    Times are by the clock of the cloud, which is ``ahead_ms`` ahead of this machine's.
    """
    own = [entry for entry in entries if _is_about(entry, resource)]
    return [
        PastAction(
            entry.at_ms + ahead_ms if entry.at_ms is not None else None,
            entry.get_text("action"),
            entry.get_text("user"),
            entry.verdict or entry.outcome,
            entry.status_after,
        )
        for entry in reversed(own)
    ]


def _is_about(entry: AuditEntry, resource: Resource) -> bool:
    if entry.get_text("profile") != resource.profile or entry.get_text("kind") not in (
        resource.kind,
        "versions",
    ):
        return False
    known = entry.resource_id
    return known == resource.id or (resource.kind == "jobs" and known.startswith(f"{resource.id}/"))


def compare_details(before: Detail, now: Detail) -> list[VersionDifference]:
    """Return the values that differ, in the order of the details."""
    old, new = _list_values(before), _list_values(now)
    paths = dict.fromkeys(chain(new, old))
    return [
        VersionDifference(path, old.get(path, ""), new.get(path, ""))
        for path in paths
        if old.get(path, "") != new.get(path, "")
    ]


def _list_values(detail: Detail) -> Mapping[str, str]:
    return {
        f"{section.title}: {label}": value
        for section in detail.sections
        if section.title.casefold() not in _LEFT_OUT_SECTIONS
        for label, value in section.rows
        if not isinstance(value, Instant) and label.casefold() not in _ALWAYS_DIFFERENT
    }


def find_course_texts(resource: Resource, sections: Sequence[Section]) -> Iterator[str]:
    """Yield the place in the queue and the stage of what waits, and the last recoveries, the newest first."""
    if resource.phase is Phase.PENDING:
        waiting = find_reason_in_waiting(sections)
        if waiting is not None:
            yield waiting.text
    found = [
        f"{label}: {value}"
        for section in sections
        if section.title == "Runs"
        for label, value in section.rows
        if label.endswith(_RECOVERY) and isinstance(value, str) and value
    ]
    yield from found[: -_MOST_RECOVERIES - 1 : -1]
