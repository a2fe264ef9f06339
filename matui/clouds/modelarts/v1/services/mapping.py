"""Services to resources, sections, events and metrics (chapter 7)."""

from __future__ import annotations

from collections.abc import Sequence

from matui.base.text.sanitize import clean
from matui.clouds.modelarts.mapping import Scope
from matui.clouds.modelarts.v1.services.wire import (
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
    build_countdown,
    build_instant,
    build_overview,
    build_section,
    build_settings,
    format_megabytes,
    format_number,
    format_yes_no,
    join_text,
    mask_value,
)
from matui.resources.detail import DetailRow, Event, Section
from matui.resources.kinds.services import EVENT_STATUSES, STATUSES
from matui.resources.model import Fact, Phase, RawRecord, Resource

MOST_EVENTS = 500


def map_service(row: ServiceRow, scope: Scope, raw: RawRecord, wire_id: str = "") -> Resource:
    """Map one service.

    ``created_at`` is its latest release, the only creation time that the cloud gives; ``updated_at`` is when
    its status last changed; only a batch service has a duration.
    """
    status, phase = map_status(row.status, STATUSES)
    return scope.build_resource(
        "services",
        str(row.service_id) or wire_id,
        row.service_name,
        (status, phase),
        raw,
        workspace=clean(row.workspace_id) or scope.workspace,
        owner=clean(row.owner),
        created_at=row.publish_at,
        updated_at=row.transition_at,
        duration_ms=_compute_batch_duration(row),
        facts=_build_facts(row, phase),
    )


def _compute_batch_duration(row: ServiceRow) -> int | None:
    if row.start_time is None or row.finished_time is None:
        return None
    return max(0, row.finished_time - row.start_time)


def _compute_failure_rate(row: ServiceRow) -> float | None:
    """Return the failed calls in percent of all.

    None while there are no calls, or they are unknown, or the cloud counts fewer calls than failed ones: its
    two counters are not of the same moment.
    """
    if not row.invocation_times or row.failed_times is None:
        return None
    if not 0 <= row.failed_times <= row.invocation_times:
        return None
    return 100 * row.failed_times / row.invocation_times


def _build_facts(row: ServiceRow, phase: Phase) -> dict[str, Fact]:
    return {
        "type": clean(row.infer_type),
        "progress": row.progress,
        "calls": row.invocation_times,
        "failures": row.failed_times,
        "failure_rate": _compute_failure_rate(row),
        "due_time": row.due_time,
        "schedule": format_schedule(row.schedule),
        "description": clean(row.description),
        "free": row.is_free,
        "shared": row.is_shared,
        "sampling": row.is_opened_sample_collection,
        "ended_at": row.finished_time if phase.ended else None,
    }


def format_schedule(schedule: Sequence[Schedule | None]) -> str:
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


def build_service_sections(service: Service, resource: Resource) -> tuple[Section, ...]:
    """Return everything 7.3 says about a service."""
    models = [config for config in service.config if config is not None]
    return (
        *build_overview(resource, _build_overview(service, resource)),
        *build_section("Traffic", _build_traffic(service)),
        *(part for config in models for part in _build_model(config)),
        *build_section("Network", _build_network(service)),
        *build_settings("Additional properties", service.additional_properties),
    )


def _build_overview(service: Service, resource: Resource) -> list[DetailRow]:
    return [
        ("Error", clean(service.error_msg)),
        ("Type", clean(service.infer_type)),
        ("Progress", format_number(service.progress, "%")),
        ("Description", clean(service.description)),
        ("Owner", resource.owner),
        ("Workspace", resource.workspace),
        ("Released", build_instant(service.publish_at)),
        ("Configured", build_instant(service.update_time)),
        ("Status since", build_instant(service.transition_at)),
        ("Operated", build_instant(service.operation_time)),
        ("Started", build_instant(service.start_time)),
        ("Finished", build_instant(service.finished_time)),
        ("Schedule", format_schedule(service.schedule)),
        ("Stops at", "" if resource.phase.ended else build_countdown(service.due_time)),
        ("Free of charge", format_yes_no(service.is_free)),
    ]


