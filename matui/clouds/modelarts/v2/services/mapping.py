"""v2 services to resources, sections and events."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Generic, NamedTuple, TypeVar

from matui.base.text.sanitize import clean
from matui.clouds.modelarts.mapping import Scope
from matui.clouds.modelarts.v2.services.wire import Deployment, Instance, Pod, V2Service, V2ServiceEvent
from matui.clouds.rows import map_status, match_id
from matui.clouds.sections import (
    build_countdown,
    build_instant,
    build_overview,
    build_section,
    format_number,
    get_integer_fact,
    join_text,
)
from matui.clouds.wire_types import to_map, to_millis, to_text
from matui.resources.detail import DetailRow, Event, Section
from matui.resources.kinds.services import EVENT_STATUSES, STATUSES
from matui.resources.model import Fact, RawRecord, Resource
from matui.resources.times import UPDATED_BY_HAND

T = TypeVar("T")
_TYPES = {"REAL_TIME": "real-time", "ASYNC_REAL_TIME": "async"}


def map_service(row: V2Service, scope: Scope, raw: RawRecord, wire_id: str = "") -> Resource:
    due = next((s.due_time for s in row.schedule if s is not None and s.due_time and not s.processed), None)
    facts: dict[str, Fact] = {
        "type": _TYPES.get(row.type.upper(), clean(row.type)),
        "due_time": due,
        "version": read_version_name(row),
        "description": _find_description(row),
        "failure": clean(row.failure_reason),
        UPDATED_BY_HAND: True,
    }
    return scope.build_resource(
        "services",
        match_id(wire_id, row.id),
        row.name,
        map_status(row.status, STATUSES),
        raw,
        workspace=clean(row.workspace_id) or scope.workspace,
        owner=clean(row.user_name),
        created_at=to_millis(row.create_at),
        updated_at=to_millis(row.update_at),
        facts=facts,
    )


def read_version_name(row: V2Service) -> str:
    """Return the version's name, which is an object where one service is shown."""
    named = row.version.get("version") if isinstance(row.version, dict) else row.version
    return clean(to_text(named))


def _find_description(row: V2Service) -> str:
    """Return the description, which is that of the version where one service is shown."""
    return clean(row.description or to_text(to_map(row.version).get("description")))


def _find_authentication(row: V2Service) -> str:
    """Return how callers sign in, which the version states where one service is shown."""
    invoke = to_map(to_map(to_map(row.version).get("runtime_config")).get("service_invoke"))
    return clean(row.auth_type or to_text(invoke.get("auth_type")))


def build_service_sections(row: V2Service, resource: Resource) -> tuple[Section, ...]:
    """Return what the service itself says."""
    return (
        *build_overview(resource, _build_overview(row, resource)),
        *build_section("Addresses", _build_addresses(row)),
    )


def _build_overview(row: V2Service, resource: Resource) -> list[DetailRow]:
    return [
        ("Failure", resource.get_text("failure")),
        ("Description", resource.get_text("description")),
        ("Type", join_text(resource.get_text("type"), row.task_type)),
        ("Deployed as", clean(row.deploy_type)),
        ("Authentication", _find_authentication(row)),
        (
            "Version",
            join_text(read_version_name(row), f"of {row.version_count}" if row.version_count else ""),
        ),
        ("Owner", resource.owner),
        ("Workspace", resource.workspace),
        ("Created", build_instant(resource.created_at)),
        ("Updated", build_instant(resource.updated_at)),
        ("Stops at", "" if resource.phase.ended else build_countdown(get_integer_fact(resource, "due_time"))),
    ]


def _build_addresses(row: V2Service) -> Iterator[DetailRow]:
    for address in row.predict_url:
        if address is not None:
            yield from ((clean(address.type) or "Address", clean(url)) for url in address.urls)


class PartialList(NamedTuple, Generic[T]):
    """Rows of a list that has ``total``; ``error`` is the reason why there are none."""

    rows: tuple[T, ...]
    total: int
    error: str = ""


def build_deployment_section(
    row: Deployment, instances: PartialList[Instance], pods: PartialList[Pod], extra: Sequence[DetailRow] = ()
) -> tuple[Section, ...]:
    """Return one deployment with instances, pods and ``extra`` rows, and the count of those not shown."""
    rows: list[DetailRow] = [
        ("Status", clean(row.status)),
        ("Version", clean(row.version)),
        ("Weight", format_number(row.weight)),
        ("Traffic", clean(row.traffic_ratio)),
        ("Resource pool", clean(row.pool_id)),
        ("Created", build_instant(to_millis(row.create_at))),
        ("Instances", f"not known: {instances.error}" if instances.error else ""),
    ]
    left = list(pods.rows)
    for instance in instances.rows:
        rows.append((f"Instance {clean(instance.instance_name)}", _format_instance(instance)))
        own = [pod for pod in left if pod.pod_name.startswith(f"{instance.instance_name}-")]
        rows += [_build_pod_row(pod) for pod in own]
        left = [pod for pod in left if pod not in own]
    rows += [_build_pod_row(pod) for pod in left]
    rows += extra
    for label, listed in (("instances", instances), ("pods", pods)):
        more = listed.total - len(listed.rows)
        rows.append(("Not shown", f"{more} more {label}" if more > 0 else ""))
    return build_section(f"Deployment {clean(row.name or str(row.id))}", rows)


def _build_pod_row(pod: Pod) -> DetailRow:
    return f"Pod {clean(pod.pod_name or pod.pod_id)}", _format_pod(pod) or "–"


def _format_instance(row: Instance) -> str:
    pods = (
        f"{format_number(row.running_pod_count) or '?'} of {format_number(row.pod_count)} pods run"
        if row.pod_count
        else ""
    )
    return ", ".join(part for part in (clean(row.status), pods) if part)


def _format_pod(row: Pod) -> str:
    node = row.pod_node_name or row.pod_node_ip
    return join_text(row.status, row.pod_role, f"on {node}" if node else "")


def build_events(rows: Sequence[V2ServiceEvent | None]) -> tuple[Event, ...]:
    """Map events to the oldest first; a repeated one is placed at its last occurrence."""
    found = [
        Event(
            to_millis(row.update_at) or to_millis(row.create_at),
            join_text(row.event_info, f"(×{row.event_count})" if (row.event_count or 0) > 1 else ""),
            row.event_type.upper() not in ("NORMAL", ""),
            status=EVENT_STATUSES.get(row.event_info.strip().lower(), "").upper(),
        )
        for row in rows
        if row is not None
    ]
    found.reverse()
    return tuple(sorted(found, key=lambda event: event.at or 0))
