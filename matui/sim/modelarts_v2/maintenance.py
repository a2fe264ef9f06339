"""Scheduled events of nodes, and images that are saved of running work."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from matui.base.text.formatting import format_iso_utc
from matui.sim.modelarts_v1 import notebooks as v1_notebooks
from matui.sim.modelarts_v2.jobs import find_task
from matui.sim.server.requests import ApiRequest, Fields, require_found
from matui.sim.server.responses import ApiError
from matui.sim.world.entities.jobs import RUNNING
from matui.sim.world.entities.pools import SimScheduledEvent
from matui.sim.world.scheduling import make_pool_id
from matui.sim.world.world import World

STATES = ("inquiring", "scheduled", "executing", "completed", "failed", "canceled")
TYPES = (
    "system-maintenance", "localdisk-recovery", "node_reboot", "operation-request", "node_maintenance",
    "node_redeploy", "node_localdisk_recovery",
)  # fmt: skip
_TIME = "%Y-%m-%dT%H:%M:%SZ"
_LASTS_MS = 900_000


def list_events(world: World, request: ApiRequest) -> dict[str, Any]:
    query = request.query
    state, kind = query.get_choice("state", STATES), query.get_choice("type", TYPES)
    offset, limit = query.get_integer("offset", 0, 0), query.get_integer("limit", 100, 1, 100)
    rows = [_serialize(world, event) for event in world.current.maintenance.values()]
    wanted = {"state": state, "type": kind}
    wanted |= {name: query.get_text(name) for name in ("id", "nodeName", "poolName")}
    rows = [row for row in rows if all(not value or row[name] == value for name, value in wanted.items())]
    return {"events": rows[offset : offset + limit], "count": len(rows)}


def _serialize(world: World, event: SimScheduledEvent) -> dict[str, Any]:
    pool = next((pool for pool in world.pools if make_pool_id(pool) == event.pool), None)
    state = _compute_state(event, world.now)
    begun = state in ("executing", "completed")
    return {
        "id": event.id,
        "catalog": event.catalog,
        "type": event.type,
        "description": event.description,
        "state": state,
        "instanceType": "standard",
        "instanceId": event.node,
        "nodeName": event.node,
        "poolName": event.pool,
        "poolDisplayName": pool.name if pool else "",
        "publishTime": format_iso_utc(event.published),
        "startTime": format_iso_utc(event.not_before) if begun else None,
        "finishTime": format_iso_utc(event.not_before + _LASTS_MS) if state == "completed" else None,
        "notBefore": format_iso_utc(event.not_before),
        "probeMsg": "",
        "jobProgress": "",
        "redeployType": ["SOFT", "HARD"] if event.type == "node_redeploy" else [],
    }


def _compute_state(event: SimScheduledEvent, now: int) -> str:
    if event.state != "scheduled" or now < event.not_before:
        return event.state
    return "executing" if now < event.not_before + _LASTS_MS else "completed"


def accept(world: World, request: ApiRequest) -> dict[str, Any]:
    """POST scheduled-events/{id}/accept; without ``notBefore`` it begins at once."""
    event = world.current.maintenance.get(request.path["event_id"])
    found = require_found(event, "50004000", "The scheduled event does not exist.", status=404)
    body = request.parse_fields() if request.payload.strip() else Fields({}, request.codes)
    if _compute_state(found, world.now) != "inquiring":
        raise ApiError("50005000", f"The event is {_compute_state(found, world.now)}.")
    given = body.get_text("notBefore")
    if given:
        try:
            at = round(datetime.strptime(given, _TIME).replace(tzinfo=UTC).timestamp() * 1000)
        except ValueError:
            raise ApiError("0107", "The notBefore must be yyyy-MM-ddTHH:mm:ssZ.") from None
        if at <= world.now:
            raise ApiError("0107", "The notBefore must be later than now.")
    found.state, found.not_before = "scheduled", at if given else world.now
    return _serialize(world, found)


def save_task_image(world: World, request: ApiRequest) -> dict[str, Any]:
    _, version, _ = find_task(world, request)
    if version.timeline.find_state_at(world.now) != RUNNING:
        raise ApiError("2763", "The image of a training job that is not running cannot be saved.")
    return _save(world, request, (request.path["job_id"], request.path["task"]))


def show_task_image(world: World, request: ApiRequest) -> dict[str, Any]:
    image = world.current.images.get((request.path["job_id"], request.path["task"]))
    return require_found(image, "2759", "No image was saved of the task.", status=404)


def save_notebook_image(world: World, request: ApiRequest) -> dict[str, Any]:
    notebook = v1_notebooks.find(world, request.path["id"])
    if notebook.compute_status(world.now) != "RUNNING":
        raise ApiError("6404", "The image of a notebook that is not running cannot be saved.")
    return _save(world, request, (notebook.id, ""))


def _save(world: World, request: ApiRequest, key: tuple[str, str]) -> dict[str, Any]:
    body = request.parse_fields()
    body.require("name", "namespace")
    image = {
        "name": body.get_text("name", max_length=512, pattern=r"[a-z0-9_.-]+"),
        "namespace": body.get_text("namespace", max_length=64),
        "tag": body.get_text("tag", "latest", max_length=64, pattern=r"[A-Za-z0-9_.-]+"),
        "description": body.get_text("description", "", max_length=512),
        "status": "CREATING",
        "message": "",
        "create_time": world.now,
    }
    world.current.images[key] = image
    return image
