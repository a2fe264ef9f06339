"""The Qianfan operations, V2 by ``Action``, V1 by path, always POST; strict verification of bce-auth-v1."""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256
from typing import Any
from urllib.parse import quote, unquote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from matui.base.text.formatting import format_iso_utc
from matui.sim.qianfan.world import (
    DONE,
    FAILED,
    RUNNING,
    STOPPED,
    WAITING,
    QianfanWorld,
    SimQianfanJob,
    Task,
    V1Run,
)
from matui.sim.server.requests import PeerApiError

_MAX_SKEW_S = 15 * 60
_HEADER = re.compile(
    r"bce-auth-v1/([^/]+)/(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)/(\d{1,7})/([a-z0-9;-]*)/([0-9a-f]{64})\Z"
)
_DEFAULT_HEADERS = {"host", "content-md5", "content-length", "content-type"}
_BEIJING = timezone(timedelta(hours=8))
_ZERO, _V1_ZERO = "0000-00-00T00:00:00Z", "0000-00-00 00:00:00"
_LINK = "https://console.bce.baidu.com/qianfan/visualdl/index?displayToken="
_V1_STATUSES = {WAITING: "RUNNING", RUNNING: "RUNNING", DONE: "FINISH", STOPPED: "STOP", FAILED: "FAIL"}
_SCORES = (("BLEU-4", 1.0), ("ROUGE-1", 1.25), ("ROUGE-2", 0.8), ("ROUGE-L", 1.1))
_V1_ERRORS = {18: "Open api qps request limit reached", 500000: "internal error", 500001: "param invalid"}


def check_bce(world: QianfanWorld, request: Request, now_s: float) -> None:
    """Verify the signature of a request at ``now_s`` (seconds since the epoch). Raises PeerApiError."""
    found = _HEADER.match(request.headers.get("authorization", ""))
    if found is None:
        raise PeerApiError(400, "InvalidHTTPAuthHeader", "The Authorization header is missing or malformed.")
    access, date, valid, listed, signature = found.groups()
    _check_time(date, int(valid), now_s)
    names = set(listed.split(";")) if listed else _list_default_names(request)
    if "host" not in names:
        raise PeerApiError(400, "InvalidHTTPAuthHeader", "host must be signed.")
    secret = _find_secret(world, access, request, names)
    prefix = f"bce-auth-v1/{access}/{date}/{valid}"
    key = hmac.new(secret.encode(), prefix.encode(), sha256).hexdigest()
    made = hmac.new(key.encode(), _build_canonical(request, names).encode(), sha256).hexdigest()
    if not hmac.compare_digest(made, signature):
        raise PeerApiError(403, "SignatureDoesNotMatch", "The request signature we calculated differs.")


def _list_default_names(request: Request) -> set[str]:
    return {name for name in request.headers if name in _DEFAULT_HEADERS or name.startswith("x-bce-")}


def _check_time(date: str, valid_s: int, now_s: float) -> None:
    try:
        sent = datetime.strptime(date, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC).timestamp()
    except ValueError:
        raise PeerApiError(400, "InvalidHTTPAuthHeader", "The time of the signature is none.") from None
    if now_s > sent + valid_s or now_s < sent - _MAX_SKEW_S:
        raise PeerApiError(400, "RequestExpired", "Request has expired.")


def _find_secret(world: QianfanWorld, access: str, request: Request, names: set[str]) -> str:
    if access in world.keys:
        return world.keys[access]
    if access not in world.temporary:
        raise PeerApiError(403, "InvalidAccessKeyId", "The Access Key ID does not exist.")
    secret, token = world.temporary[access]
    if request.headers.get("x-bce-security-token") != token or "x-bce-security-token" not in names:
        raise PeerApiError(400, "InvalidSessionToken", "The session token is missing, wrong or unsigned.")
    return secret


def _build_canonical(request: Request, names: set[str]) -> str:
    raw = request.scope.get("raw_path") or quote(request.scope["sim.path"]).encode()
    path = raw.split(b"?")[0].decode("latin-1")
    lines = []
    for name in names:
        value = request.headers.get(name, "").strip()
        if value:
            lines.append(f"{_encode(name)}:{_encode_bytes(value.encode('latin-1'))}")
    query = _build_canonical_query(request.scope["query_string"].decode("latin-1"))
    return "\n".join([request.method, path, query, "\n".join(sorted(lines))])


