"""Operations on training jobs: v2 returns the newest version of each job, under an id of its own."""

from __future__ import annotations

from typing import Any

from matui.sim.modelarts_v1.job_serializers import make_default_inputs
from matui.sim.modelarts_v2.requests import StatusResponse, select_in_workspace
from matui.sim.server.requests import ApiError, ApiRequest
from matui.sim.world.catalog import ENGINES, SPECS
from matui.sim.world.entities.jobs import (
    CANCELED,
    COMPLETED,
    FAILED,
    KILLED,
    KILLING,
    LOST,
    RUNNING,
    STOPPABLE,
    WAITING,
    SimJob,
    SimRecovery,
    Version,
)
from matui.sim.world.random import derive_noise, derive_uuid
from matui.sim.world.world import World, find_pool, make_job_id, make_pool_id

_PHASES = {
    WAITING: ("Pending", "Queuing"),
    RUNNING: ("Running", "Running"),
    KILLING: ("Terminating", "Terminating"),
    COMPLETED: ("Completed", "Completed"),
    FAILED: ("Failed", "Failed"),
    KILLED: ("Terminated", "Terminated"),
    CANCELED: ("Terminated", "Terminated"),
    LOST: ("Abnormal", "Lost"),
    3: ("Failed", "CreateFailed"),
    5: ("Failed", "CreateFailed"),
    15: ("Running", "Running"),
}
_SORTS = ("create_time", "job_name", "status")
_OPERATORS = ("between", "like", "in", "not")
_METRICS = {"cpuUsage": 92.0, "memUsage": 70.0, "gpuUtil": 99.0, "gpuMemUsage": 96.0}
_IDLE_METRICS = {"gpuUtil": 3.0, "gpuMemUsage": 21.0}
_MAX_POINTS = 120
TOPIC = "urn:smn:cn-north-4:0123456789abcdef0123456789abcdef:training"


def make_v2_id(world: World, job: SimJob) -> str:
    return make_job_id(world.seed, job)


def find(world: World, request: ApiRequest) -> tuple[SimJob, Version]:
    """Return the job of the path with its newest version. Raises ApiError 2758."""
    wanted = request.path["job_id"]
    job = next((job for job in world.jobs if job.versions and make_v2_id(world, job) == wanted), None)
    if job is None:
        raise ApiError("2758", f"The training job {wanted} does not exist.", status=404)
    return job, job.versions[-1]


def find_task(world: World, request: ApiRequest) -> tuple[SimJob, Version, int]:
    """Return the job, the version and the rank of the task of the path. Raises ApiError 2759."""
    job, version = find(world, request)
    names = list_task_names(version, world.now)
    if request.path["task"] not in names:
        raise ApiError("2759", f"The task {request.path['task']} does not exist.", status=404)
    return job, version, names.index(request.path["task"])


def list_task_names(version: Version, now: int) -> list[str]:
    """Return the names of the tasks, none before the run starts."""
    started = version.started
    begun = (started is not None and started <= now) or bool(version.extra)
    return [f"worker-{rank}" for rank in range(version.workers)] if begun else []


def search(world: World, request: ApiRequest) -> dict[str, Any]:
    body = request.parse_fields()
    offset, limit = body.get_integer("offset", 0, 0), body.get_integer("limit", 50, 1, 50)
    field = body.get_choice("sort_by", _SORTS, "create_time") or "create_time"
    order = body.get_choice("order", ("asc", "desc"), "desc") or "desc"
    workspace = body.get_text("workspace_id", "")
    rows = [job for job in select_in_workspace(world, world.jobs, workspace) if job.versions]
    asked = [one.data for one in body.list_children("filters")]
    matching = [job for job in rows if all(_matches(world, job, condition) for condition in asked)]
    keys = {"create_time": lambda job: (job.created, job.id), "job_name": lambda job: (job.name, job.id)}
    matching.sort(
        key=keys.get(field, lambda job: (job.compute_status(world.now), job.id)), reverse=order == "desc"
    )
    shown = matching[offset : offset + limit]
    return {
        "total": len(rows),
        "count": len(matching),
        "limit": limit,
        "offset": offset,
        "sort_by": field,
        "order": order,
        "group_by": "",
        "workspace_id": workspace or "0",
        "ai_project": "default-ai-project",
        "items": [serialize(world, job, job.versions[-1]) for job in shown],
    }


