"""Visualization (TensorBoard) jobs with their operations (5.3)."""

from __future__ import annotations

from typing import Any

from matui.sim.modelarts_v1.jobs import statuses_asked
from matui.sim.server.errors import Refusal
from matui.sim.server.requests import Call, page_of
from matui.sim.world.entities import jobs as j
from matui.sim.world.entities.visualizations import Visualization
from matui.sim.world.random import uuid_of
from matui.sim.world.timeline import Life
from matui.sim.world.world import World

QUOTA = 100
_SORTS = ("job_id", "job_name", "job_desc", "create_time", "status")
_RESTARTABLE = (j.COMPLETED, j.FAILED, j.KILLED, j.CANCELED, j.LOST, j.SUBMIT_FAILED, j.IMAGE_FAILED)


def serialize(job: Visualization, now: int, *, listed: bool) -> dict[str, Any]:
    """Return the record of 5.3.2 (``listed``, with the schedule as an array) or 5.3.3."""
    stop_at = job.life.began(j.KILLING)
    left = stop_at - now if stop_at and stop_at > now and job.life.at(now) == j.RUNNING else None
    record: dict[str, Any] = {
        "job_id": job.id,
        "job_name": job.name,
        "status": job.life.at(now),
        "create_time": job.created,
        "resource_id": uuid_of("visualization", job.id),
        "duration": job.duration(now),
        "job_desc": job.description,
        "service_url": f"https://console.huaweicloud.com/modelarts/tensorboard/{job.id}/",
        "train_url": job.train_url,
        "remaining_duration": left,
    }
    if listed:
        record["schedule"] = (
            [{"type": "stop", "timeUnit": "HOURS", "duration": job.hours}] if job.hours else []
        )
    record.update(job.override)
    for name in job.missing:
        record.pop(name, None)
    return record


def find(world: World, call: Call) -> Visualization:
    """Return the job of the path, or refuse with 0102."""
    job = world.visualizations.get(call.number("job_id"))
    if job is None:
        raise Refusal("0102", f"The visualization job {call.path['job_id']} does not exist.")
    return job


def create(world: World, call: Call) -> dict[str, Any]:
    """5.3.1"""
    body = call.fields()
    name = body.name("job_name", 20)
    description = body.text("job_desc", longest=256)
    body.need("train_url")
    url, workspace = body.text("train_url"), call.workspace_for_new(world, body.text("workspace_id", "0"))
    if any(job.name == name for job in world.visualizations):
        raise Refusal("0103", f"Job name:{name} is existed")
    key = world.next_visualization_id()
    job = Visualization(key, name, Life([(world.now, j.INIT)]), world.now, url, workspace, description)
    job.launch(world.now)
    world.visualizations.add(str(key), job)
    return {
        "is_success": True,
        "job_id": str(key),
        "job_name": name,
        "status": "1",
        "create_time": str(world.now),
    }


def listing(world: World, call: Call) -> dict[str, Any]:
    """5.3.2"""
    query, now = call.query, world.now
    statuses = statuses_asked(call)
    per_page, page = query.integer("per_page", 10, 1, 100), query.integer("page", 1, 1, 65535)
    sort, backwards = query.choice("sortBy", _SORTS, "job_id"), query.descending("asc")
    wanted = query.text("search_content", longest=64).lower()
    workspace = call.workspace_asked(world)
    rows = [job for job in world.visualizations if job.workspace == workspace and wanted in job.name.lower()]
    rows = [job for job in rows if not statuses or job.life.at(now) in statuses]
    rows.sort(key=lambda job: (_sort_value(job, sort, now), job.id), reverse=backwards)
    return {
        "quotas": QUOTA,
        "is_success": True,
        "job_total_count": len(rows),
        "job_count_limit": max(0, QUOTA - len(world.visualizations)),
        "jobs": [serialize(job, now, listed=True) for job in page_of(rows, (page - 1) * per_page, per_page)],
    }


def _sort_value(job: Visualization, sort: str, now: int) -> Any:
    values = {
        "job_name": job.name,
        "job_desc": job.description,
        "create_time": job.created,
        "status": job.life.at(now),
    }
    return values.get(sort, job.id)


def detail(world: World, call: Call) -> dict[str, Any]:
    """5.3.3"""
    return {"is_success": True} | serialize(find(world, call), world.now, listed=False)


def describe(world: World, call: Call) -> dict[str, Any]:
    """5.3.4"""
    job = find(world, call)
    job.description = call.fields().text("job_desc", longest=256)
    return {"is_success": True}


def delete(world: World, call: Call) -> dict[str, Any]:
    """5.3.5"""
    job = find(world, call)
    status = job.life.at(world.now)
    if status == j.KILLING:
        raise Refusal("0105", f"This job can't be delete. job status: {status}")
    world.visualizations.remove(str(job.id))
    return {"is_success": True}


def stop(world: World, call: Call) -> dict[str, Any]:
    """5.3.6"""
    job = find(world, call)
    status = job.life.at(world.now)
    if status not in j.STOPPABLE:
        raise Refusal("0105", f"This job can't be stop. job status: {status}")
    job.life.turn(world.now, (0, j.KILLING), (j.KILL_S, j.KILLED))
    return {"is_success": True}


def restart(world: World, call: Call) -> dict[str, Any]:
    """5.3.7"""
    job = find(world, call)
    status = job.life.at(world.now)
    if status not in _RESTARTABLE:
        raise Refusal("0105", f"This job can't be resubmit. job status: {status}")
    job.launch(world.now)
    return {"is_success": True}
