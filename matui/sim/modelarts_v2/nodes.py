"""Operations on the nodes of pools, their scheduled events, and images that are saved of running work."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from matui.base.text.formatting import format_iso_utc
from matui.sim.modelarts_v1 import notebooks as v1_notebooks
from matui.sim.modelarts_v2.jobs import find_task
from matui.sim.modelarts_v2.pools import find, serialize_node
from matui.sim.modelarts_v2.requests import StatusResponse
from matui.sim.server.requests import ApiError, ApiRequest, Fields, require_found
from matui.sim.world.entities.jobs import RUNNING, SimJob, SimRecovery
from matui.sim.world.entities.pools import SimPool, SimPoolTask, SimScheduledEvent
from matui.sim.world.random import derive_id
from matui.sim.world.world import World, build_node_name, list_loads, make_job_id, make_pool_id, move_away

_MOST = 10
_REBOOT_MS, _RESET_MS, _SHOWN_MS = 120_000, 600_000, 30 * 86_400_000
STATES = ("inquiring", "scheduled", "executing", "completed", "failed", "canceled")
TYPES = (
    "system-maintenance", "localdisk-recovery", "node_reboot", "operation-request", "node_maintenance",
    "node_redeploy", "node_localdisk_recovery",
)  # fmt: skip
_TIME = "%Y-%m-%dT%H:%M:%SZ"
_LASTS_MS = 900_000


def show(world: World, request: ApiRequest) -> dict[str, Any]:
    pool = find(world, request)
    return serialize_node(world, pool, _find_position(pool, request.path["node"]))


def _find_position(pool: SimPool, name: str) -> int:
    found = next((at for at in range(pool.nodes) if build_node_name(pool, at) == name), None)
    if found is None:
        raise ApiError("50004000", f"The node {name} does not exist.", status=404)
    return found


def _read_nodes(world: World, request: ApiRequest) -> tuple[SimPool, list[int]]:
    pool, body = find(world, request), request.parse_fields()
    names = body.get_raw("nodeNames", [])
    if not isinstance(names, list) or not names or not all(isinstance(name, str) for name in names):
        raise ApiError("0115", "The parameter nodeNames is mandatory.")
    if len(names) > _MOST:
        raise ApiError("0107", f"At most {_MOST} of nodeNames.")
    return pool, [_find_position(pool, name) for name in names]


def lock(world: World, request: ApiRequest, *, locked: bool) -> dict[str, Any]:
    """Lock or unlock nodes."""
    pool, nodes = _read_nodes(world, request)
    request.parse_fields().require("actions")
    for at in nodes:
        state = world.current.get_node(pool.id, at)
        state.locked = locked
        state.drained = state.drained and locked
    return {"nodes": [{"name": build_node_name(pool, at), "status": "success"} for at in nodes]}


def drain(world: World, request: ApiRequest) -> StatusResponse:
    """POST …/nodes/batch-drain: nothing new runs on the nodes, and what runs there moves away."""
    pool, nodes = _read_nodes(world, request)
    for at in nodes:
        world.current.get_node(pool.id, at).drained = True
        _interrupt(world, pool, at, "the node was drained")
    return StatusResponse({}, 200)


def reboot(world: World, request: ApiRequest) -> dict[str, Any]:
    pool, nodes = _read_nodes(world, request)
    for at in nodes:
        _stop(world, pool, at, _REBOOT_MS, "the node was rebooted")
        _add_task(world, "reboot-node", pool, (at,), _REBOOT_MS)
    return {"nodeNames": [build_node_name(pool, at) for at in nodes]}


def reset(world: World, request: ApiRequest) -> dict[str, Any]:
    pool, nodes = _read_nodes(world, request)
    body = request.parse_fields()
    body.require("rollingConfig")
    rolling = body.get_child("rollingConfig")
    rolling.require("strategy", "maxUnavailable")
    rolling.get_choice("strategy", ("RollingByNumber", "RollingByPercent"))
    rolling.get_integer("maxUnavailable", 1, 1, 100)
    for at in nodes:
        _stop(world, pool, at, _RESET_MS, "the node was reset")
    return {"job_id": _add_task(world, "reset-nodes", pool, nodes, _RESET_MS).id}


def _add_task(world: World, kind: str, pool: SimPool, nodes: Sequence[int], lasts_ms: int) -> SimPoolTask:
    """Add the task of the platform that does it."""
    key = derive_id(kind, pool.id, world.now, *nodes)
    names = tuple(build_node_name(pool, at) for at in nodes)
    task = SimPoolTask(key, kind, make_pool_id(pool), names, world.now, world.now + lasts_ms)
    world.current.tasks.append(task)
    return task


def list_tasks(world: World, request: ApiRequest) -> dict[str, Any]:
    """GET /v2/…/jobs: the tasks of the platform on nodes, newest first."""
    query = request.query
    kind = query.get_choice("type", ("replace-node", "reboot-node", "reset-nodes"))
    query.get_choice("resource", ("pools",))
    limit, offset = query.get_integer("limit", 100, 1, 500), query.get_integer("offset", 0, 0)
    since, until = (
        query.get_integer("since", world.now - _SHOWN_MS, 0),
        query.get_integer("until", world.now, 0),
    )
    wanted = query.get_text("name")
    found = [
        task
        for task in world.current.tasks
        if wanted in ("", task.pool) and kind in ("", task.type) and since <= task.begun <= until
    ]
    found.sort(key=lambda task: -task.begun)
    rows = [_serialize_task(task, world.now) for task in found[offset : offset + limit]]
    return {"count": len(found), "items": rows}


def _serialize_task(task: SimPoolTask, now: int) -> dict[str, Any]:
    over = task.ended is not None and task.ended <= now
    return {
        "jobId": task.id,
        "jobName": f"{task.type}-{task.id[:8]}",
        "type": task.type,
        "phase": "Success" if over else "Running",
        "suspend": task.suspended,
        "startTimestamp": task.begun,
        "endTimestamp": task.ended if over else None,
        "involvedObjects": ",".join(task.nodes),
        "inputs": "",
        "conditions": "",
        "message": task.message,
    }


def _stop(world: World, pool: SimPool, at: int, lasts_ms: int, why: str) -> None:
    state = world.current.get_node(pool.id, at)
    state.busy_until, state.drained = world.now + lasts_ms, False
    _interrupt(world, pool, at, why)


def _interrupt(world: World, pool: SimPool, at: int, why: str) -> None:
    """Take the work of a node from it: it goes on elsewhere, and a job records the recovery, or it waits."""
    affected = [load for load in list_loads(world, pool) if at in load.nodes]
    jobs = {make_job_id(world.seed, job): job for job in world.jobs}
    for load in affected:
        rank = load.nodes.index(at)
        goes_on = move_away(world, load.id, at)
        job: SimJob | None = jobs.get(load.id)
        newest = job.latest if job is not None else None
        if newest is not None and goes_on:
            reason = f"{build_node_name(pool, at)}: {why}"
            fault = SimRecovery(
                world.now, world.now + 60_000, "node_fault", "job_reschedule", task=f"worker-{rank}",
                reason=reason,
            )  # fmt: skip
            newest.recoveries = (*newest.recoveries, fault)


def list_events(world: World, request: ApiRequest) -> dict[str, Any]:
    query = request.query
    state, kind = query.get_choice("state", STATES), query.get_choice("type", TYPES)
    offset, limit = query.get_integer("offset", 0, 0), query.get_integer("limit", 100, 1, 100)
    rows = [_serialize_event(world, event) for event in world.current.maintenance.values()]
    wanted = {"state": state, "type": kind}
    wanted |= {name: query.get_text(name) for name in ("id", "nodeName", "poolName")}
    rows = [row for row in rows if all(not value or row[name] == value for name, value in wanted.items())]
    return {"events": rows[offset : offset + limit], "count": len(rows)}


def _serialize_event(world: World, event: SimScheduledEvent) -> dict[str, Any]:
    pool = next((pool for pool in world.pools if make_pool_id(pool) == event.pool), None)
    state = _compute_event_state(event, world.now)
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


def _compute_event_state(event: SimScheduledEvent, now: int) -> str:
    if event.state != "scheduled" or now < event.not_before:
        return event.state
    return "executing" if now < event.not_before + _LASTS_MS else "completed"


def accept_event(world: World, request: ApiRequest) -> dict[str, Any]:
    """POST scheduled-events/{id}/accept; without ``notBefore`` it begins at once."""
    event = world.current.maintenance.get(request.path["event_id"])
    found = require_found(event, "50004000", "The scheduled event does not exist.", status=404)
    body = request.parse_fields() if request.payload.strip() else Fields({}, request.codes)
    if _compute_event_state(found, world.now) != "inquiring":
        raise ApiError("50005000", f"The event is {_compute_event_state(found, world.now)}.")
    given = body.get_text("notBefore")
    if given:
        try:
            at = round(datetime.strptime(given, _TIME).replace(tzinfo=UTC).timestamp() * 1000)
        except ValueError:
            raise ApiError("0107", "The notBefore must be yyyy-MM-ddTHH:mm:ssZ.") from None
        if at <= world.now:
            raise ApiError("0107", "The notBefore must be later than now.")
    found.state, found.not_before = "scheduled", at if given else world.now
    return _serialize_event(world, found)


def save_task_image(world: World, request: ApiRequest) -> dict[str, Any]:
    _, version, _ = find_task(world, request)
    if version.timeline.find_state_at(world.now) != RUNNING:
        raise ApiError("2763", "The image of a training job that is not running cannot be saved.")
    return _save_image(world, request, (request.path["job_id"], request.path["task"]))


def show_task_image(world: World, request: ApiRequest) -> dict[str, Any]:
    image = world.current.images.get((request.path["job_id"], request.path["task"]))
    return require_found(image, "2759", "No image was saved of the task.", status=404)


def save_notebook_image(world: World, request: ApiRequest) -> dict[str, Any]:
    notebook = v1_notebooks.find(world, request.path["id"])
    if notebook.compute_status(world.now) != "RUNNING":
        raise ApiError("6404", "The image of a notebook that is not running cannot be saved.")
    return _save_image(world, request, (notebook.id, ""))


def _save_image(world: World, request: ApiRequest, key: tuple[str, str]) -> dict[str, Any]:
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
