"""Operations on services, their deployments, instances and pods."""

from __future__ import annotations

from typing import Any

from matui.sim.modelarts_v1 import services as v1
from matui.sim.modelarts_v2.requests import is_descending, select_in_workspace, serialize_page
from matui.sim.server.requests import ApiError, ApiRequest
from matui.sim.world.entities.services import SimService
from matui.sim.world.random import derive_id
from matui.sim.world.world import World

_STATUS_NAMES = {"finished": "STOPPED", "pending": "DEPLOYING", "waiting": "DEPLOYING"}
STATUSES = (
    "DEPLOYING", "FAILED", "STOPPED", "RUNNING", "DELETING", "STOPPING", "CONCERNING", "UPGRADING", "ERROR",
    "INTERRUPTING",
)  # fmt: skip


def list_page(world: World, request: ApiRequest) -> dict[str, Any]:
    query = request.query
    status, workspace = query.get_choice("status", STATUSES), query.get_text("workspace_id")
    field = query.get_choice("sort_key", ("create_at", "update_at"), "update_at")
    descending = is_descending(request, "DESC")
    rows = select_in_workspace(world, world.services, workspace)
    rows = [row for row in rows if status in ("", get_status(row, world.now))]
    rows = [row for row in rows if query.get_text("name").lower() in row.name.lower()]
    rows.sort(
        key=lambda row: (row.published if field == "create_at" else row.updated, row.id), reverse=descending
    )
    page = serialize_page(request, rows, default=10, most=500, whole=True)
    return page | {"data": [_serialize_row(world, row) for row in page["data"]]}


def _serialize_row(world: World, service: SimService) -> dict[str, Any]:
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
    return _serialize_detail(world, v1.find(world, request.path["service_id"]))


def _serialize_detail(world: World, service: SimService) -> dict[str, Any]:
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


def list_events(world: World, request: ApiRequest) -> dict[str, Any]:
    service = v1.find(world, request.path["service_id"])
    kind = request.query.get_choice("event_type", ("NORMAL", "ABNORMAL", "WARNING"))
    request.query.get_choice("sort_key", ("create_at", "update_at"), "update_at")
    descending = is_descending(request, "DESC")
    begin, end = (
        request.query.get_integer("start_time", 0, 0),
        request.query.get_integer("end_time", world.now, 0),
    )
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
    return serialize_page(request, records, default=10, most=500, whole=True)


def switch(world: World, request: ApiRequest, *, wanted: str) -> dict[str, Any]:
    """Start (``running``) or stop (``stopped``) a service."""
    service = v1.find(world, request.path["service_id"])
    v1.switch(service, wanted, world.now)
    return _serialize_detail(world, service)


def delete(world: World, request: ApiRequest) -> dict[str, Any]:
    """POST services/delete: delete all of the services or none."""
    keys = request.parse_fields().get_raw("service_ids", [])
    if not isinstance(keys, list) or not keys:
        raise ApiError("0115", "The parameter service_ids is mandatory.")
    services = [v1.find(world, str(key)) for key in keys]
    v1.remove(world, services)
    return {"service_responses": [_serialize_detail(world, service) for service in services]}


def get_status(service: SimService, now: int) -> str:
    """Return the v2 name of the state at ``now``."""
    word = service.compute_status(now)
    return _STATUS_NAMES.get(word, word.upper())
