"""Chapter 5.1: training jobs and their versions, with the rules of their states."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matui.sim.modelarts_v1.job_rules import apply_config, check_config
from matui.sim.modelarts_v1.job_serializers import job_row, version_detail, version_row
from matui.sim.server.errors import Refusal
from matui.sim.server.requests import Call, page_of
from matui.sim.world.entities.jobs import COMPLETED, KILLING, STOPPABLE, Job, Version, fresh_life
from matui.sim.world.random import hex_id
from matui.sim.world.world import World

_SORTS = ("job_name", "job_desc", "status", "duration", "version_count", "create_time")
_LIVE_SORTS = ("status", "duration")
QUOTA = 1000


def find(world: World, call: Call) -> Job:
    """Return the job of the path, or refuse with 0102."""
    job = world.jobs.get(call.number("job_id"))
    if job is None:
        raise Refusal("0102", f"The job {call.path['job_id']} does not exist.")
    return job


def find_version(world: World, call: Call) -> tuple[Job, Version]:
    """Return the job and version of the path, or refuse with 0102."""
    job = find(world, call)
    version = job.version(int(call.number("version_id")))
    if version is None:
        raise Refusal("0102", f"The version {call.path['version_id']} of the job does not exist.")
    return job, version


def create(world: World, call: Call) -> dict[str, Any]:
    """5.1.1"""
    body = call.fields()
    name = body.name("job_name", 64)
    description = body.text("job_desc", longest=256)
    body.need("config")
    fields = body.child("config")
    if "train_url" not in fields.data:
        raise Refusal("0115", "The parameter train_url is mandatory.")
    config = check_config(fields)
    workspace = call.workspace_for_new(world, body.text("workspace_id", "0"))
    if name in world.job_names():
        raise Refusal("0103", f"Job name:{name} is existed")
    if len(world.jobs) >= quota(world):
        raise Refusal("0106", "The maximum number of training jobs has been reached.")
    job = Job(world.next_job_id(), name, world.now, [], workspace, description)
    world.jobs.add(str(job.id), job)
    answer: dict[str, Any] = {"is_success": True, "job_id": str(job.id), "job_name": name, "status": "1"}
    answer |= {"create_time": str(world.now), "version_id": None, "version_name": None}
    if fields.flag("create_version", default=True):
        version = add_version(world, job, config)
        answer |= {"version_id": str(version.id), "version_name": f"V{version.number:04d}"}
    return answer | {"resource_id": f"job{hex_id('resource', job.id, digits=8)}"}


def add_version(world: World, job: Job, config: dict[str, Any]) -> Version:
    """Submit a new version that waits a little, runs for minutes and completes."""
    dice = world.dice("version", job.id, job.next_number())
    life = fresh_life(world.now, dice.uniform(5, 40), dice.uniform(600, 5400), COMPLETED)
    version = Version(world.next_version_id(), job.next_number(), world.now, life, dice.randrange(1 << 30))
    version.gap_us = dice.choice((80_000, 200_000, 450_000))
    apply_config(version, config)
    job.versions.append(version)
    world.jobs.revision += 1
    return version


def quota(world: World) -> int:
    """Return the most jobs there can be."""
    return max(QUOTA, world.scale * 60)


def listing(world: World, call: Call) -> dict[str, Any]:
    """5.1.2"""
    query = call.query
    statuses = statuses_asked(call)
    per_page, page = query.integer("per_page", 10, 1, 1000), query.integer("page", 1, 1, 65535)
    field = query.choice("sortBy", _SORTS, "job_name")
    backwards = query.descending("asc")
    wanted = query.text("search_content", longest=64).lower()
    workspace = call.workspace_asked(world)
    rows: Sequence[Job] = world.sorted_jobs(workspace, field if field not in _LIVE_SORTS else "job_name")
    now = world.now
    if statuses:
        rows = [job for job in rows if job.status(now) in statuses]
    if wanted:
        rows = [job for job in rows if wanted in job.name.lower() or wanted in job.description.lower()]
    if field in _LIVE_SORTS:
        rows = sorted(rows, key=lambda job: job.status(now) if field == "status" else job.duration(now))
    total, offset = len(rows), (page - 1) * per_page
    shown = _tail_first(rows, offset, per_page) if backwards else page_of(rows, offset, per_page)
    return {
        "is_success": True,
        "quotas": quota(world),
        "job_total_count": total,
        "job_count_limit": max(0, quota(world) - len(world.jobs)),
        "jobs": [job_row(job, now) for job in shown],
    }


def _tail_first(rows: Sequence[Job], offset: int, limit: int) -> Sequence[Job]:
    end = max(0, len(rows) - offset)
    return rows[max(0, end - limit) : end][::-1]


def statuses_asked(call: Call) -> set[int]:
    """Return the states ``status`` asks for: one number or several with commas."""
    text = call.query.text("status")
    try:
        asked = {int(part) for part in text.split(",")} if text else set()
    except ValueError:
        asked = {-1}
    if asked - set(range(22)):
        raise Refusal("0107", "The value of status must be a job status between 0 and 21.")
    return asked


def detail(world: World, call: Call) -> dict[str, Any]:
    """5.1.3"""
    job, version = find_version(world, call)
    return version_detail(job, version, world.now)


def delete_version(world: World, call: Call) -> dict[str, Any]:
    """5.1.4; the job goes with its last version."""
    job, version = find_version(world, call)
    _check_deletable(version, world.now)
    job.versions.remove(version)
    world.jobs.revision += 1
    if not job.versions:
        world.jobs.remove(str(job.id))
    return {"is_success": True}


def versions(world: World, call: Call) -> dict[str, Any]:
    """5.1.5; page 0, the default, shows all."""
    job = find(world, call)
    per_page, page = call.query.integer("per_page", 10, 1, 1000), call.query.integer("page", 0, 0, 65535)
    rows = job.versions[::-1]
    shown = page_of(rows, (page - 1) * per_page, per_page) if page else rows
    return {
        "is_success": True,
        "job_id": job.id,
        "job_name": job.name,
        "job_desc": job.description,
        "version_count": len(rows),
        "versions": [version_row(job, version, world.now) for version in shown],
    }


def create_version(world: World, call: Call) -> dict[str, Any]:
    """5.1.6"""
    job = find(world, call)
    body = call.fields()
    if "job_desc" in body:
        job.description = body.text("job_desc", longest=256)
    body.need("config")
    fields = body.child("config")
    fields.need("pre_version_id")
    previous = fields.integer("pre_version_id", lenient=True)
    if job.version(previous) is None:
        raise Refusal("0102", f"The version {previous} of the job does not exist.")
    config = check_config(fields)
    version = add_version(world, job, config)
    version.previous = previous
    return {
        "is_success": True,
        "job_id": job.id,
        "job_name": job.name,
        "status": version.life.at(world.now),
        "create_time": version.created,
        "version_id": version.id,
    }


def stop(world: World, call: Call) -> dict[str, Any]:
    """5.1.7"""
    _, version = find_version(world, call)
    status = version.life.at(world.now)
    if status not in STOPPABLE:
        raise Refusal("0105", f"This job can't be stop. job status: {status}")
    version.stop(world.now)
    return {"is_success": True}


def describe(world: World, call: Call) -> dict[str, Any]:
    """5.1.8"""
    job = find(world, call)
    body = call.fields()
    if not isinstance(body.raw("job_desc"), str):
        raise Refusal("0115", "The parameter job_desc is mandatory.")
    job.description = body.text("job_desc", longest=256)
    world.jobs.revision += 1
    return {"is_success": True}


def delete(world: World, call: Call) -> dict[str, Any]:
    """5.1.9"""
    job = find(world, call)
    for version in job.versions:
        _check_deletable(version, world.now)
    world.jobs.remove(str(job.id))
    return {"is_success": True}


def _check_deletable(version: Version, now: int) -> None:
    status = version.life.at(now)
    if status == KILLING:
        raise Refusal("0105", f"This job can't be delete. job status: {status}")
