"""Services as v2 shows them: deployments, instances and pods of the same services."""

from __future__ import annotations

from typing import Any

from matui.sim.modelarts_v1 import services as v1
from matui.sim.modelarts_v2.requests import item_page, sort_way
from matui.sim.server.errors import Refusal
from matui.sim.server.requests import Call
from matui.sim.world.entities.services import Service
from matui.sim.world.random import hex_id
from matui.sim.world.world import World

_WORDS = {"finished": "STOPPED", "pending": "DEPLOYING", "waiting": "DEPLOYING"}
STATUSES = (
    "DEPLOYING", "FAILED", "STOPPED", "RUNNING", "DELETING", "STOPPING", "CONCERNING", "UPGRADING", "ERROR",
    "INTERRUPTING",
)  # fmt: skip
_PODS = {"RUNNING": "RUNNING", "CONCERNING": "ABNORMAL", "DEPLOYING": "PENDING", "FAILED": "FAILED"}


def state(service: Service, now: int) -> str:
    """Return the state's name as v2 has it."""
    word = service.status(now)
    return _WORDS.get(word, word.upper())


def listing(world: World, call: Call) -> dict[str, Any]:
    """GET services."""
    query = call.query
    status, workspace = query.choice("status", STATUSES), query.text("workspace_id")
    field, backwards = (
        query.choice("sort_key", ("create_at", "update_at"), "update_at"),
        sort_way(call, "DESC"),
    )
    if workspace and workspace not in world.workspaces.rows:
        raise Refusal("0104", "Invalid workspace ID.")
    rows = [row for row in world.services if not workspace or row.workspace == workspace]
    rows = [row for row in rows if status in ("", state(row, world.now))]
    rows = [row for row in rows if query.text("name").lower() in row.name.lower()]
    rows.sort(
        key=lambda row: (row.published if field == "create_at" else row.updated, row.id), reverse=backwards
    )
    page = item_page(call, rows, default=10, most=500, whole=True)
    return page | {"data": [_row(world, row) for row in page["data"]]}


def _row(world: World, service: Service) -> dict[str, Any]:
    due = service.due
    schedule = [{"type": "stop", "due_time": due, "duration": 1, "time_unit": "HOURS", "processed": False}]
    return {
        "id": service.id,
        "name": service.name,
        "status": state(service, world.now),
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


def detail(world: World, call: Call) -> dict[str, Any]:
    """GET one service."""
    return _detail(world, v1.find(world, call.path["service_id"]))


def _detail(world: World, service: Service) -> dict[str, Any]:
    """Return one service, where the version is an object and times are texts."""
    shown = _row(world, service)
    home = f"https://infer.{world.region}.myhuaweicloud.com/v1/infers/{service.id}"
    return shown | {
        "version": {"id": hex_id("version", service.id), "version": "1.0.0", "description": ""},
        "create_at": str(service.published),
        "update_at": str(service.updated),
        "failure_reason": "Failed to pull the model image." if shown["status"] == "FAILED" else "",
        "predict_url": [{"type": "PUBLIC", "urls": [home]}],
    }


def deployments(world: World, call: Call) -> dict[str, Any]:
    """GET …/deployments: one for each model of the service."""
    service = v1.find(world, call.path["service_id"])
    rows = [
        {
            "id": hex_id("deployment", service.id, turn),
            "name": f"infer-{turn}",
            "infer_name": str(entry.get("model_name", "model")),
            "status": state(service, world.now),
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
    return item_page(call, rows, default=10, most=500, whole=True)


def _deployed(world: World, call: Call) -> tuple[Service, str, int]:
    """Return the service, its pods' status and the number of instances of the deployment of the path."""
    service = v1.find(world, call.path["service_id"])
    names = [f"infer-{turn}" for turn in range(len(service.config))]
    if call.path["name"] not in names:
        raise Refusal("3502", "The deployment does not exist.", status=404)
    status = _PODS.get(state(service, world.now), "")
    count = int(service.config[names.index(call.path["name"])].get("instance_count", 1))
    return service, status, count if status else 0


def instances(world: World, call: Call) -> dict[str, Any]:
    """GET …/deployments/{name}/instances."""
    service, status, count = _deployed(world, call)
    rows = [
        {
            "instance_name": f"{call.path['name']}-{turn}",
            "status": "CONCERNING" if status == "ABNORMAL" else status,
            "weight": 1,
            "pod_count": 1,
            "running_pod_count": int(status == "RUNNING"),
            "update_at": service.updated,
        }
        for turn in range(count)
    ]
    return item_page(call, rows, default=10, most=500, whole=True)


def pods(world: World, call: Call) -> dict[str, Any]:
    """GET …/instances/{instance}/pods."""
    service, status, count = _deployed(world, call)
    name = call.path["instance"]
    if name not in [f"{call.path['name']}-{turn}" for turn in range(count)]:
        raise Refusal("3502", "The instance does not exist.", status=404)
    pod = {
        "pod_id": hex_id("pod", service.id, name),
        "pod_name": f"{name}-worker-0",
        "pod_node_ip": "192.168.30.7",
        "pod_node_name": "node-7",
        "pod_role": "SERVER",
        "status": status,
        "update_time": service.updated,
    }
    return item_page(call, [pod], default=10, most=500, whole=True)


def events(world: World, call: Call) -> dict[str, Any]:
    """GET …/events."""
    service = v1.find(world, call.path["service_id"])
    kind = call.query.choice("event_type", ("NORMAL", "ABNORMAL", "WARNING"))
    call.query.choice("sort_key", ("create_at", "update_at"), "update_at")
    backwards = sort_way(call, "DESC")
    begin, end = call.query.integer("start_time", 0, 0), call.query.integer("end_time", world.now, 0)
    rows = [event for event in service.events if begin <= event.at <= min(end, world.now)]
    rows = sorted(
        (row for row in rows if kind in ("", row.kind.upper())), key=lambda row: row.at, reverse=backwards
    )
    told = [
        {
            "id": hex_id("event", service.id, event.at, event.text),
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
    return item_page(call, told, default=10, most=500, whole=True)


def start(world: World, call: Call) -> dict[str, Any]:
    """POST …/start."""
    return _switched(world, call, "running")


def stop(world: World, call: Call) -> dict[str, Any]:
    """POST …/stop."""
    return _switched(world, call, "stopped")


def _switched(world: World, call: Call, wanted: str) -> dict[str, Any]:
    service = v1.find(world, call.path["service_id"])
    v1.switch(service, wanted, world.now)
    return _detail(world, service)


def delete(world: World, call: Call) -> dict[str, Any]:
    """POST services/delete: all of them, or none."""
    keys = call.fields().raw("service_ids", [])
    if not isinstance(keys, list) or not keys:
        raise Refusal("0115", "The parameter service_ids is mandatory.")
    services = [v1.find(world, str(key)) for key in keys]
    v1.remove(world, services)
    return {"service_responses": [_detail(world, service) for service in services]}