def _matches(world: World, job: SimJob, condition: dict[str, Any]) -> bool:
    key, operator, values = (condition.get(name) for name in ("key", "operator", "value"))
    if operator not in _OPERATORS or not isinstance(values, list) or not isinstance(key, str) or not key:
        raise ApiError("0107", "A filter needs a key, an operator and a list of values.")
    held = {
        "name": job.name,
        "phase": get_phases(job.compute_status(world.now))[0],
        "create_time": job.created,
    }
    if key not in held:
        raise ApiError("0107", f"The filter key {key} is not supported.")
    value = held[key]
    if operator == "between":
        if len(values) != 2 or not all(str(one).isascii() and str(one).isdigit() for one in values):
            raise ApiError("0107", "The operator between needs two times in ms.")
        return int(values[0]) <= job.created <= int(values[1])
    if operator == "like":
        return any(str(one) in str(value) for one in values)
    return (str(value) in map(str, values)) is (operator == "in")


def get_phases(status: int) -> tuple[str, str]:
    """Return the phase and the secondary phase of a status number."""
    return _PHASES.get(status, ("Creating", "Creating"))


def show(world: World, request: ApiRequest) -> dict[str, Any]:
    return serialize(world, *find(world, request))


def serialize(world: World, job: SimJob, version: Version) -> dict[str, Any]:
    """Return a job, the same in searches and details."""
    asked = version.body.get("metadata", {})
    return {
        "kind": "job",
        "metadata": {
            "id": make_v2_id(world, job),
            "name": job.name,
            "workspace_id": job.workspace,
            "description": job.description,
            "create_time": job.created,
            "user_name": world.user[1],
            "annotations": asked.get("annotations") or {"job_template": "Template DL"},
            "training_experiment_reference": _serialize_experiment(version),
        },
        "status": _serialize_status(version, world.now),
        "algorithm": _serialize_algorithm(job, version),
        "spec": _serialize_spec(world, version),
    }


def _serialize_status(version: Version, now: int) -> dict[str, Any]:
    state = version.timeline.find_state_at(now)
    phase, secondary = get_phases(state)
    tasks = list_task_names(version, now)
    started, ended = version.started, version.ended
    begun = started is not None and started <= now
    over = ended is not None and ended <= now
    code = {COMPLETED: 0, FAILED: 1}.get(state, 137)
    why = "" if state == COMPLETED else "the main process has ended"
    return {
        "phase": phase,
        "secondary_phase": secondary,
        "duration": version.compute_duration(now),
        "start_time": started if begun else None,
        "node_count_metrics": [[now, version.workers if phase == "Running" else 0]],
        "tasks": tasks,
        "task_statuses": [
            {"task": task, "exit_code": exit_code, "message": words}
            for rank, task in enumerate(tasks)
            if over
            for exit_code, words in (version.exits.get(rank, (code, why)),)
        ],
        "running_records": _list_records(version, now, why if over else "", tasks),
    }


def run_spans(version: Version, now: int) -> list[tuple[int | None, int | None]]:
    """Return start and end of each run in ms, oldest first: a fault ends one, its recovery begins the next.

    The end of the last one is None while it goes on.
    """
    started, ended = version.started, version.ended
    if started is None or started > now:
        return []
    if version.timeline.find_state_at(now) == WAITING:
        ended = version.timeline.find_entry_time(now)
    spans: list[tuple[int | None, int | None]] = []
    begun = started
    for one in _list_restarts(version):
        spans.append((begun, one.at))
        begun = one.at if one.ended is None else one.ended
    return [*spans, (begun, ended if ended is not None and ended <= now else None)]


