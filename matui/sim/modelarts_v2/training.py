"""Fine-tuning metrics, event categories and quotas of training."""

from __future__ import annotations

import math
from typing import Any

from matui.base.formatting import format_iso_utc
from matui.sim.modelarts_v2.jobs import find
from matui.sim.server.requests import ApiRequest
from matui.sim.server.responses import ApiError
from matui.sim.world.entities.jobs import LIVE, Version
from matui.sim.world.random import derive_noise
from matui.sim.world.world import World

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


def list_event_categories(world: World, request: ApiRequest) -> dict[str, Any]:  # noqa: ARG001
    """GET training-event-categories."""
    request.query.choice("flavor_type", ("CPU", "GPU", "Ascend"))
    return {
        "event-categories": [
            {"id": key, "name": key.removeprefix("Job"), "description": words, "notification": True}
            for key, words in _CATEGORIES
        ]
    }


def show_quotas(world: World, request: ApiRequest) -> dict[str, Any]:
    """GET training-quotas."""
    request.query.choice("resource", ("job-num",))
    used = sum(1 for job in world.jobs if job.versions and job.status(world.now) in LIVE)
    return {"quotas": [{"resource": "job-num", "quota": _JOB_QUOTA, "used": used}]}


def show_ft_metrics(world: World, request: ApiRequest) -> dict[str, Any]:
    """GET …/ft-metrics: of fine-tuning jobs only."""
    _, version = find(world, request)
    if not version.tuned:
        raise ApiError("2758", "The training job is not a fine-tuning job.", status=404)
    spent = version.duration(world.now)
    done = min(_STEPS, spent // _STEP_MS)
    steps = range(max(1, done - _MAX_POINTS + 1), done + 1)
    train, evaluated = _series(version, steps, 0.0), _series(version, [s for s in steps if s % 10 == 0], 0.12)
    left_s = (_STEPS - done) * _STEP_MS // 1000
    return {
        "loss": [{"step": step, "loss": value} for step, value in train],
        "eval_loss": [{"step": step, "loss": value} for step, value in evaluated],
        "training_info": {"total_steps": _STEPS, "current_step": done, "estimated_remaining_time": left_s},
        "train_process": round(100 * done / _STEPS, 1),
        "data": {
            "format_version": "1.0",
            "timestamp": format_iso_utc(world.now),
            "metrics": [_metric("train_loss", train), _metric("val_loss", evaluated)],
        },
    }


def _series(version: Version, steps: Any, more: float) -> list[tuple[int, float]]:
    return [
        (step, round(0.9 + more + 2.4 * math.exp(-step / 300) + 0.08 * derive_noise(version.seed, step), 4))
        for step in steps
    ]


def _metric(name: str, points: list[tuple[int, float]]) -> dict[str, Any]:
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
