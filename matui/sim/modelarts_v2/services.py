"""Operations on services, their deployments, instances and pods."""

from __future__ import annotations

from typing import Any

from matui.sim.modelarts_v1 import services as v1
from matui.sim.modelarts_v2.requests import is_descending, item_page
from matui.sim.server.errors import ApiError
from matui.sim.server.requests import ApiRequest
from matui.sim.world.entities.services import Service
from matui.sim.world.random import derive_id
from matui.sim.world.world import World

_STATUS_NAMES = {"finished": "STOPPED", "pending": "DEPLOYING", "waiting": "DEPLOYING"}
STATUSES = (
    "DEPLOYING", "FAILED", "STOPPED", "RUNNING", "DELETING", "STOPPING", "CONCERNING", "UPGRADING", "ERROR",
    "INTERRUPTING",
)  # fmt: skip
_PODS = {"RUNNING": "RUNNING", "CONCERNING": "ABNORMAL", "DEPLOYING": "PENDING", "FAILED": "FAILED"}


def get_status(service: Service, now: int) -> str:
    """Return the v2 name of the state at ``now``."""
    word = service.status(now)
    return _STATUS_NAMES.get(word, word.upper())


def list_page(world: World, request: ApiRequest) -> dict[str, Any]:
    """GET services."""
    query = request.query
    status, workspace = query.choice("status", STATUSES), query.text("workspace_id")
    field, descending = (
        query.choice("sort_key", ("create_at", "update_at"), "update_at"),
        is_descending(request, "DESC"),
    )
    if workspace and workspace not in world.workspaces.rows:
        raise ApiError("0104", "Invalid workspace ID.")
    rows = [row for row in world.services if not workspace or row.workspace == workspace]
    rows = [row for row in rows if status in ("", get_status(row, world.now))]
    rows = [row for row in rows if query.text("name").lower() in row.name.lower()]
    rows.sort(
        key=lambda row: (row.published if field == "create_at" else row.updated, row.id), reverse=descending
    )
    page = item_page(request, rows, default=10, most=500, whole=True)
    return page | {"data": [_serialize_row(world, row) for row in page["data"]]}


def _serialize_row(world: World, service: Service) -> dict[str, Any]:
    due = service.due
    schedule = [{"type": "stop", "due_time": due, "duration": 1, "time_unit": "HOURS", "processed": False}]
    return {
        "id": service.id,
        "name": service.name,
        "status": get_status(service, world.now),
        "version": "1.0.0",
        "version_count": len(service.updates) + 1,
        "description": service.description,
        "type": "ASYNC_REAL_TIME" if service.kind == "batch" else "REAL_TIME",
        "deploy_type": "SINGLE",
        "user_name": world.user[1],
        "workspace_id": service.workspace,
        "create_at": service.published,
        "update_at": service.updated,
        "auth_type": "TOKEN",
        "task_type": "TEXT_GENERATION",
        "schedule": schedule if due and due > world.now else [],
    }


def show(world: World, request: ApiRequest) -> dict[str, Any]:
    """GET one service."""
    return _serialize_detail(world, v1.find(world, request.path["service_id"]))


def _serialize_detail(world: World, service: Service) -> dict[str, Any]:
    """Return one service; the version is an object and times are strings."""
    shown = _serialize_row(world, service)
    home = f"https://infer.{world.region}.myhuaweicloud.com/v1/infers/{service.id}"
    return shown | {
        "version": {"id": derive_id("version", service.id), "version": "1.0.0", "description": ""},
        "create_at": str(service.published),
        "update_at": str(service.updated),
        "failure_reason": "Failed to pull the model image." if shown["status"] == "FAILED" else "",
        "predict_url": [{"type": "PUBLIC", "urls": [home]}],
    }


def list_deployments(world: World, request: ApiRequest) -> dict[str, Any]:
    """GET …/deployments: one for each model of the service."""
    service = v1.find(world, request.path["service_id"])
    rows = [
        {
            "id": derive_id("deployment", service.id, turn),
            "name": f"infer-{turn}",
            "infer_name": str(entry.get("model_name", "model")),
            "status": get_status(service, world.now),
            "version": str(entry.get("model_version", "1.0.0")),
            "weight": int(entry.get("weight", 100)),
            "traffic_ratio": f"{entry.get('weight', 100)}%",
            "pool_id": service.network.get("cluster_id", ""),
            "deploy_type": "SINGLE",
            "create_at": service.published,
            "update_at": service.updated,
        }
        for turn, entry in enumerate(service.config)
    ]
    return item_page(request, rows, default=10, most=500, whole=True)