def _list_restarts(version: Version) -> list[SimRecovery]:
    """Return the recoveries after which a run began."""
    return [one for one in version.recoveries if one.result == "success"]


def _list_records(version: Version, now: int, why: str, tasks: list[str]) -> list[dict[str, Any]]:
    spans, faults = run_spans(version, now), [(one,) for one in _list_restarts(version)]
    open_faults = tuple(one for one in version.recoveries if one.result != "success" and one.at <= now)
    guilty = tasks[min(version.exits, default=0)] if tasks else ""
    return [
        _serialize_run(turn, span, faults[turn] if turn < len(faults) else open_faults, why, guilty)
        for turn, span in enumerate(spans)
    ]


def _serialize_run(
    turn: int, span: tuple[int | None, int | None], fault: tuple[SimRecovery, ...], why: str, task: str
) -> dict[str, Any]:
    """Return a run; ``task`` is the one that it ended of."""
    begun, ended = span
    reason = fault[0].reason if fault and ended is not None else why
    return {
        "start_at": (begun or 0) // 1000,
        "end_at": ended // 1000 if ended is not None else None,
        "start_type": "init_or_rescheduled" if not turn else "restarted",
        "end_reason": reason if ended is not None else None,
        "end_related_task": (fault[0].task if fault else task) if ended is not None and reason else None,
        "end_recover": fault[0].how if fault and ended is not None else None,
        "recover_records": [
            {
                "recover_start_at": one.at // 1000,
                "recover_end_at": None if one.ended is None else one.ended // 1000,
                "recover": one.how,
                "fault_scenario": one.fault,
                "reason": one.reason,
                "related_task": one.task,
                "recover_result": one.result,
            }
            for one in fault
        ],
    }


def _serialize_experiment(version: Version) -> dict[str, Any] | None:
    given: dict[str, Any] | None = version.body.get("metadata", {}).get("training_experiment_reference")
    if given:
        return {"name": "", "serial_number": "1"} | given
    name = version.experiment
    return {"id": make_experiment_id(name), "name": name, "serial_number": "1"} if name else None


def make_experiment_id(name: str) -> str:
    return derive_uuid("experiment", name)


def _serialize_algorithm(job: SimJob, version: Version) -> dict[str, Any]:
    if version.body:
        sent: dict[str, Any] = version.body["algorithm"]
        environments = sent.get("environments") or {}
        return sent | {"environments": [environments], "engine": _expand_engine(sent.get("engine") or {})}
    asked = make_default_inputs(job.name, version) | version.config
    engine = ENGINES.get(version.engine) or ENGINES[1]
    return {
        "code_dir": asked.get("app_url"),
        "boot_file": asked.get("boot_file_url"),
        "command": asked.get("user_command") or "",
        "parameters": [
            {"name": one.get("label"), "value": str(one.get("value")), "description": ""}
            for one in asked.get("parameter") or []
        ],
        "inputs": [_serialize_channel("data_url", asked.get("data_url"))],
        "outputs": [_serialize_channel("train_url", asked.get("train_url"))],
        "engine": {
            "engine_id": f"{engine.name.lower()}-{engine.id}",
            "engine_name": engine.name,
            "engine_version": engine.version,
            "image_url": asked.get("user_image_url") or "",
        },
        "environments": [{"NCCL_DEBUG": "INFO"}],
    }


def _expand_engine(sent: dict[str, Any]) -> dict[str, Any]:
    known = next((e for e in ENGINES.values() if f"{e.name.lower()}-{e.id}" == sent.get("engine_id")), None)
    full = {"engine_name": known.name, "engine_version": known.version} if known else {}
    return {"engine_id": "", "engine_name": "", "engine_version": "", "image_url": ""} | full | sent


def _serialize_channel(name: str, url: Any) -> dict[str, Any]:
    return {"name": name, "local_dir": f"/home/ma-user/{name}", "remote": {"obs": {"obs_url": url or ""}}}


