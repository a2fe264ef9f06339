"""Reads each part of a why card, a request or file each: its value and source, or why it is missing."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from math import isfinite
from typing import Any, NamedTuple, TypeVar

from matui.base.calls.gather import gather_two
from matui.base.clock import Clock
from matui.base.errors import RefusedError
from matui.base.log_lines.errors import DEFAULT_RULES, ErrorRules
from matui.base.log_lines.times import TimestampParser
from matui.clouds.protocols import (
    Cloud,
    Describes,
    ReportsEvents,
    ReportsMetrics,
    TailsLogs,
    compute_clock_correction_ms,
    require,
)
from matui.live.audit.entry import AuditEntry
from matui.live.capabilities import explain_missing_pane
from matui.live.compare.gather import explain_no_runs, find_last_good, list_runs
from matui.live.journal.change import Change
from matui.live.journal.journal import Journal
from matui.live.logs.reader import explain_no_log
from matui.live.triage.reasons import find_reason_in_waiting
from matui.live.why.card import NO_METRICS, EnteredState, MetricReading, PastAction, VersionDifference
from matui.live.why.first_error import LogLimits, find_first_error
from matui.resources.detail import Detail, Event, Gauge, Instant, Metrics, MetricSeries, Section
from matui.resources.kind import PaneName
from matui.resources.model import Phase, Resource
from matui.resources.registry import get_kind
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
_LIMITS = LogLimits(tail=5000, files=16, at_once=4, lines=20_000)
_MOST_CHANGES = 50


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


class Sources(NamedTuple):
    """The sources of a card. ``journal`` is None where none is kept; ``read_audit`` reads the disk.

    ``read_findings`` returns the findings in the numbers of the log, from the part that was read;
    ``load_findings`` reads it, side by side with the parts, and ``judge`` returns the row as triage shows it.
    """

    cloud: Cloud
    clock: Clock
    new_parser: Callable[[], TimestampParser]
    read_audit: Callable[[], Sequence[AuditEntry]]
    journal: Journal | None = None
    rules: ErrorRules = DEFAULT_RULES
    read_findings: Callable[[], Sequence[str]] = tuple
    load_findings: Callable[[], Awaitable[None]] | None = None
    judge: Callable[[], Awaitable[Resource]] | None = None


class PartReader:
    """Reads the parts about one resource; each method makes its own requests, and raises their errors.

    ``resource`` is replaced once its details are known.
    """

    def __init__(self, sources: Sources, resource: Resource) -> None:
        self._sources = sources
        self._reading: asyncio.Future[Detail] | None = None
        self.resource = resource

    def explain_missing(self, pane: PaneName) -> str:
        """Return why the cloud has no such pane of the resource, ``""`` where it has one."""
        resource = self.resource
        return explain_missing_pane(self._sources.cloud, get_kind(resource.kind), pane) or ""

    async def read_states(self) -> tuple[Any, str]:
        """Return the states that the resource has had."""
        resource, journal = self.resource, self._sources.journal
        changes: Sequence[Any] = ()
        without = "the journal is not available"
        if journal is not None and journal.is_on:
            account = journal.accounts.get_account(resource.profile)
            changes = await asyncio.to_thread(
                journal.reader.read_changes,
                resource.kind,
                resource.id,
                limit=_MOST_CHANGES,
                accounts=(account,),
            )
            without = without if journal.problem else "the journal knows no change of it"
        states = list_states(resource, changes, compute_clock_correction_ms(self._sources.cloud))
        return states, "journal and cloud" if changes else f"cloud; {without}"

    async def read_first_error(self) -> tuple[Any, str]:
        """Return the first error of its log."""
        if reason := self.explain_missing("log"):
            return None, reason
        source = self._sources
        found = await find_first_error(
            require(source.cloud, TailsLogs),
            self.resource,
            clock=source.clock,
            new_parser=source.new_parser,
            rules=source.rules,
            limits=_LIMITS,
        )
        searched = found.describe()
        if found.error is None:
            return None, f"no error in {searched}" if found.searched else explain_no_log(self.resource)
        return found.error, searched

    async def read_events(self) -> tuple[Any, str]:
        """Return the events of the cloud that explain its state."""
        if reason := self.explain_missing("events"):
            return None, reason
        resource = self.resource
        events = await require(self._sources.cloud, ReportsEvents).fetch_events(resource)
        if not events:
            return None, "the cloud has recorded no events"
        if self._sources.journal is not None:
            self._sources.journal.record_events(resource, events)
        since = get_state_since(resource)
        return pick_events(events, float(since) if since is not None else None), "cloud"

    async def read_metrics(self) -> tuple[Any, str]:
        """Return its last metrics."""
        if reason := self.explain_missing("metrics"):
            return None, reason
        metrics = await require(self._sources.cloud, ReportsMetrics).fetch_metrics(self.resource)
        values = [one for one in read_values(metrics) if one.last is not None or one.most is not None]
        return (values, "cloud") if values else (None, NO_METRICS)

    async def read_actions(self) -> tuple[Any, str]:
        """Return what this user did to it."""
        try:
            entries = await asyncio.to_thread(self._sources.read_audit)
        except OSError as error:
            raise RefusedError(
                f"The audit cannot be read: {error.strerror or error}.",
                remedy="Check your rights to the audit's file.",
            ) from None
        done = list_actions(self.resource, entries, compute_clock_correction_ms(self._sources.cloud))
        return (done, "audit of this user") if done else (None, "nothing in the audit of this user")

    async def describe(self) -> Detail:
        """Return the detail of the resource, read once for all parts."""
        if self._reading is None:
            describing = require(self._sources.cloud, Describes).describe(self.resource)
            self._reading = asyncio.ensure_future(describing)
        return await self._reading

    async def read_differences(self) -> tuple[Any, str]:
        """Return what differs from the last version that succeeded."""
        resource, cloud = self.resource, self._sources.cloud
        if reason := explain_no_runs(cloud, resource):
            return None, reason
        shown, runs = await list_runs(cloud, resource)
        good = find_last_good(shown, runs, earlier=True)
        if good is None:
            return None, "no earlier version has succeeded"
        name = good.name or good.id
        before, now = await gather_two(
            require(cloud, Describes).describe(good),
            self.describe() if shown.key == resource.key else require(cloud, Describes).describe(shown),
        )
        found = compare_details(before, now)
        return (found, f"details, against {name}") if found else (None, f"the same settings as {name}")
