"""Workspaces and their quotas (chapter 8)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from matui.sim.world.random import derive_id
from matui.sim.world.timeline import Timeline

DELETE_S = 10.0
STATUSES = ("CREATE_FAILED", "NORMAL", "DELETING", "DELETE_FAILED")


class QuotaKind(NamedTuple):
    """A kind of quota with its minimum ``low`` and maximum ``high``."""

    resource: str
    name_en: str
    name_cn: str
    unit_en: str
    unit_cn: str
    high: int
    low: int = -1


_DURATIONS = (
    ("exemlProject.gpu_duration", "ExeML training duration on GPUs", "自动学习训练时长（GPU）", 60000),
    ("exemlProject.cpu_duration", "ExeML training duration on CPUs", "自动学习训练时长（CPU）", 60000),
    ("trainJob.gpu_duration", "Training duration on GPUs", "训练作业时长（GPU）", 600000),
    ("trainJob.cpu_duration", "Training duration on CPUs", "训练作业时长（CPU）", 600000),
    ("devInstance.gpu_duration", "Notebook duration on GPUs", "开发环境时长（GPU）", 60000),
    ("devInstance.cpu_duration", "Notebook duration on CPUs", "开发环境时长（CPU）", 60000),
    ("service.gpu_duration", "Service duration on GPUs", "部署上线时长（GPU）", 600000),
    ("service.cpu_duration", "Service duration on CPUs", "部署上线时长（CPU）", 600000),
)
QUOTA_KINDS = {name: QuotaKind(name, en, cn, "minute", "分钟", high) for name, en, cn, high in _DURATIONS}
QUOTA_KINDS["visualJob.count"] = QuotaKind(
    "visualJob.count", "Visualization jobs", "可视化作业数", "", "", 100, 0
)


@dataclass(slots=True)
class SimQuota:
    """A quota: ``limit`` -1 is unlimited, ``used`` in the unit of its kind, ``updated`` in ms."""

    limit: int
    used: int
    updated: int


@dataclass(slots=True)
class SimWorkspace:
    """One workspace; ``grants`` are pairs of user id and name, times in ms since the epoch."""

    id: str
    name: str
    timeline: Timeline[str]
    created: int
    updated: int
    owner: str
    description: str = ""
    auth_type: str = "PUBLIC"
    enterprise: tuple[str, str] = ("0", "default")
    grants: list[tuple[str, str]] = field(default_factory=list)
    quotas: dict[str, SimQuota] = field(default_factory=dict)
    override: dict[str, Any] = field(default_factory=dict)
    missing: tuple[str, ...] = ()


def make_quotas(seed: object, now: int, *, limited: bool = True) -> dict[str, SimQuota]:
    """Return a quota of each kind; ``limited`` sets a limit for some."""
    quotas = {}
    for turn, kind in enumerate(QUOTA_KINDS.values()):
        points = int(derive_id(seed, kind.resource, digits=6), 16)
        limit = (kind.high // 10) if limited and (turn % 3 == 0 or kind.low == 0) else -1
        quotas[kind.resource] = SimQuota(limit, points * max(limit, 0) // 0xFFFFFF, now)
    return quotas