def _serialize_spec(world: World, version: Version) -> dict[str, Any]:
    spec = SPECS.get(version.spec) or SPECS[1]
    pool_id, pool_name = _find_pool(world, version)
    return {
        "resource": {
            "policy": "regular",
            "flavor_id": spec.code,
            "flavor_name": f"{spec.core} vCPUs {spec.memory} GiB",
            "node_count": version.workers,
            "pool_id": pool_id,
            "pool_name": pool_name,
        },
        "volumes": [],
        "log_export_path": {"obs_url": "/ml-platform-logs/", "host_path": ""},
        "schedule_policy": {"priority": version.priority, "preemptible": False},
        **_serialize_requested_spec(version),
        "notification": {"topic_urn": TOPIC, "events": list(version.notify)} if version.notify else None,
    }


def _serialize_requested_spec(version: Version) -> dict[str, Any]:
    """Return what a request for a job stated and the cloud repeats."""
    sent = version.body.get("spec", {})
    return {name: sent[name] for name in ("volumes", "log_export_path", "auto_stop") if name in sent}


def _find_pool(world: World, version: Version) -> tuple[str, str]:
    """Return id and name of the pool; a world without pools has one that jobs of several nodes name."""
    pool = find_pool(world, version)
    if pool is not None:
        return make_pool_id(pool), pool.name
    return ("pool9928813f", "p100") if version.workers > 1 else ("", "")


def list_tasks(world: World, request: ApiRequest) -> list[dict[str, Any]]:
    """GET …/tasks: an array at the top level."""
    _, version = find(world, request)
    request.query.get_integer("schedule_count", 1, 1)
    return [
        {"task": task, "ip": f"172.16.0.{rank + 10}", "host_ip": f"192.168.20.{rank}", "schedule_count": 1}
        for rank, task in enumerate(list_task_names(version, world.now))
    ]


def show_metrics(world: World, request: ApiRequest) -> dict[str, Any]:
    """GET …/metrics/{task}: one mean a minute, without timestamps."""
    _, version, rank = find_task(world, request)
    last = version.compute_duration(world.now) // 60_000
    minutes = range(max(0, last - _MAX_POINTS + 1), last + 1)
    hung = last if version.hung is None else version.compute_duration(version.hung) // 60_000
    seed = version.seed + rank * 7
    peaks = _METRICS | _IDLE_METRICS if version.idle else _METRICS
    return {
        "metrics": [
            {
                "metric": name,
                "value": [
                    round(most * (0.7 + 0.3 * derive_noise(seed + turn, min(m, hung))), 2) for m in minutes
                ],
            }
            for turn, (name, most) in enumerate(peaks.items())
        ]
    }


def update(world: World, request: ApiRequest) -> dict[str, Any]:
    """PUT one job: its description, and its priority in a dedicated resource pool."""
    job, version = find(world, request)
    body = request.parse_fields()
    policy = body.get_child("spec").get_child("schedule_policy")
    priority = policy.get_integer("priority", version.priority, 1, 3)
    if "priority" in policy and version.workers < 2:
        raise ApiError("2763", "Only jobs in a dedicated resource pool have a priority.")
    job.description = body.get_text("description", job.description, max_length=256)
    version.priority = priority
    return serialize(world, job, version)


def terminate(world: World, request: ApiRequest) -> StatusResponse:
    job, version = find(world, request)
    body = request.parse_fields()
    body.require("action_type")
    body.get_choice("action_type", ("terminate",))
    state = version.timeline.find_state_at(world.now)
    if state not in STOPPABLE:
        raise ApiError("2763", f"The training job in the {get_phases(state)[0]} state cannot be terminated.")
    version.stop(world.now)
    return StatusResponse(serialize(world, job, version))


def delete(world: World, request: ApiRequest) -> StatusResponse:
    """DELETE one job with all of its versions."""
    job, version = find(world, request)
    if version.timeline.find_state_at(world.now) == KILLING:
        raise ApiError("2763", "The training job in the Terminating state cannot be deleted.")
    world.jobs.remove(str(job.id))
    return StatusResponse(None)
