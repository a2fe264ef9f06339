"""Everything known about a service, in sections."""

from __future__ import annotations

from matui.clouds.modelarts.services_mapping import schedule_text
from matui.clouds.modelarts.services_models import EdgeNode, Service, ServiceConfig, UpdateLog
from matui.clouds.telling import (
    countdown,
    instant,
    join_text,
    masked,
    megabytes,
    number,
    section,
    settings,
    yes_no,
)
from matui.resources.detail import Row, Section
from matui.resources.model import Resource
from matui.text import clean


def service_sections(service: Service, resource: Resource) -> tuple[Section, ...]:
    """Return everything 7.3 says about a service."""
    models = [config for config in service.config if config is not None]
    return (
        *section("Overview", _overview(service, resource)),
        *section("Traffic", _traffic(service)),
        *(told for config in models for told in _model(config)),
        *section("Network", _network(service)),
        *settings("Additional properties", service.additional_properties),
    )


def _overview(service: Service, resource: Resource) -> list[Row]:
    return [
        ("Name", resource.name),
        ("ID", clean(resource.id)),
        ("Status", resource.status),
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
        ("Stops at", countdown(service.due_time)),
        ("Free of charge", yes_no(service.is_free)),
    ]


def _traffic(service: Service) -> list[Row]:
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


def _network(service: Service) -> list[Row]:
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
        *((f"env {clean(name)}", masked(name, value)) for name, value in config.envs.items()),
    ]
    nodes = [told for node in config.nodes if node is not None for told in node_sections(node)]
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
    return tuple(told for log in known for told in _update(log))


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
