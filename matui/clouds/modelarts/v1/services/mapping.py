"""Services to resources, sections, events and metrics (chapter 7)."""

from __future__ import annotations

from collections.abc import Sequence

from matui.base.sanitize import clean
from matui.clouds.modelarts.mapping import Scope
from matui.clouds.modelarts.v1.services.models import (
    EdgeNode,
    Schedule,
    Service,
    ServiceConfig,
    ServiceEvent,
    ServiceRow,
    UpdateLog,
)
from matui.clouds.rows import map_status
from matui.clouds.sections import (
    countdown_to,
    instant,
    join_text,
    mask_value,
    megabytes,
    number,
    overview,
    section,
    settings,
    yes_no,
)
from matui.resources.detail import DetailRow, Event, Section
from matui.resources.kinds.services import EVENT_STATUSES, STATUSES
from matui.resources.model import Fact, Phase, RawRecord, Resource

MOST_EVENTS = 500


def service_resource(row: ServiceRow, scope: Scope, raw: RawRecord, wire_id: str = "") -> Resource:
    """Map one service.

    ``created_at`` is its latest release, the only creation time that the cloud gives; ``updated_at`` is when
    its status last changed; only a batch service has a duration.
    """
    status, phase = map_status(row.status, STATUSES)
    return scope.resource(
        "services",
        str(row.service_id) or wire_id,
        row.service_name,
        (status, phase),
        raw,
        workspace=clean(row.workspace_id) or scope.workspace,
        owner=clean(row.owner),
        created_at=row.publish_at,
        updated_at=row.transition_at,
        duration_ms=_batch_duration(row),
        facts=_facts(row, phase),
    )


def _batch_duration(row: ServiceRow) -> int | None:
    if row.start_time is None or row.finished_time is None:
        return None
    return max(0, row.finished_time - row.start_time)


def _failure_rate(row: ServiceRow) -> float | None:
    """Return the failed calls in percent of all; None while there are no calls or they are unknown."""
    if not row.invocation_times or row.failed_times is None:
        return None
    return 100 * row.failed_times / row.invocation_times


def _facts(row: ServiceRow, phase: Phase) -> dict[str, Fact]:
    return {
        "type": clean(row.infer_type),
        "progress": row.progress,
        "calls": row.invocation_times,
        "failures": row.failed_times,
        "failure_rate": _failure_rate(row),
        "due_time": row.due_time,
        "schedule": schedule_text(row.schedule),
        "description": clean(row.description),
        "free": row.is_free,
        "shared": row.is_shared,
        "sampling": row.is_opened_sample_collection,
        "ended_at": row.finished_time if phase.ended else None,
    }


def schedule_text(schedule: Sequence[Schedule | None]) -> str:
    """Return what a schedule does in words, ``""`` when there is none."""
    parts = (
        f"{entry.type or 'stop'} after {entry.duration:g} {entry.time_unit.lower()}".rstrip()
        for entry in schedule
        if entry is not None and entry.duration is not None
    )
    return clean(", ".join(parts))


def build_events(rows: Sequence[ServiceEvent | None]) -> tuple[Event, ...]:
    """Map events of any order to the latest 500, oldest first; those without a time come first."""
    events = [
        Event(
            row.occur_time,
            clean(row.event_info),
            row.event_type.strip().lower() == "abnormal",
            status=EVENT_STATUSES.get(row.event_info.strip().lower(), ""),
        )
        for row in rows
        if row is not None and (row.event_info or row.occur_time is not None)
    ]
    if not _rises([event.at for event in events]):
        events.reverse()
    events.sort(key=lambda event: event.at or 0)
    return tuple(events[-MOST_EVENTS:])


def is_oldest_first(rows: Sequence[ServiceEvent]) -> bool:
    """Whether events came oldest first."""
    return _rises([row.occur_time for row in rows])


def _rises(times: Sequence[int | None]) -> bool:
    known = [time for time in times if time is not None]
    return len(known) < 2 or known[0] <= known[-1]


def service_sections(service: Service, resource: Resource) -> tuple[Section, ...]:
    """Return everything 7.3 says about a service."""
    models = [config for config in service.config if config is not None]
    return (
        *overview(resource, _overview(service, resource)),
        *section("Traffic", _traffic(service)),
        *(part for config in models for part in _model(config)),
        *section("Network", _network(service)),
        *settings("Additional properties", service.additional_properties),
    )