def _build_traffic(service: Service) -> list[DetailRow]:
    return [
        ("Calls", format_number(service.invocation_times)),
        ("Failed calls", format_number(service.failed_times)),
        ("Subscribed", format_yes_no(service.is_shared)),
        ("Subscriptions", format_number(service.shared_count)),
        ("Data collection", format_yes_no(service.is_opened_sample_collection)),
        *(
            (f"Weight of {_format_title(config)}", format_number(config.weight, "%"))
            for config in service.config
            if config is not None and config.weight is not None
        ),
    ]


def _build_network(service: Service) -> list[DetailRow]:
    return [
        ("Address", clean(service.access_address)),
        ("Own domain", clean(service.bind_access_address)),
        ("Debugging", clean(service.debug_url)),
        ("Resource pool", clean(service.cluster_id)),
        ("VPC", clean(service.vpc_id)),
        ("Subnet", clean(service.subnet_network_id)),
        ("Security group", clean(service.security_group_id)),
    ]


def _format_title(config: ServiceConfig) -> str:
    return join_text(config.model_name or config.model_id, config.model_version) or "model"


def _build_model(config: ServiceConfig) -> tuple[Section, ...]:
    title = _format_title(config)
    rows = [
        ("Model ID", clean(config.model_id)),
        ("Status", clean(config.status)),
        ("Flavor", clean(config.specification)),
        *((clean(name), clean(str(value))) for name, value in config.custom_spec.items()),
        ("Instances", format_number(config.instance_count)),
        ("Weight", format_number(config.weight, "%")),
        ("Auto scaling", format_yes_no(config.scaling)),
        ("Resource pool", clean(config.cluster_id)),
        ("Input", clean(config.src_path)),
        ("Output", clean(config.dest_path)),
        ("Inference path", clean(config.req_uri)),
        ("Mapping", clean(config.mapping_type)),
        ("Started", build_instant(config.start_time)),
        ("Finished", build_instant(config.finished_time)),
        *((f"env {clean(name)}", mask_value(name, value)) for name, value in config.envs.items()),
    ]
    nodes = [part for node in config.nodes if node is not None for part in build_node_sections(node)]
    return (*build_section(f"Model {title}", rows), *nodes)


def build_node_sections(node: EdgeNode) -> tuple[Section, ...]:
    """Return everything 7.3 says about an edge node."""
    return build_section(
        f"Edge node {clean(node.name or str(node.id))}",
        (
            ("Node ID", join_text(str(node.id))),
            ("Service on it", clean(node.instance_status)),
            ("Host", join_text(node.state, node.host_name)),
            ("System", join_text(node.os_name, node.os_version, node.arch)),
            ("CPUs", format_number(node.cpu)),
            ("Memory", format_megabytes(node.memory)),
            ("GPUs", format_number(node.gpu_num)),
            ("IP addresses", clean(", ".join(node.host_ips))),
            ("Inference address", clean(node.predict_url)),
            ("Instances", format_number(node.deployment_num)),
            ("Updated", build_instant(node.updated_at)),
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
    return build_section(
        "Update",
        (
            ("Updated", build_instant(log.update_time)),
            ("Result", clean(log.result)),
            ("Nodes done", format_number(log.success_num)),
            ("Nodes failed", format_number(log.failed_num)),
            *((_format_title(c), join_text(c.specification, format_number(c.weight, "%"))) for c in models),
            *(
                (clean(n.node_name or str(n.node_id)), join_text(n.operation, _describe_outcome(n.result)))
                for n in nodes
            ),
        ),
    )


def _describe_outcome(result: bool | None) -> str:
    return "" if result is None else ("succeeded" if result else "failed")
