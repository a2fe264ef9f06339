"""Operations on services (chapter 7)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matui.sim.modelarts_v1.service_records import (
    SPECIFICATIONS,
    check_network,
    check_schedule,
    check_service_config,
    serialize_detail,
    serialize_monitors,
    serialize_row,
    serialize_update,
)
from matui.sim.server.requests import ApiError, ApiRequest, Fields, ListRules, require_found
from matui.sim.world.entities.services import (
    DELETE_S,
    DEPLOY_S,
    STATUSES,
    ServiceUpdate,
    SimEdgeNode,
    SimService,
    SimServiceEvent,
)
from matui.sim.world.timeline import Timeline
from matui.sim.world.world import World

_KINDS = ("real-time", "batch", "edge")
_STARTABLE = ("stopped", "failed", "finished")
_STOPPABLE = ("running", "concerning", "deploying", "pending", "waiting")
_LIST: ListRules[SimService] = ListRules(
    "sort_by",
    {
        "publish_at": lambda service, _now: (service.published, service.id),
        "service_name": lambda service, _now: (service.name, service.id),
    },
)
_LIST_EVENTS: ListRules[SimServiceEvent] = ListRules("sort_by", {"occur_time": lambda event, _now: event.at})
_OPEN = {"modelarts.vm.ai1.a310": False, "modelarts.vm.arm.d310.3u6g": False}
_SOLD_OUT = ("modelarts.vm.gpu.t4",)


def find(world: World, service_id: str) -> SimService:
    """Return the service. Raises ApiError 3502."""
    service = world.services.get(service_id)
    return require_found(service, "3502", "The service does not exist.")


def create(world: World, request: ApiRequest) -> dict[str, Any]:
    body = request.parse_fields()
    name = body.get_name("service_name", 64, chinese=True)
    if any(other.name == name for other in world.services):
        raise ApiError("3503", f"The service {name} already exists.")
    body.require("infer_type")
    kind = body.get_choice("infer_type", _KINDS)
    workspace = request.check_new_workspace(world, body.get_text("workspace_id", "0"))
    network = check_network(world, body)
    config = check_service_config(world, body, kind, network.get("cluster_id", ""))
    now, timeline = world.now, Timeline([(world.now, "deploying")])
    service = SimService(world.make_id("service"), name, kind, timeline, now, now, now, config)
    service.workspace, service.network = workspace, network
    service.description = body.get_text("description", max_length=100)
    service.schedule = check_schedule(body, kind)
    service.properties = _read_properties(body)
    service.rate, service.failure_rate, service.seed = 2.5, 0.01, len(world.services)
    if kind == "edge":
        service.nodes = [_make_node(world, str(node), turn) for turn, node in enumerate(config[0]["nodes"])]
    service.deploy(world.now)
    service.updates.append(_make_update(service, world.now))
    world.services.add(service.id, service)
    return {"service_id": service.id}


def _make_node(world: World, node_id: str, turn: int) -> SimEdgeNode:
    timeline = Timeline([(world.now, "notReady"), (world.now + round(DEPLOY_S * 1000), "running")])
    return SimEdgeNode(
        node_id, world.edge_nodes.get(node_id, f"edge-{turn}"), f"10.20.0.{turn + 11}", timeline
    )


def _make_update(service: SimService, now: int) -> ServiceUpdate:
    return ServiceUpdate(
        now, now + round(DEPLOY_S * 1000), service.succeeds, [dict(entry) for entry in service.config]
    )


def _read_properties(body: Fields) -> dict[str, Any]:
    properties = body.get_child("additional_properties")
    if "smn_notification" in properties:
        properties.get_child("smn_notification").require("topic_urn", "events")
    return dict(properties.data)


def list_page(world: World, request: ApiRequest) -> dict[str, Any]:
    query = request.query
    kind, status = query.get_choice("infer_type", _KINDS), query.get_choice("status", STATUSES)
    workspace = request.read_workspace_filter(world)
    rows = [row for row in world.services if row.workspace == workspace]
    for wanted, has in _read_filters(world, request, kind, status):
        rows = [row for row in rows if has(row)] if wanted else rows
    page = _LIST.select(world, query, rows)
    records = [serialize_row(row, world.now, world.project_id, world.user[0]) for row in page]
    return {"count": len(records), "total_count": len(rows), "services": records}


def _read_filters(world: World, request: ApiRequest, kind: str, status: str) -> list[tuple[str, Any]]:
    name, model = request.query.get_text("service_name"), request.query.get_text("model_id")
    key = request.query.get_text("service_id")
    return [
        (kind, lambda row: row.kind == kind),
        (status, lambda row: row.compute_status(world.now) == status),
        (name, lambda row: name.lower() in row.name.lower()),
        (key, lambda row: row.id == key),
        (model, lambda row: any(entry["model_id"] == model for entry in row.config)),
    ]


def show(world: World, request: ApiRequest) -> dict[str, Any]:
    service = find(world, request.path["service_id"])
    return serialize_detail(service, world.now, world.project_id, world.user[0], world.region)


def set_node_status(world: World, request: ApiRequest) -> dict[str, Any]:
    """Start or stop the instance on an edge node (7.4)."""
    service = find(world, request.path["service_id"])
    body = request.parse_fields()
    body.require("status")
    wanted = body.get_choice("status", ("running", "stopped"))
    if not service.nodes:
        raise ApiError("3513", "Only services on edge nodes have node instances.")
    node = next((node for node in service.nodes if node.id == request.path["node_id"]), None)
    if node is None:
        raise ApiError("3512", "The edge node is not deployed.")
    now, before = world.now, node.timeline.find_state_at(world.now)
    if before != ("stopped" if wanted == "running" else "running"):
        raise ApiError("3513", f"The node instance is {before}, so its status cannot be set to {wanted}.")
    if wanted == "running":
        node.timeline.replan(now, (0, "notReady"), (6, "running"))
    else:
        node.timeline.replan(now, (0, "stopped"))
    service.add_event(now, "normal", f"set instance on node {node.name} to {wanted}")
    return {}


def update(world: World, request: ApiRequest) -> dict[str, Any]:
    """Update a service (7.5); with ``status``, ``config`` is ignored."""
    service = find(world, request.path["service_id"])
    body, now = request.parse_fields(), world.now
    description = body.get_text("description", service.description, max_length=100)
    status = body.get_choice("status", ("running", "stopped"))
    schedule = check_schedule(body, service.kind) if "schedule" in body else service.schedule
    properties = _read_properties(body) if "additional_properties" in body else service.properties
    if status:
        switch(service, status, now)
    elif "config" in body:
        _reconfigure(world, service, body)
    service.description, service.schedule, service.properties = description, schedule, properties
    service.operated = now
    return {}


def switch(service: SimService, wanted: str, now: int) -> None:
    """Start (``running``) or stop (``stopped``) a service. Raises ApiError 3519."""
    before = service.compute_status(now)
    if before not in (_STARTABLE if wanted == "running" else _STOPPABLE):
        raise ApiError("3519", f"Update is not allowed for the service of the current status: {before}.")
    if wanted == "running":
        service.deploy(now)
    else:
        service.stop(now)


def _reconfigure(world: World, service: SimService, body: Fields) -> None:
    before = service.compute_status(world.now)
    if before in ("deploying", "stopping", "deleting"):
        raise ApiError("3519", f"Update is not allowed for the service of the current status: {before}.")
    service.config = check_service_config(world, body, service.kind, service.network.get("cluster_id", ""))
    service.updated = world.now
    service.updates.append(_make_update(service, world.now))
    if before in ("running", "concerning", "failed"):
        service.deploy(world.now)


def show_monitor(world: World, request: ApiRequest) -> dict[str, Any]:
    service = _find_monitored(world, request)
    shown = serialize_monitors(service, world.now, request.query.get_text("node_id"))
    return {"service_id": service.id, "service_name": service.name, "monitors": shown}


def _find_monitored(world: World, request: ApiRequest) -> SimService:
    service = find(world, request.path["service_id"])
    if service.kind == "batch":
        raise ApiError("3508", "Only real-time and edge services can be queried.")
    return service


def list_update_logs(world: World, request: ApiRequest) -> dict[str, Any]:
    service = _find_monitored(world, request)
    logs = [serialize_update(service, entry, world.now) for entry in reversed(service.updates)]
    return {"service_id": service.id, "service_name": service.name, "logs": logs}


def list_events(world: World, request: ApiRequest) -> dict[str, Any]:
    query = request.query
    service = find(world, request.path["service_id"])
    kind = query.get_choice("event_type", ("normal", "abnormal"))
    begin, end = query.get_integer("start_time", 0, 0), query.get_integer("end_time", world.now, 0)
    rows = [event for event in service.events if begin <= event.at <= min(end, world.now)]
    rows = [event for event in rows if kind in ("", event.kind)]
    if query.is_descending("desc"):
        rows.reverse()  # so that events of the same time are in descending order, too
    page = _LIST_EVENTS.select(world, query, rows)
    return {
        "service_id": service.id,
        "service_name": service.name,
        "count": len(page),
        "total_count": len(rows),
        "events": [
            {"occur_time": event.at, "event_type": event.kind, "event_info": event.text} for event in page
        ],
    }


def delete(world: World, request: ApiRequest) -> dict[str, Any]:
    """Delete services (7.9): all ids, separated by commas, or none."""
    services = [find(world, key.strip()) for key in request.path["service_id"].split(",") if key.strip()]
    if not services:
        raise ApiError("3502", "The service does not exist.")
    remove(world, services)
    return {}


def remove(world: World, services: Sequence[SimService]) -> None:
    """Delete all of the services or none. Raises ApiError 3504."""
    for service in services:
        if service.compute_status(world.now) == "deleting":
            raise ApiError("3504", "The service is being deleted.", status=409)
    for service in services:
        service.timeline.replan(world.now, (0, "deleting"))
        service.drop_future_events(world.now)
        service.add_event(world.now, "normal", "delete service")
        world.services.remove_at(service.id, world.now + round(DELETE_S * 1000))


def list_specifications(world: World, request: ApiRequest) -> dict[str, Any]:  # noqa: ARG001 - every operation takes one
    kind = request.query.get_choice("infer_type", _KINDS, "real-time")
    dedicated = request.query.get_flag("is_personal_cluster")
    names = ("custom", *SPECIFICATIONS[:1]) if dedicated else SPECIFICATIONS
    if kind != "real-time":
        names = ("modelarts.vm.cpu.2u", "modelarts.vm.gpu.p4")
    return {"specifications": [_serialize_specification(name) for name in names]}


def _serialize_specification(name: str) -> dict[str, Any]:
    return {
        "specification": name,
        "billing_spec": name,
        "is_open": _OPEN.get(name, True),
        "spec_status": "sellout" if name in _SOLD_OUT else "normal",
        "is_free": name.endswith(".free"),
        "over_quota": False,
        "extend_params": 1,
    }
