"""Workspaces and their quotas (chapter 8)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from matui.sim.world.random import hex_id, uuid_of
from matui.sim.world.timeline import Life

if TYPE_CHECKING:
    from matui.sim.world.world import World

DELETE_S = 10.0
STATUSES = ("CREATE_FAILED", "NORMAL", "DELETING", "DELETE_FAILED")


class QuotaKind(NamedTuple):
    """A resource that can be limited, between ``low`` and ``high``."""

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
class Quota:
    """A limit as set: -1 is none. ``used`` counts what is spent of it, ``updated`` is in ms."""

    limit: int
    used: int
    updated: int


@dataclass(slots=True)
class Workspace:
    """One workspace; ``grants`` are pairs of user id and name, times ms since the epoch."""

    id: str
    name: str
    life: Life[str]
    created: int
    updated: int
    owner: str
    description: str = ""
    auth_type: str = "PUBLIC"
    enterprise: tuple[str, str] = ("0", "default")
    grants: list[tuple[str, str]] = field(default_factory=list)
    quotas: dict[str, Quota] = field(default_factory=dict)
    override: dict[str, Any] = field(default_factory=dict)
    missing: tuple[str, ...] = ()


def row(workspace: Workspace, now: int) -> dict[str, Any]:
    """Return one of ``workspaces`` of 8.2: the authorization in lower case, no grants."""
    record = {
        "id": workspace.id,
        "name": workspace.name,
        "description": workspace.description,
        "owner": workspace.owner,
        "enterprise_project_id": workspace.enterprise[0],
        "enterprise_project_name": workspace.enterprise[1],
        "auth_type": workspace.auth_type.lower(),
        "create_time": workspace.created,
        "update_time": workspace.updated,
        "status": workspace.life.at(now),
    }
    record.update(workspace.override)
    for name in workspace.missing:
        record.pop(name, None)
    return record


def detail(workspace: Workspace, now: int) -> dict[str, Any]:
    """Return the body of 8.4: the authorization in upper case, with the grants."""
    record = row(workspace, now)
    if "auth_type" in record and "auth_type" not in workspace.override:
        record["auth_type"] = workspace.auth_type
    record["grants"] = [{"user_id": user_id, "user_name": name} for user_id, name in workspace.grants]
    return record


def quota_record(kind: QuotaKind, quota: Quota) -> dict[str, Any]:
    """Return one of ``quotas`` of 8.7."""
    return {
        "name_en": kind.name_en,
        "name_cn": kind.name_cn,
        "resource": kind.resource,
        "quota": quota.limit,
        "min_quota": kind.low,
        "max_quota": kind.high,
        "unit_en": kind.unit_en,
        "unit_cn": kind.unit_cn,
        "update_time": quota.updated,
    }


def used_quota(quota: Quota) -> dict[str, Any]:
    """Return the field that 8.6 adds: null while there is no limit."""
    return {"used_quota": None if quota.limit == -1 else quota.used}


def fresh_quotas(seed: object, now: int, *, limited: bool = True) -> dict[str, Quota]:
    """Return a quota of each kind, some of them limited."""
    quotas = {}
    for turn, kind in enumerate(QUOTA_KINDS.values()):
        points = int(hex_id(seed, kind.resource, digits=6), 16)
        limit = (kind.high // 10) if limited and (turn % 3 == 0 or kind.low == 0) else -1
        quotas[kind.resource] = Quota(limit, points * max(limit, 0) // 0xFFFFFF, now)
    return quotas


_SEEDS = (
    ("default", "", "PUBLIC", "NORMAL", ("0", "default"), 900),
    ("perception", "Detection, OCR and 医疗影像 models", "INTERNAL", "NORMAL", ("vision", "eps-vision"), 410),
    (
        "ranking_and_ads",
        "CTR models, retrained every night",
        "PUBLIC",
        "NORMAL",
        ("growth", "eps-growth"),
        380,
    ),
    ("speech-lab", "ASR and TTS", "PRIVATE", "NORMAL", ("speech", "eps-speech"), 120),
    (
        "old-automl-trials",
        "to be removed, resources are left in it",
        "PUBLIC",
        "DELETE_FAILED",
        ("0", "default"),
        700,
    ),
)


def seed_workspaces(world: World, *, only_default: bool = False) -> None:
    """Fill ``world`` with its workspaces; the default one has the id 0."""
    for turn, (name, words, auth, status, (project, project_name), days) in enumerate(_SEEDS):
        created = world.now - days * 86_400_000
        key = "0" if turn == 0 else hex_id(world.seed, "workspace", turn)
        workspace = Workspace(
            key, name, Life([(created, status)]), created, created + turn * 86_400_000, world.user[1]
        )
        workspace.description, workspace.auth_type = words, auth
        workspace.enterprise = ("0" if project == "0" else uuid_of("project", project), project_name)
        if auth == "INTERNAL":
            workspace.grants = [(hex_id("user", who), who) for who in ("li.wei", "zhang.min", "ops_dev_env")]
        workspace.quotas = fresh_quotas((world.seed, turn), created, limited=turn != 0)
        world.workspaces.add(key, workspace)
        if only_default:
            return
