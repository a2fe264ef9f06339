"""Serializers of Qianfan's records."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

from matui.base.formatting import format_iso_utc
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

_BEIJING = timezone(timedelta(hours=8))
_ZERO, _V1_ZERO = "0000-00-00T00:00:00Z", "0000-00-00 00:00:00"
_LINK = "https://console.bce.baidu.com/qianfan/visualdl/index?displayToken="
_V1_STATUSES = {WAITING: "RUNNING", RUNNING: "RUNNING", DONE: "FINISH", STOPPED: "STOP", FAILED: "FAIL"}
_SCORES = (("BLEU-4", 1.0), ("ROUGE-1", 1.25), ("ROUGE-2", 0.8), ("ROUGE-L", 1.1))


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
    state = task.timeline.state_at(now)
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
        "finishDate": format_date(task.ended(now)),
        "hyperParameterConfig": {"epoch": 3, "learningRate": 0.0003, "maxSeqLen": 4096},
    }
    progress = task.progress(now)
    if progress is not None:
        view["runProgress"] = f"{progress}%"
    if state == DONE:
        view["metrics"] = {name: f"{min(99.9, task.score * factor):.2f}%" for name, factor in _SCORES}
    if state in (DONE, RUNNING):
        view["checkpointList"] = _checkpoints(task, 10 if state == DONE else (progress or 0) // 10)
    return view


def _checkpoints(task: Task, count: int) -> list[dict[str, Any]]:
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
    state, began = run.timeline.state_at(now), run.timeline.steps[0][0]
    ended = run.timeline.entered_at(now) if state in (DONE, STOPPED, FAILED) else None
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