def _build_canonical_query(raw: str) -> str:
    pairs = [part.partition("=") for part in raw.split("&") if part]
    return "&".join(sorted(f"{_encode(unquote(key))}={_encode(unquote(value))}" for key, _, value in pairs))


def _encode(text: str) -> str:
    return quote(text, safe="-_.~")


def _encode_bytes(value: bytes) -> str:
    return quote(value, safe="-_.~")


def format_date(ms: int | None) -> str:
    """Return ms since the epoch in the format of V2, zeros for None."""
    return format_iso_utc(ms) or _ZERO


def serialize_job(job: SimQianfanJob) -> dict[str, Any]:
    """Return an item of DescribeFineTuningJobs, which has no state."""
    return {
        "jobId": job.id,
        "name": job.name,
        "description": f"fine-tuning of {job.model}",
        "model": job.model,
        "trainMode": job.mode,
        "createDate": format_date(job.created),
    }


def serialize_task(world: QianfanWorld, job: SimQianfanJob, task: Task, now: int) -> dict[str, Any]:
    """Return a task; its fields depend on its state."""
    state = task.timeline.find_state_at(now)
    view: dict[str, Any] = {
        "taskId": task.id,
        "jobId": job.id,
        "jobName": job.name,
        "jobDescription": f"fine-tuning of {job.model}",
        "model": job.model,
        "trainMode": job.mode,
        "parameterScale": "LoRA",
        "runStatus": "" if world.nameless else state,
        "vdlLink": _LINK + task.id,
        "createDate": format_date(task.created),
        "finishDate": format_date(task.find_end(now)),
        "hyperParameterConfig": {"epoch": 3, "learningRate": 0.0003, "maxSeqLen": 4096},
    }
    progress = task.compute_progress(now)
    if progress is not None:
        view["runProgress"] = f"{progress}%"
    if state == DONE:
        view["metrics"] = {name: f"{min(99.9, task.score * factor):.2f}%" for name, factor in _SCORES}
    if state in (DONE, RUNNING):
        view["checkpointList"] = _serialize_checkpoints(task, 10 if state == DONE else (progress or 0) // 10)
    return view


def _serialize_checkpoints(task: Task, count: int) -> list[dict[str, Any]]:
    return [
        {
            "step": 64 * turn,
            "trainingLoss": round(2.4 / (turn**0.5) + task.score / 400, 4),
            "perplexity": round(9.5 / (turn**0.4), 3),
        }
        for turn in range(1, count + 1)
    ]


def serialize_v1_run(run: V1Run, now: int) -> dict[str, Any]:
    """Return the result of V1's jobDetail: Beijing time without a zone, ``finishtime`` in lower case."""
    state, began = run.timeline.find_state_at(now), run.timeline.steps[0][0]
    ended = run.timeline.find_entry_time(now) if state in (DONE, STOPPED, FAILED) else None
    seconds = ((ended or now) - began) // 1000
    ends = run.timeline.steps[-1][0]
    return {
        "id": run.job_id,
        "description": "kept from before V2",
        "taskId": run.task_id,
        "taskName": run.name,
        "version": 1,
        "jobRunType": 1,
        "increConfig": {"taskId": 362, "jobId": 1264},
        "trainType": "ernieBotLite-v200",
        "trainMode": "SFT",
        "peftType": "ALL",
        "trainStatus": _V1_STATUSES[state],
        "startTime": _format_v1_time(began),
        "finishtime": _format_v1_time(ended),
        "runTime": seconds,
        "trainTime": max(0, seconds - 60),
        "progress": 99 if state == DONE else min(98, 100 * (now - began) // max(1, ends - began)),
        "vdlLink": f"{_LINK}{run.job_id}",
    }


def _format_v1_time(ms: int | None) -> str:
    if ms is None:
        return _V1_ZERO
    return datetime.fromtimestamp(ms / 1000, _BEIJING).strftime("%Y-%m-%d %H:%M:%S")


def build_qianfan_routes() -> list[Route]:
    """Return the routes of V2 and V1."""
    return [
        Route("/v2/finetuning", _serve_v2, methods=["POST"]),
        Route("/wenxinworkshop/finetune/{name}", _serve_v1, methods=["POST"]),
    ]


async def _serve_v2(request: Request) -> Response:
    world: QianfanWorld = request.app.peers.qianfan
    try:
        _check(request)
        call = _CALLS.get(request.query_params.get("Action", ""))
        if call is None:
            raise PeerApiError(400, "InvalidAction", "The Action is unknown.")
        result = call(world, _parse_fields(await request.body()), request.app.world.now)
    except PeerApiError as error:
        return _build_error_response(request, error)
    body = result if world.bare and isinstance(result, dict) else {"result": result}
    return _respond(request, {"requestId": request.scope["sim.request_id"]} | body)


async def _serve_v1(request: Request) -> Response:
    world: QianfanWorld = request.app.peers.qianfan
    now = request.app.world.now
    try:
        _check(request)
    except PeerApiError as error:
        return _build_error_response(request, error)
    if world.failing:
        return _build_v1_error(request, world.failing.pop(0))
    try:
        fields = _parse_fields(await request.body())
    except PeerApiError:
        return _build_v1_error(request, 500001)
    run = _find_v1_run(world, fields)
    name = request.path_params["name"]
    if run is None or name not in ("jobDetail", "stopJob"):
        return _build_v1_error(request, 500001)
    result: Any = serialize_v1_run(run, now)
    if name == "stopJob":
        result = run.timeline.find_state_at(now) not in (DONE, STOPPED, FAILED)
        if result:
            run.timeline.replan(now, (0, STOPPED))
    return _respond(request, {"log_id": request.scope["sim.request_id"][:10], "result": result})


def _find_v1_run(world: QianfanWorld, fields: Mapping[str, Any]) -> V1Run | None:
    task_id, job_id = fields.get("taskId"), fields.get("jobId")
    if type(task_id) is not int or type(job_id) is not int:
        return None
    return world.v1_runs.get((task_id, job_id))


def _check(request: Request) -> None:
    if request.app.auth is not None:
        now_s = request.app.world.clock.now() + request.app.faults.skew_s
        check_bce(request.app.peers.qianfan, request, now_s)
    if not request.headers.get("content-type", "").startswith("application/json"):
        raise PeerApiError(400, "InvalidHTTPRequest", "The Content-Type must be application/json.")


def _parse_fields(payload: bytes) -> dict[str, Any]:
    try:
        fields = json.loads(payload)
    except ValueError:
        raise PeerApiError(400, "MalformedJSON", "The body is not valid JSON.") from None
    if not isinstance(fields, dict):
        raise PeerApiError(400, "InappropriateJSON", "The body is not an object.")
    return fields


def _respond(request: Request, body: dict[str, Any], status: int = 200, **headers: str) -> Response:
    sent = {"X-Bce-Request-Id": request.scope["sim.request_id"]}
    sent |= {name.replace("_", "-"): value for name, value in headers.items()}
    text = json.dumps(body, ensure_ascii=False).encode()
    return Response(text, status, sent, media_type="application/json;charset=UTF-8")


def _build_error_response(request: Request, error: PeerApiError) -> Response:
    body = {"requestId": request.scope["sim.request_id"], "code": error.code, "message": error.message}
    return _respond(request, body, error.status)


def _build_v1_error(request: Request, code: int) -> Response:
    return _respond(request, {"error_code": code, "error_msg": _V1_ERRORS.get(code, "error")})


def _read_text(fields: Mapping[str, Any], name: str) -> str:
    value = fields.get(name)
    if not isinstance(value, str) or not value:
        raise PeerApiError(400, "InvalidParameter", f"{name} is missing or no text.")
    return value


def _find_job(world: QianfanWorld, fields: Mapping[str, Any]) -> SimQianfanJob:
    job = world.jobs.get(_read_text(fields, "jobId"))
    if job is None:
        raise PeerApiError(404, "JobNotFound", "The job does not exist.")
    return job


def _find_task(world: QianfanWorld, fields: Mapping[str, Any]) -> tuple[SimQianfanJob, Task]:
    found = world.find_task(_read_text(fields, "taskId"))
    if found is None:
        raise PeerApiError(404, "TaskNotFound", "The task does not exist.")
    return found


def _serialize_page(
    rows: Sequence[dict[str, Any]], key: str, name: str, fields: Mapping[str, Any]
) -> dict[str, Any]:
    """Return a page by marker, the id of the first row of that page. Raises PeerApiError."""
    most, marker = fields.get("maxKeys", 10), fields.get("marker", "")
    if type(most) is not int or not 1 <= most <= 100:
        raise PeerApiError(400, "InvalidParameter", "maxKeys must be a number from 1 to 100.")
    ids = [row[key] for row in rows]
    if marker and marker not in ids:
        raise PeerApiError(400, "InvalidParameter", "The marker is invalid.")
    start = ids.index(marker) if marker else 0
    info: dict[str, Any] = {"marker": marker, "maxKeys": most, "isTruncated": start + most < len(rows)}
    if info["isTruncated"]:
        info["nextMarker"] = ids[start + most]
    return {name: rows[start : start + most], "pageInfo": info}


def _list_jobs(world: QianfanWorld, fields: Mapping[str, Any], now: int) -> dict[str, Any]:  # noqa: ARG001
    """List jobs by model and training mode (``trainModel`` in the vendor's SDK), newest first."""
    _require_known(fields, ("trainMode", "trainModel", "model", "marker", "maxKeys", "pageReverse"))
    reverse = fields.get("pageReverse") or False
    if not isinstance(reverse, bool):
        raise PeerApiError(400, "InvalidParameter", "pageReverse must be a boolean.")
    jobs = sorted(world.jobs.values(), key=lambda job: job.created, reverse=world.newest_last is reverse)
    mode, model = fields.get("trainMode") or fields.get("trainModel"), fields.get("model")
    asked = [job for job in jobs if mode in (None, job.mode) and model in (None, job.model)]
    return _serialize_page([serialize_job(job) for job in asked], "jobId", "jobList", fields)


def _require_known(fields: Mapping[str, Any], known: Collection[str]) -> None:
    unknown = set(fields) - set(known)
    if unknown:
        raise PeerApiError(400, "InvalidParameter", f"Unknown parameter: {min(unknown)}.")


def _list_tasks(world: QianfanWorld, fields: Mapping[str, Any], now: int) -> dict[str, Any]:
    job = _find_job(world, fields)
    tasks = job.tasks if world.newest_last else job.tasks[::-1]
    return _serialize_page(
        [serialize_task(world, job, task, now) for task in tasks], "taskId", "taskList", fields
    )


def _show_task(world: QianfanWorld, fields: Mapping[str, Any], now: int) -> dict[str, Any]:
    return serialize_task(world, *_find_task(world, fields), now)


def _stop_task(world: QianfanWorld, fields: Mapping[str, Any], now: int) -> bool:
    _found, task = _find_task(world, fields)
    if task.find_end(now) is not None:
        return False
    task.timeline.replan(now, (0, STOPPED))
    return True


def _delete_task(world: QianfanWorld, fields: Mapping[str, Any], now: int) -> bool:
    job, task = _find_task(world, fields)
    _require_not_running(task, now)
    job.tasks.remove(task)
    return True


def _delete_job(world: QianfanWorld, fields: Mapping[str, Any], now: int) -> bool:
    job = _find_job(world, fields)
    for task in job.tasks:
        _require_not_running(task, now)
    del world.jobs[job.id]
    return True


def _require_not_running(task: Task, now: int) -> None:
    if task.timeline.find_state_at(now) == RUNNING:
        raise PeerApiError(409, "OperationNotAllowed", "A running task cannot be deleted; stop it first.")


_CALLS: dict[str, Callable[[QianfanWorld, Mapping[str, Any], int], Any]] = {
    "DescribeFineTuningJobs": _list_jobs,
    "DescribeFineTuningTasks": _list_tasks,
    "DescribeFineTuningTask": _show_task,
    "StopFineTuningTask": _stop_task,
    "DeleteFineTuningTask": _delete_task,
    "DeleteFineTuningJob": _delete_job,
}
