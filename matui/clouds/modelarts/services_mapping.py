"""Services to resources, events and metrics."""

from __future__ import annotations

from collections.abc import Sequence

from matui.clouds.modelarts.scope import CLOUD, Scope
from matui.clouds.modelarts.services_models import Monitor, Schedule, ServiceEvent, ServiceRow
from matui.clouds.rows import facts_of, word_status
from matui.resources.detail import CALLS, FAILED_CALLS, Event, Gauge, Metrics
from matui.resources.model import Fact, RawRecord, Resource
from matui.resources.services import STATUSES
from matui.text import clean

MOST_EVENTS = 500


def service_resource(row: ServiceRow, scope: Scope, raw: RawRecord, wire_id: str = "") -> Resource:
    """Map one service.

    ``created_at`` is its latest release, the only time of birth the cloud tells; ``updated_at`` is when its
    status last changed; only a batch service has a duration.
    """
    status, phase = word_status(row.status, STATUSES)
    resource_id = str(row.service_id) or wire_id
    return Resource(
        kind="services",
        id=resource_id,
        name=clean(row.service_name or resource_id),
        status=status,
        phase=phase,
        cloud=CLOUD,
        profile=scope.profile,
        workspace=clean(row.workspace_id) or scope.workspace,
        owner=clean(row.owner),
        created_at=row.publish_at,
        updated_at=row.transition_at,
        duration_ms=_batch_duration(row),
        facts=_facts(row),
        raw=raw,
    )


def _batch_duration(row: ServiceRow) -> int | None:
    if row.start_time is None or row.finished_time is None:
        return None
    return max(0, row.finished_time - row.start_time)


def _facts(row: ServiceRow) -> dict[str, Fact]:
    facts: dict[str, Fact] = {
        "type": clean(row.infer_type),
        "progress": row.progress,
        "calls": row.invocation_times,
        "failures": row.failed_times,
        "due_time": row.due_time,
        "schedule": schedule_text(row.schedule),
        "description": clean(row.description),
        "free": row.is_free,
        "shared": row.is_shared,
        "sampling": row.is_opened_sample_collection,
    }
    return facts_of(facts)


def schedule_text(schedule: Sequence[Schedule | None]) -> str:
    """Return what a schedule does in words, ``""`` when there is none."""
    told = (
        f"{entry.type or 'stop'} after {entry.duration:g} {entry.time_unit.lower()}".rstrip()
        for entry in schedule
        if entry is not None and entry.duration is not None
    )
    return clean(", ".join(told))


def events_of(rows: Sequence[ServiceEvent | None]) -> tuple[Event, ...]:
    """Map events of any order to the latest 500, oldest first; those without a time come first."""
    events = [
        Event(row.occur_time, clean(row.event_info), row.event_type.strip().lower() == "abnormal")
        for row in rows
        if row is not None and (row.event_info or row.occur_time is not None)
    ]
    if not _rises([event.at for event in events]):
        events.reverse()
    events.sort(key=lambda event: event.at or 0)
    return tuple(events[-MOST_EVENTS:])


def runs_forwards(rows: Sequence[ServiceEvent]) -> bool:
    """Whether events came oldest first."""
    return _rises([row.occur_time for row in rows])


def _rises(times: Sequence[int | None]) -> bool:
    known = [time for time in times if time is not None]
    return len(known) < 2 or known[0] <= known[-1]


def monitor_metrics(rows: Sequence[Monitor | None]) -> Metrics:
    """Map 7.6 to gauges, a group for each model or edge node."""
    return Metrics(gauges=tuple(gauge for row in rows if row is not None for gauge in _gauges(row)))


def _gauges(row: Monitor) -> list[Gauge]:
    group = _group(row)
    gauges = [
        Gauge("CPU", row.cpu_core_usage, row.cpu_core_total, "cores", group),
        Gauge("Memory", row.cpu_memory_usage, row.cpu_memory_total, "MB", group),
        Gauge("GPU", row.gpu_usage, row.gpu_total, "GPUs", group),
        Gauge(CALLS, row.invocation_times, None, "", group, counter=True),
        Gauge(FAILED_CALLS, row.failed_times, row.invocation_times, "", group, sense="bad", counter=True),
    ]
    return [gauge for gauge in gauges if gauge.used is not None]


def _group(row: Monitor) -> str:
    model = " ".join(part for part in (row.model_name or row.model_id, row.model_version) if part)
    return clean(model or row.node_name or row.node_id)
