"""Operations on training jobs, their versions and logs (5.1)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from matui.sim.modelarts_v1.configs import apply_config, check_job_config
from matui.sim.modelarts_v1.job_serializers import serialize_job, serialize_version, serialize_version_detail
from matui.sim.server.requests import ApiError, ApiRequest, require_found, slice_page
from matui.sim.world.entities.jobs import COMPLETED, KILLING, STOPPABLE, SimJob, Version, plan_run
from matui.sim.world.logs import LogFile, open_log, serialize_byte_page, serialize_line_page
from matui.sim.world.random import derive_id
from matui.sim.world.world import World

_SORTS = ("job_name", "job_desc", "status", "duration", "version_count", "create_time")
_LIVE_SORTS = ("status", "duration")
QUOTA = 1000


def find(world: World, request: ApiRequest) -> SimJob:
    """Return the job of the path. Raises ApiError 0102."""
    job = world.jobs.get(request.get_number("job_id"))
    return require_found(job, "0102", f"The job {request.path['job_id']} does not exist.")


def find_version(world: World, request: ApiRequest) -> tuple[SimJob, Version]:
    """Return the job and the version of the path. Raises ApiError 0102."""
    job = find(world, request)
    version = job.find_version(int(request.get_number("version_id")))
    if version is None:
        raise ApiError("0102", f"The version {request.path['version_id']} of the job does not exist.")
    return job, version


def create(world: World, request: ApiRequest) -> dict[str, Any]:
    body = request.parse_fields()
    name = body.get_name("job_name", 64)
    description = body.get_text("job_desc", max_length=256)
    body.require("config")
    fields = body.get_child("config")
    if "train_url" not in fields.data:
        raise ApiError("0115", "The parameter train_url is mandatory.")
    config = check_job_config(fields)
    workspace = request.check_new_workspace(world, body.get_text("workspace_id", "0"))
    if name in world.list_job_names():
        raise ApiError("0103", f"Job name:{name} is existed")
    if len(world.jobs) >= get_quota(world):
        raise ApiError("0106", "The maximum number of training jobs has been reached.")
    job = SimJob(world.take_job_id(), name, world.now, [], workspace, description)
    world.jobs.add(str(job.id), job)
    answer: dict[str, Any] = {"is_success": True, "job_id": str(job.id), "job_name": name, "status": "1"}
    answer |= {"create_time": str(world.now), "version_id": None, "version_name": None}
    if fields.get_flag("create_version", default=True):
        version = add_version(world, job, config)
        answer |= {"version_id": str(version.id), "version_name": f"V{version.number:04d}"}
    return answer | {"resource_id": f"job{derive_id('resource', job.id, digits=8)}"}


def add_version(world: World, job: SimJob, config: dict[str, Any]) -> Version:
    """Submit a new version that waits for seconds, runs for minutes and completes."""
    random = world.make_random("version", job.id, job.count_next_version())
    timeline = plan_run(world.now, random.uniform(5, 40), random.uniform(600, 5400), COMPLETED)
    version = Version(
        world.take_version_id(), job.count_next_version(), world.now, timeline, random.randrange(1 << 30)
    )
    version.gap_us = random.choice((80_000, 200_000, 450_000))
    apply_config(version, config)
    job.versions.append(version)
    world.jobs.revision += 1
    return version


def get_quota(world: World) -> int:
    """Return the maximum number of jobs."""
    return max(QUOTA, world.scale * 60)


def list_page(world: World, request: ApiRequest) -> dict[str, Any]:
    query = request.query
    statuses = read_statuses(request)
    per_page, page = query.get_integer("per_page", 10, 1, 1000), query.get_integer("page", 1, 1, 65535)
    field = query.get_choice("sortBy", _SORTS, "job_name")
    descending = query.is_descending("asc")
    wanted = query.get_text("search_content", max_length=64).lower()
    workspace = request.read_workspace_filter(world)
    rows: Sequence[SimJob] = world.sort_jobs(workspace, field if field not in _LIVE_SORTS else "job_name")
    now = world.now
    if statuses:
        rows = [job for job in rows if job.compute_status(now) in statuses]
    if wanted:
        rows = [job for job in rows if wanted in job.name.lower() or wanted in job.description.lower()]
    if field in _LIVE_SORTS:
        rows = sorted(
            rows, key=lambda job: job.compute_status(now) if field == "status" else job.compute_duration(now)
        )
    total, offset = len(rows), (page - 1) * per_page
    shown = _slice_reversed(rows, offset, per_page) if descending else slice_page(rows, offset, per_page)
    return {
        "is_success": True,
        "quotas": get_quota(world),
        "job_total_count": total,
        "job_count_limit": max(0, get_quota(world) - len(world.jobs)),
        "jobs": [serialize_job(job, now) for job in shown],
    }


def _slice_reversed(rows: Sequence[SimJob], offset: int, limit: int) -> Sequence[SimJob]:
    end = max(0, len(rows) - offset)
    return rows[max(0, end - limit) : end][::-1]


def read_statuses(request: ApiRequest) -> set[int]:
    """Return the states of the ``status`` filter: numbers separated by commas."""
    text = request.query.get_text("status")
    try:
        asked = {int(part) for part in text.split(",")} if text else set()
    except ValueError:
        asked = {-1}
    if asked - set(range(22)):
        raise ApiError("0107", "The value of status must be a job status between 0 and 21.")
    return asked


def show(world: World, request: ApiRequest) -> dict[str, Any]:
    job, version = find_version(world, request)
    return serialize_version_detail(job, version, world.now)


def delete_version(world: World, request: ApiRequest) -> dict[str, Any]:
    """Delete a version (5.1.4); the job is deleted with its last version."""
    job, version = find_version(world, request)
    _check_deletable(version, world.now)
    job.versions.remove(version)
    world.jobs.revision += 1
    if not job.versions:
        world.jobs.remove(str(job.id))
    return {"is_success": True}


def list_versions(world: World, request: ApiRequest) -> dict[str, Any]:
    """List the versions of a job (5.1.5); page 0, the default, returns all."""
    job = find(world, request)
    query = request.query
    per_page, page = query.get_integer("per_page", 10, 1, 1000), query.get_integer("page", 0, 0, 65535)
    rows = job.versions[::-1]
    shown = slice_page(rows, (page - 1) * per_page, per_page) if page else rows
    return {
        "is_success": True,
        "job_id": job.id,
        "job_name": job.name,
        "job_desc": job.description,
        "version_count": len(rows),
        "versions": [serialize_version(job, version, world.now) for version in shown],
    }


def create_version(world: World, request: ApiRequest) -> dict[str, Any]:
    job = find(world, request)
    body = request.parse_fields()
    if "job_desc" in body:
        job.description = body.get_text("job_desc", max_length=256)
    body.require("config")
    fields = body.get_child("config")
    fields.require("pre_version_id")
    previous = fields.get_integer("pre_version_id", lenient=True)
    if job.find_version(previous) is None:
        raise ApiError("0102", f"The version {previous} of the job does not exist.")
    config = check_job_config(fields)
    version = add_version(world, job, config)
    version.previous = previous
    return {
        "is_success": True,
        "job_id": job.id,
        "job_name": job.name,
        "status": version.timeline.find_state_at(world.now),
        "create_time": version.created,
        "version_id": version.id,
    }


def stop(world: World, request: ApiRequest) -> dict[str, Any]:
    _, version = find_version(world, request)
    status = version.timeline.find_state_at(world.now)
    if status not in STOPPABLE:
        raise ApiError("0105", f"This job can't be stop. job status: {status}")
    version.stop(world.now)
    return {"is_success": True}


def update_description(world: World, request: ApiRequest) -> dict[str, Any]:
    job = find(world, request)
    body = request.parse_fields()
    if not isinstance(body.get_raw("job_desc"), str):
        raise ApiError("0115", "The parameter job_desc is mandatory.")
    job.description = body.get_text("job_desc", max_length=256)
    world.jobs.revision += 1
    return {"is_success": True}


def delete(world: World, request: ApiRequest) -> dict[str, Any]:
    job = find(world, request)
    for version in job.versions:
        _check_deletable(version, world.now)
    world.jobs.remove(str(job.id))
    return {"is_success": True}


def _check_deletable(version: Version, now: int) -> None:
    status = version.timeline.find_state_at(now)
    if status == KILLING:
        raise ApiError("0105", f"This job can't be delete. job status: {status}")


def list_files(world: World, request: ApiRequest) -> dict[str, Any]:
    """List the log files (5.1.10); none before the run starts."""
    job, version = find_version(world, request)
    started = version.started
    begun = (started is not None and started <= world.now) or version.extra
    return {"is_success": True, "log_file_list": list(version.list_log_names(job.name)) if begun else []}


def _open(world: World, request: ApiRequest) -> LogFile:
    job, version = find_version(world, request)
    name = request.query.require("log_file")
    if name not in version.list_log_names(job.name):
        raise ApiError("0102", f"The log file {name} does not exist.")
    return open_log(job, version, name, world.now)


def read_bytes(world: World, request: ApiRequest) -> dict[str, Any]:
    """Return a page by byte offset (5.1.11)."""
    start = request.query.get_integer("start_byte", 0, -1)
    length = request.query.get_integer("offset", 2048, -2048, 2048)
    return serialize_byte_page(_open(world, request), start, length, world.dialect)


def read_lines(world: World, request: ApiRequest) -> dict[str, Any]:
    """Return a page by line cursor (5.1.13): newer lines for ``desc``, the default, older for ``asc``."""
    if world.dialect.refuse_aom:
        raise ApiError("0804", "AOM reports an error.", status=500)
    lines = request.query.get_integer("lines", 50, 0, 500)
    newer = request.query.is_descending("desc")
    base = request.query.get_text("base_line").strip()
    log = _open(world, request)
    if base and not re.fullmatch(r"\d{1,19}", base):
        raise ApiError("0107", "The value of base_line is invalid.")
    return serialize_line_page(log, base, lines, newer=newer, dialect=world.dialect)
