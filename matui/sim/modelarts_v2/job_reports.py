"""What a training job reports: stages, events, logs, fine-tuning metrics, and the quotas of training."""

from __future__ import annotations

import math
import re
from typing import Any, NamedTuple

from matui.base.text.formatting import format_iso_utc
from matui.sim.modelarts_v2.jobs import find, find_task, get_phases, make_v2_id, run_spans
from matui.sim.modelarts_v2.requests import require_span
from matui.sim.server.requests import ApiError, ApiRequest
from matui.sim.world.entities.jobs import (
    HANG_SEEN_MS,
    IMAGE_FAILED,
    INIT,
    LIVE,
    NAMES,
    WAITING,
    Notice,
    Version,
)
from matui.sim.world.logs import LogFile, open_log, serialize_cursor_page
from matui.sim.world.random import derive_noise
from matui.sim.world.world import World

_PREPARE_MS = 24_000
MAX_PREVIEW_BYTES = 5 * 1024 * 1024
_LEVELS = ("Info", "Error", "Warning")
_CATEGORIES = (
    ("JobStarted", "The job has started."),
    ("JobCompleted", "The job has completed."),
    ("JobFailed", "The job has failed."),
    ("JobTerminated", "The job was terminated."),
    ("JobRestarted", "The job was restarted after a fault."),
    ("JobHanged", "The job may hang."),
    ("JobPreempted", "The job was preempted."),
)
_JOB_QUOTA = 500
_STEP_MS, _MAX_POINTS, _STEPS = 30_000, 200, 2_000


class _StageStep(NamedTuple):
    name: str
    english: str
    chinese: str


_SCHEDULED = (
    _StageStep(
        "queuing", "The job waits for free cards in the resource pool.", "作业正在等待资源池中的空闲卡。"
    ),
    _StageStep("scheduled", "The nodes are allocated.", "节点已分配。"),
)
_PREPARED = (
    _StageStep("image_pull", "Pulling the image.", "正在拉取镜像。"),
    _StageStep("data_download", "Downloading code and data.", "正在下载代码和数据。"),
)
_PULL_FAILED = _StageStep("image_pull", "Failed to pull the image: not found.", "拉取镜像失败：镜像不存在。")
_RUNNING = (_StageStep("training", "The training has started.", "训练已开始。"),)
_HUNG = _StageStep(
    "hang_detected",
    "The job may hang: I/O and the use of the cards have not changed for 10 minutes.",
    "作业可能卡死：I/O 与加速卡利用率 10 分钟内没有变化。",
)


def list_stages(world: World, request: ApiRequest) -> dict[str, Any]:
    """GET …/stages: a record a run, the newest with the highest number."""
    job, version = find(world, request)
    key = make_v2_id(world, job)
    records = [
        {"record_order": turn, "stages": _list_stages(key, version, begun, ended, world.now)}
        for turn, (begun, ended) in enumerate(run_spans(version, world.now) or [(None, None)], 1)
    ]
    if records and version.timeline.find_state_at(world.now) == WAITING and run_spans(version, world.now):
        queued = version.timeline.find_entry_time(world.now)
        waits = _serialize_stage(key, 1, "scheduling", queued, None, _SCHEDULED[:1])
        records.append({"record_order": len(records) + 1, "stages": [waits]})
    return {"total_count": len(records), "running_records": records}


def _list_stages(
    key: str, version: Version, begun: int | None, ended: int | None, now: int
) -> list[dict[str, Any]]:
    state = version.timeline.find_state_at(now)
    created = next((at for at, step in version.timeline.steps if step == INIT), version.created)
    first = begun is None or begun == version.started
    queued = created if first else (begun or now) - _PREPARE_MS - 6_000
    prepared = None if begun is None else max(queued, begun - _PREPARE_MS)
    if state == IMAGE_FAILED:
        failed = version.timeline.find_entry_time(now)
        return [
            _serialize_stage(key, 1, "scheduling", queued, created + 5_000, _SCHEDULED),
            _serialize_stage(key, 2, "preparing", created + 5_000, failed, (_PULL_FAILED,)),
            _serialize_stage(key, 4, "end", failed, failed, (), "The job has failed.", "作业失败。"),
        ]
    rows = [
        _serialize_stage(key, 1, "scheduling", queued, prepared, _SCHEDULED[: 1 if prepared is None else 2])
    ]
    if prepared is not None:
        rows.append(_serialize_stage(key, 2, "preparing", prepared, begun, _PREPARED))
        hangs = ended is None and version.hung is not None and version.hung + HANG_SEEN_MS <= now
        rows.append(
            _serialize_stage(key, 3, "running", begun, ended, (*_RUNNING, _HUNG) if hangs else _RUNNING)
        )
    if ended is not None and state not in LIVE:
        word = get_phases(state)[0]
        rows.append(
            _serialize_stage(key, 4, "end", ended, ended, (), f"The job is {word}.", f"作业状态：{word}。")
        )
    return rows


def _serialize_stage(
    key: str,
    order: int,
    name: str,
    begun: int | None,
    ended: int | None,
    steps: tuple[_StageStep, ...],
    english: str = "",
    chinese: str = "",
) -> dict[str, Any]:
    last = steps[-1] if steps else _StageStep("", english, chinese)
    return {
        "job_id": key,
        "name": name,
        "en_message": last.english,
        "zh_message": last.chinese,
        "start_time": format_iso_utc(begun),
        "end_time": format_iso_utc(ended),
        "stage_order": order,
        "sub_stages": [
            {
                "name": step.name,
                "en_message": step.english,
                "zh_message": step.chinese,
                "create_time": format_iso_utc(None if begun is None else begun + turn * 2_000),
            }
            for turn, step in enumerate(steps)
        ],
    }


