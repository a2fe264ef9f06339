"""v2 resource pools to resources, sections, series and events."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from matui.base.text.sanitize import clean
from matui.clouds.modelarts.mapping import Scope
from matui.clouds.modelarts.v2.pools.usage import count_cards
from matui.clouds.modelarts.v2.pools.wire import (
    FlavorCount,
    Node,
    PoolEvent,
    PoolMetric,
    PoolWorkload,
    V2Pool,
)
from matui.clouds.modelarts.v2.wire import mark_gaps
from matui.clouds.rows import map_status
from matui.clouds.sections import build_instant, build_section, format_number, format_seconds, join_text
from matui.clouds.wire_types import to_millis, to_text
from matui.resources.detail import DetailRow, Event, MetricSeries, Section
from matui.resources.kinds.pools import STATUSES
from matui.resources.model import Fact, RawRecord, Resource

_NAME, _WORKSPACE = "os.modelarts/name", "os.modelarts/workspace.id"
_WORDS = "os.modelarts/description"


def map_pool(row: V2Pool, scope: Scope, raw: RawRecord) -> Resource:
    """Map one pool; its id is what its metadata call a name."""
    labels = row.metadata.labels
    counts = row.status.resources
    states = (counts.creating, counts.available, counts.abnormal, counts.deleting)
    listed = [one for state in states for one in state]
    ordered = row.spec.resources or listed
    facts: dict[str, Fact] = {
        "flavor": clean(", ".join(dict.fromkeys(one.flavor for one in ordered if one is not None))),
        "nodes": _format_count(listed) or (_format_count(row.spec.resources) if row.spec.resources else None),
        "nodes_available": _format_count(counts.available) if any(states) else None,
        "description": clean(to_text(row.metadata.annotations.get(_WORDS))),
        "failure": clean(row.status.message),
    }
    return scope.build_resource(
        "pools",
        str(row.metadata.name),
        to_text(labels.get(_NAME)),
        map_status(row.status.phase, STATUSES),
        raw,
        workspace=clean(to_text(labels.get(_WORKSPACE))),
        created_at=row.metadata.creation,
        facts=facts,
    )


def _format_count(rows: Sequence[FlavorCount | None]) -> int | None:
    """Return the sum of the counts, None where one is not stated; 0 of an empty list."""
    counts = [None if row is None else row.count for row in rows]
    known = [count for count in counts if count is not None]
    return sum(known) if len(known) == len(counts) else None


def build_pool_sections(row: V2Pool, resource: Resource) -> tuple[Section, ...]:
    """Return what the pool itself says."""
    counts = row.status.resources
    states = (("Available", counts.available), ("Creating", counts.creating), ("Abnormal", counts.abnormal),
              ("Deleting", counts.deleting))  # fmt: skip
    return (
        *build_section(
            "Overview",
            (
                ("Name", resource.name),
                ("ID", clean(resource.id)),
                ("Status", join_text(resource.status, resource.get_text("failure"))),
                ("Description", resource.get_text("description")),
                ("Type", clean(row.spec.type)),
                ("Used for", clean(", ".join(row.spec.scope))),
                ("Workspace", resource.workspace),
                ("Created", build_instant(row.metadata.creation)),
            ),
        ),
        *build_section(
            "Nodes by state",
            (
                (f"{word} {clean(one.flavor)}", format_number(one.count))
                for word, state in states
                for one in state
                if one is not None and one.count
            ),
        ),
    )


def build_node_rows(nodes: Sequence[Node]) -> Iterator[DetailRow]:
    """Return a row for each node."""
    for node in nodes:
        status = node.status
        amounts = ", ".join(
            f"{clean(name)} {_format_free(status.free, status.resources, name)}" for name in status.resources
        )
        text = join_text(status.phase, node.spec.flavor, status.address, status.az)
        yield (
            clean(str(node.metadata.name)) or "?",
            f"{text or '–'}; {'free' if status.free else 'has'}: {amounts}" if amounts else text or "–",
        )


def _format_free(free: dict[str, object], held: dict[str, object], name: str) -> str:
    left, whole = to_text(free.get(name)) or "?", to_text(held.get(name)) or "?"
    return clean(f"{left} of {whole}" if free else whole)


def list_workload_fields(loads: Sequence[PoolWorkload]) -> Iterator[DetailRow]:
    """Return a row for each workload; those that wait with their place in the queue."""
    for load in loads:
        spent = format_seconds(load.running_s) if load.running_s else ""
        waited = f"waits {format_seconds(load.pending_s)}" if load.pending_s and not load.running_s else ""
        place = f"place {load.place}" if load.place and not load.running_s else ""
        cards = count_cards(load.needs)
        held = f"{format_number(cards)} {'card' if cards == 1 else 'cards'}" if cards else ""
        owner = f"of {load.user}" if load.user else ""
        words = (load.status, load.type, held, spent, waited, place, owner)
        yield clean(load.job or load.name) or "?", join_text(*words) or "–"


def build_series(metric: PoolMetric) -> MetricSeries:
    """Map one metric, oldest first, a value a minute; the API states -1 where there is none."""
    points = [point for point in metric.points if point is not None]
    points.sort(key=lambda point: point.timestamp or 0)
    values = mark_gaps(next((s.value for s in point.statistics if s is not None), None) for point in points)
    unit = next((point.unit for point in points if point.unit), "")
    return MetricSeries(clean(metric.name), values, clean(unit), 60.0)


def build_events(rows: Sequence[PoolEvent | None]) -> tuple[Event, ...]:
    """Map events to the oldest first."""
    found = [
        Event(
            to_millis(row.last) or to_millis(row.first),
            join_text(row.reason, row.message, f"(×{row.count})" if (row.count or 0) > 1 else ""),
            row.type.casefold() == "warning",
        )
        for row in rows
        if row is not None
    ]
    return tuple(sorted(found, key=lambda event: event.at or 0))