def _overview(service: Service, resource: Resource) -> list[DetailRow]:
    return [
        ("Error", clean(service.error_msg)),
        ("Type", clean(service.infer_type)),
        ("Progress", number(service.progress, "%")),
        ("Description", clean(service.description)),
        ("Owner", resource.owner),
        ("Workspace", resource.workspace),
        ("Released", instant(service.publish_at)),
        ("Configured", instant(service.update_time)),
        ("Status since", instant(service.transition_at)),
        ("Operated", instant(service.operation_time)),
        ("Started", instant(service.start_time)),
        ("Finished", instant(service.finished_time)),
        ("Schedule", schedule_text(service.schedule)),
        ("Stops at", "" if resource.phase.ended else countdown_to(service.due_time)),
        ("Free of charge", yes_no(service.is_free)),
    ]


def _traffic(service: Service) -> list[DetailRow]:
    return [
        ("Calls", number(service.invocation_times)),
        ("Failed calls", number(service.failed_times)),
        ("Subscribed", yes_no(service.is_shared)),
        ("Subscriptions", number(service.shared_count)),
        ("Data collection", yes_no(service.is_opened_sample_collection)),
        *(
            (f"Weight of {_title(config)}", number(config.weight, "%"))
            for config in service.config
            if config is not None and config.weight is not None
        ),
    ]


def _network(service: Service) -> list[DetailRow]:
    return [
        ("Address", clean(service.access_address)),
        ("Own domain", clean(service.bind_access_address)),
        ("Debugging", clean(service.debug_url)),
        ("Resource pool", clean(service.cluster_id)),
        ("VPC", clean(service.vpc_id)),
        ("Subnet", clean(service.subnet_network_id)),
        ("Security group", clean(service.security_group_id)),
    ]


def _title(config: ServiceConfig) -> str:
    return join_text(config.model_name or config.model_id, config.model_version) or "model"


def _model(config: ServiceConfig) -> tuple[Section, ...]:
    title = _title(config)
    rows = [
        ("Model ID", clean(config.model_id)),
        ("Status", clean(config.status)),
        ("Flavor", clean(config.specification)),
        *((clean(name), clean(str(value))) for name, value in config.custom_spec.items()),
        ("Instances", number(config.instance_count)),
        ("Weight", number(config.weight, "%")),
        ("Auto scaling", yes_no(config.scaling)),
        ("Resource pool", clean(config.cluster_id)),
        ("Input", clean(config.src_path)),
        ("Output", clean(config.dest_path)),
        ("Inference path", clean(config.req_uri)),
        ("Mapping", clean(config.mapping_type)),
        ("Started", instant(config.start_time)),
        ("Finished", instant(config.finished_time)),
        *((f"env {clean(name)}", mask_value(name, value)) for name, value in config.envs.items()),
    ]
    nodes = [part for node in config.nodes if node is not None for part in node_sections(node)]
    return (*section(f"Model {title}", rows), *nodes)


def node_sections(node: EdgeNode) -> tuple[Section, ...]:
    """Return everything 7.3 says about an edge node."""
    return section(
        f"Edge node {clean(node.name or str(node.id))}",
        (
            ("Node ID", join_text(str(node.id))),
            ("Service on it", clean(node.instance_status)),
            ("Host", join_text(node.state, node.host_name)),
            ("System", join_text(node.os_name, node.os_version, node.arch)),
            ("CPUs", number(node.cpu)),
            ("Memory", megabytes(node.memory)),
            ("GPUs", number(node.gpu_num)),
            ("IP addresses", clean(", ".join(node.host_ips))),
            ("Inference address", clean(node.predict_url)),
            ("Instances", number(node.deployment_num)),
            ("Updated", instant(node.updated_at)),
        ),
    )


def update_sections(logs: list[UpdateLog | None]) -> tuple[Section, ...]:
    """Return the update history (7.7), latest first, with the result on every edge node."""
    known = sorted(
        (log for log in logs if log is not None), key=lambda log: log.update_time or 0, reverse=True
    )
    return tuple(part for log in known for part in _update(log))


def _update(log: UpdateLog) -> tuple[Section, ...]:
    models = [config for config in log.config if config is not None]
    nodes = [result for result in log.result_detail if result is not None]
    return section(
        "Update",
        (
            ("Updated", instant(log.update_time)),
            ("Result", clean(log.result)),
            ("Nodes done", number(log.success_num)),
            ("Nodes failed", number(log.failed_num)),
            *((_title(c), join_text(c.specification, number(c.weight, "%"))) for c in models),
            *(
                (clean(n.node_name or str(n.node_id)), join_text(n.operation, _outcome(n.result)))
                for n in nodes
            ),
        ),
    )


def _outcome(result: bool | None) -> str:
    return "" if result is None else ("succeeded" if result else "failed")