def list_events(world: World, request: ApiRequest) -> dict[str, Any]:
    """GET …/events; ``start_time`` and ``end_time`` are given together."""
    _, version = find(world, request)
    query = request.query
    offset, limit = query.get_integer("offset", 0, 0), query.get_integer("limit", 50, 1, 100)
    descending = query.is_descending("desc")
    level, pattern = query.get_choice("level", _LEVELS), query.get_text("pattern", max_length=256)
    require_span(query)
    rows = [
        row
        for row in _list_events(version, world.now, request.language)
        if (not level or row["level"] == level)
    ]
    rows = [row for row in rows if pattern in row["message"]]
    shown = rows[::-1] if descending else rows
    return {
        "total": len(rows),
        "limit": limit,
        "offset": offset,
        "order": "desc" if descending else "asc",
        "start_time": "",
        "end_time": "",
        "events": shown[offset * limit : (offset + 1) * limit],
    }


def _list_events(version: Version, now: int, language: str) -> list[dict[str, Any]]:
    notices = [_describe_state(at, state) for at, state in version.timeline.steps] + version.notices
    return [
        {
            "time": format_iso_utc(notice.at),
            "level": notice.level,
            "message": notice.chinese if language == "zh-cn" else notice.text,
            "source": "Platform",
        }
        for notice in sorted(notices, key=lambda notice: notice.at)
        if notice.at <= now
    ]


def _describe_state(at: int, state: int) -> Notice:
    phase, secondary = get_phases(state)
    level = "Error" if phase in ("Failed", "Abnormal") else "Info"
    words = NAMES[state].lower().replace("_", " ") if state < len(NAMES) else str(state)
    head = f"[task: worker-0][{secondary}]"
    return Notice(at, level, f"{head} Training job is now {words}.", f"{head} 训练作业状态变为 {phase}。")


def read_lines(world: World, request: ApiRequest) -> dict[str, Any]:
    """GET …/logs/{task}: 1 to 500 lines by cursor."""
    if world.dialect.refuse_aom:
        raise ApiError("0804", "AOM reports an error.", status=500)
    count = request.query.get_integer("lines", 50, 1, 500)
    descending = request.query.is_descending("desc")
    base = request.query.get_text("base_line").strip()
    if base and not re.fullmatch(r"\d{1,19}", base):
        raise ApiError("0107", "The value of base_line is invalid.")
    return serialize_cursor_page(
        _open(world, request), base, count, descending=descending, dialect=world.dialect
    )


def read_preview(world: World, request: ApiRequest) -> dict[str, Any]:
    """GET …/logs/preview: the newest 5 MB."""
    log = _open(world, request)
    full = log.find_offset(len(log))
    data = log.read(max(0, full - MAX_PREVIEW_BYTES), full)
    name = "context" if world.dialect.preview_context else "content"
    return {name: data.decode(errors="replace"), "current_size": len(data), "full_size": full}


def _open(world: World, request: ApiRequest) -> LogFile:
    job, version, rank = find_task(world, request)
    return open_log(job, version, version.list_log_names(job.name)[rank], world.now)


def list_event_categories(world: World, request: ApiRequest) -> dict[str, Any]:  # noqa: ARG001
    request.query.get_choice("flavor_type", ("CPU", "GPU", "Ascend"))
    return {
        "event-categories": [
            {"id": key, "name": key.removeprefix("Job"), "description": words, "notification": True}
            for key, words in _CATEGORIES
        ]
    }


def show_quotas(world: World, request: ApiRequest) -> dict[str, Any]:
    request.query.get_choice("resource", ("job-num",))
    used = sum(1 for job in world.jobs if job.versions and job.compute_status(world.now) in LIVE)
    return {"quotas": [{"resource": "job-num", "quota": _JOB_QUOTA, "used": used}]}


def show_ft_metrics(world: World, request: ApiRequest) -> dict[str, Any]:
    """GET …/ft-metrics: of fine-tuning jobs only."""
    _, version = find(world, request)
    if not version.tuned:
        raise ApiError("2758", "The training job is not a fine-tuning job.", status=404)
    spent = version.compute_duration(world.now)
    done = min(_STEPS, spent // _STEP_MS)
    steps = range(max(1, done - _MAX_POINTS + 1), done + 1)
    train, evaluated = (
        _build_series(version, steps, 0.0),
        _build_series(version, [s for s in steps if s % 10 == 0], 0.12),
    )
    left_s = (_STEPS - done) * _STEP_MS // 1000
    return {
        "loss": [{"step": step, "loss": value} for step, value in train],
        "eval_loss": [{"step": step, "loss": value} for step, value in evaluated],
        "training_info": {"total_steps": _STEPS, "current_step": done, "estimated_remaining_time": left_s},
        "train_process": round(100 * done / _STEPS, 1),
        "data": {
            "format_version": "1.0",
            "timestamp": format_iso_utc(world.now),
            "metrics": [_serialize_metric("train_loss", train), _serialize_metric("val_loss", evaluated)],
        },
    }


def _build_series(version: Version, steps: Any, more: float) -> list[tuple[int, float]]:
    return [
        (step, round(0.9 + more + 2.4 * math.exp(-step / 300) + 0.08 * derive_noise(version.seed, step), 4))
        for step in steps
    ]


def _serialize_metric(name: str, points: list[tuple[int, float]]) -> dict[str, Any]:
    return {
        "name_cn": "训练损失" if name == "train_loss" else "验证损失",
        "name_en": name,
        "des_cn": name,
        "des_en": name,
        "type": "line",
        "group": "training" if name == "train_loss" else "validation",
        "group_by": [],
        "x_axis": "step",
        "tags": ["loss"],
        "unit": "",
        "data": [{"step": step, "value": value} for step, value in points],
    }
