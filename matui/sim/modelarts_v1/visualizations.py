"""Operations on visualization (TensorBoard) jobs (5.3)."""

from __future__ import annotations

from typing import Any

from matui.sim.modelarts_v1.jobs import read_statuses
from matui.sim.server.requests import ApiError, ApiRequest, ListRules, override_fields, require_found
from matui.sim.world.entities import jobs as j
from matui.sim.world.entities.jobs import SimVisualization
from matui.sim.world.random import derive_uuid
from matui.sim.world.timeline import Timeline
from matui.sim.world.world import World

QUOTA = 100
_LIST: ListRules[SimVisualization] = ListRules(
    "sortBy",
    {
        "job_id": lambda job, _now: job.id,
        "job_name": lambda job, _now: (job.name, job.id),
        "job_desc": lambda job, _now: (job.description, job.id),
        "create_time": lambda job, _now: (job.created, job.id),
        "status": lambda job, now: (job.timeline.find_state_at(now), job.id),
    },
    order="asc",
    max_per_page=100,
)
_RESTARTABLE = (j.COMPLETED, j.FAILED, j.KILLED, j.CANCELED, j.LOST, j.SUBMIT_FAILED, j.IMAGE_FAILED)


def serialize(job: SimVisualization, now: int, *, listed: bool) -> dict[str, Any]:
    """Return an item of 5.3.2 (``listed``: with the schedule as an array) or the body of 5.3.3."""
    stop_at = job.timeline.find_last_entry(j.KILLING)
    left = (
        stop_at - now if stop_at and stop_at > now and job.timeline.find_state_at(now) == j.RUNNING else None
    )
    record: dict[str, Any] = {
        "job_id": job.id,
        "job_name": job.name,
        "status": job.timeline.find_state_at(now),
        "create_time": job.created,
        "resource_id": derive_uuid("visualization", job.id),
        "duration": job.compute_duration(now),
        "job_desc": job.description,
        "service_url": f"https://console.huaweicloud.com/modelarts/tensorboard/{job.id}/",
        "train_url": job.train_url,
        "remaining_duration": left,
    }
    if listed:
        record["schedule"] = (
            [{"type": "stop", "timeUnit": "HOURS", "duration": job.hours}] if job.hours else []
        )
    return override_fields(record, job.override, job.missing)


def find(world: World, request: ApiRequest) -> SimVisualization:
    """Return the job of the path. Raises ApiError 0102."""
    job = world.visualizations.get(request.get_number("job_id"))
    return require_found(job, "0102", f"The visualization job {request.path['job_id']} does not exist.")


def create(world: World, request: ApiRequest) -> dict[str, Any]:
    body = request.parse_fields()
    name = body.get_name("job_name", 20)
    description = body.get_text("job_desc", max_length=256)
    body.require("train_url")
    url = body.get_text("train_url")
    workspace = request.check_new_workspace(world, body.get_text("workspace_id", "0"))
    if any(job.name == name for job in world.visualizations):
        raise ApiError("0103", f"Job name:{name} is existed")
    key = world.take_visualization_id()
    job = SimVisualization(key, name, Timeline([(world.now, j.INIT)]), world.now, url, workspace, description)
    job.launch(world.now)
    world.visualizations.add(str(key), job)
    return {
        "is_success": True,
        "job_id": str(key),
        "job_name": name,
        "status": "1",
        "create_time": str(world.now),
    }


def list_page(world: World, request: ApiRequest) -> dict[str, Any]:
    query, now = request.query, world.now
    statuses = read_statuses(request)
    wanted = query.get_text("search_content", max_length=64).lower()
    workspace = request.read_workspace_filter(world)
    rows = [job for job in world.visualizations if job.workspace == workspace and wanted in job.name.lower()]
    rows = [job for job in rows if not statuses or job.timeline.find_state_at(now) in statuses]
    page = _LIST.select(world, query, rows)
    return {
        "quotas": QUOTA,
        "is_success": True,
        "job_total_count": len(rows),
        "job_count_limit": max(0, QUOTA - len(world.visualizations)),
        "jobs": [serialize(job, now, listed=True) for job in page],
    }


def show(world: World, request: ApiRequest) -> dict[str, Any]:
    return {"is_success": True} | serialize(find(world, request), world.now, listed=False)


def update_description(world: World, request: ApiRequest) -> dict[str, Any]:
    job = find(world, request)
    job.description = request.parse_fields().get_text("job_desc", max_length=256)
    return {"is_success": True}


def delete(world: World, request: ApiRequest) -> dict[str, Any]:
    job = find(world, request)
    status = job.timeline.find_state_at(world.now)
    if status == j.KILLING:
        raise ApiError("0105", f"This job can't be delete. job status: {status}")
    world.visualizations.remove(str(job.id))
    return {"is_success": True}


def stop(world: World, request: ApiRequest) -> dict[str, Any]:
    job = find(world, request)
    status = job.timeline.find_state_at(world.now)
    if status not in j.STOPPABLE:
        raise ApiError("0105", f"This job can't be stop. job status: {status}")
    job.timeline.replan(world.now, (0, j.KILLING), (j.KILL_S, j.KILLED))
    return {"is_success": True}


def restart(world: World, request: ApiRequest) -> dict[str, Any]:
    job = find(world, request)
    status = job.timeline.find_state_at(world.now)
    if status not in _RESTARTABLE:
        raise ApiError("0105", f"This job can't be resubmit. job status: {status}")
    job.launch(world.now)
    return {"is_success": True}