def _find_deployment(world: World, request: ApiRequest) -> tuple[Service, str, int]:
    """Return the service, its pods' status and the number of instances of the deployment in the path."""
    service = v1.find(world, request.path["service_id"])
    names = [f"infer-{turn}" for turn in range(len(service.config))]
    if request.path["name"] not in names:
        raise ApiError("3502", "The deployment does not exist.", status=404)
    status = _PODS.get(get_status(service, world.now), "")
    count = int(service.config[names.index(request.path["name"])].get("instance_count", 1))
    return service, status, count if status else 0


def list_instances(world: World, request: ApiRequest) -> dict[str, Any]:
    """GET …/deployments/{name}/instances."""
    service, status, count = _find_deployment(world, request)
    rows = [
        {
            "instance_name": f"{request.path['name']}-{turn}",
            "status": "CONCERNING" if status == "ABNORMAL" else status,
            "weight": 1,
            "pod_count": 1,
            "running_pod_count": int(status == "RUNNING"),
            "update_at": service.updated,
        }
        for turn in range(count)
    ]
    return item_page(request, rows, default=10, most=500, whole=True)


def list_pods(world: World, request: ApiRequest) -> dict[str, Any]:
    """GET …/instances/{instance}/pods; the instance ``all`` stands for each."""
    service, status, count = _find_deployment(world, request)
    asked = request.path["instance"]
    names = [f"{request.path['name']}-{turn}" for turn in range(count)]
    if asked != "all" and asked not in names:
        raise ApiError("3502", "The instance does not exist.", status=404)
    pods = [
        {
            "pod_id": derive_id("pod", service.id, name),
            "pod_name": f"{name}-worker-0",
            "pod_node_ip": "192.168.30.7",
            "pod_node_name": "node-7",
            "pod_role": "SERVER",
            "status": status,
            "update_time": service.updated,
        }
        for name in names
        if asked in ("all", name)
    ]
    return item_page(request, pods, default=10, most=500, whole=True)


def list_events(world: World, request: ApiRequest) -> dict[str, Any]:
    """GET …/events."""
    service = v1.find(world, request.path["service_id"])
    kind = request.query.choice("event_type", ("NORMAL", "ABNORMAL", "WARNING"))
    request.query.choice("sort_key", ("create_at", "update_at"), "update_at")
    descending = is_descending(request, "DESC")
    begin, end = request.query.integer("start_time", 0, 0), request.query.integer("end_time", world.now, 0)
    rows = [event for event in service.events if begin <= event.at <= min(end, world.now)]
    rows = sorted(
        (row for row in rows if kind in ("", row.kind.upper())), key=lambda row: row.at, reverse=descending
    )
    records = [
        {
            "id": derive_id("event", service.id, event.at, event.text),
            "service_id": service.id,
            "event_count": 1,
            "event_type": event.kind.upper(),
            "event_info": event.text,
            "event_info_cn": event.text,
            "create_at": event.at,
            "update_at": event.at,
        }
        for event in rows
    ]
    return item_page(request, records, default=10, most=500, whole=True)


def start(world: World, request: ApiRequest) -> dict[str, Any]:
    """POST …/start."""
    return _switch(world, request, "running")


def stop(world: World, request: ApiRequest) -> dict[str, Any]:
    """POST …/stop."""
    return _switch(world, request, "stopped")


def _switch(world: World, request: ApiRequest, wanted: str) -> dict[str, Any]:
    service = v1.find(world, request.path["service_id"])
    v1.switch(service, wanted, world.now)
    return _serialize_detail(world, service)


def delete(world: World, request: ApiRequest) -> dict[str, Any]:
    """POST services/delete: delete all of the services or none."""
    keys = request.fields().raw("service_ids", [])
    if not isinstance(keys, list) or not keys:
        raise ApiError("0115", "The parameter service_ids is mandatory.")
    services = [v1.find(world, str(key)) for key in keys]
    v1.remove(world, services)
    return {"service_responses": [_serialize_detail(world, service) for service in services]}
