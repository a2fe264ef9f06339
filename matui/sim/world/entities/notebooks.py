"""Development environment instances: their states over time and the record the API shows (chapter 4)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from matui.sim.world.flavors import flavor_details, profile_details
from matui.sim.world.timeline import Life

STATUSES = (
    "CREATE_QUEUING", "CREATING", "CREATE_FAILED", "START_QUEUING", "READY_TO_START", "STARTING",
    "RESTARTING", "START_FAILED",
    "RUNNING", "STOPPING", "STOPPED", "UNAVAILABLE", "DELETED", "RESIZING", "RESIZE_FAILED",
)  # fmt: skip

START_S = 9.0
STOP_S = 6.0
CREATE_S = 14.0
LEAVE_S = 4.0

FAILURES = {
    "START_FAILED": (
        "ModelArts.6333",
        "Failed to attach the EVS disk: the volume is still attached to another node.",
    ),
    "CREATE_FAILED": (
        "ModelArts.6329",
        "No node with the requested flavor has become free within 600 seconds.",
    ),
    "RESIZE_FAILED": ("ModelArts.6361", "The new flavor could not be scheduled; the former one was kept."),
}


@dataclass(slots=True)
class Notebook:
    """One instance. ``stop_after`` is the auto-stop span in seconds, times are ms since the epoch."""

    id: str
    name: str
    flavor: str
    profile: str
    life: Life[str]
    created: int
    updated: int
    owner: tuple[str, str]
    workspace: str = "0"
    description: str = ""
    auto_stop: bool = False
    stop_after: int = 3600
    lease_type: str = "TIMING"
    prompt: bool = True
    storage: dict[str, Any] = field(default_factory=dict)
    pool: tuple[str, str] | None = None
    override: dict[str, Any] = field(default_factory=dict)
    missing: tuple[str, ...] = ()

    def status(self, now: int) -> str:
        """Return the state's name at ``now``."""
        return self.life.at(now)

    def run(self, now: int, state: str, after_s: float) -> None:
        """Pass through ``state``, run after ``after_s`` seconds, and stop by itself when auto-stop is on."""
        ahead: list[tuple[float, str]] = [(0, state), (after_s, "RUNNING")]
        if self.auto_stop:
            end = after_s + self.stop_after
            ahead += [(end, "STOPPING"), (end + STOP_S, "STOPPED")]
        self.life.turn(now, *ahead)
        self.updated = now

    def stop(self, now: int) -> None:
        """Stop within seconds."""
        self.life.turn(now, (0, "STOPPING"), (STOP_S, "STOPPED"))
        self.updated = now


def default_storage(size: int = 5) -> dict[str, Any]:
    """Return an EVS disk of ``size`` GB."""
    return {
        "location": {"path": "/home/ma-user/work", "volume_size": size, "volume_unit": "GB"},
        "type": "evs",
    }


def render(notebook: Notebook, now: int, region: str) -> dict[str, Any]:
    """Return the record of sections 4.1 to 4.4, with creation times as strings of ms."""
    status = notebook.status(now)
    record: dict[str, Any] = {
        "ai_project": {"id": "default-ai-project"},
        "creation_timestamp": str(notebook.created),
        "description": notebook.description,
        "flavor": notebook.flavor,
        "flavor_details": flavor_details(notebook.flavor),
        "id": notebook.id,
        "latest_update_timestamp": str(max(notebook.updated, notebook.life.since(now))),
        "name": notebook.name,
        "profile": profile_details(notebook.profile, notebook.flavor),
        "spec": _spec(notebook, now, status, region),
        "status": status,
        "user": {"id": notebook.owner[0], "name": notebook.owner[1]},
        "workspace": {"id": notebook.workspace},
    }
    if notebook.pool:
        record["pool"] = {"id": notebook.pool[0], "name": notebook.pool[1], "type": "USER_DEFINED"}
    if status in FAILURES:
        record["error_code"] = FAILURES[status][0]
    if status.endswith("QUEUING"):
        record["queuing_info"] = {"id": notebook.id, "flavor": notebook.flavor, "rank": 3, "remain_time": 420}
    record.update(notebook.override)
    for name in notebook.missing:
        record.pop(name, None)
    return record


def _spec(notebook: Notebook, now: int, status: str, region: str) -> dict[str, Any]:
    running = status == "RUNNING"
    home = f"https://modelarts-lvs-common-lb.{region}.myhuaweicloud.com:32000/modelarts/{region}/hub/notebook/user"
    failure = FAILURES.get(status)
    return {
        "annotations": {
            "target_domain": f"https://modelarts-notebook.{region}.myhuaweicloud.com",
            "url": f"{home}/{notebook.id}" if running else "",
        },
        "auto_stop": _auto_stop(notebook, now, running=running),
        "extend_params": None,
        "failed_reasons": failure and {"code": failure[0], "message": failure[1], "detail": {}},
        "repository": None,
        "storage": notebook.storage or default_storage(),
    }


def _auto_stop(notebook: Notebook, now: int, *, running: bool) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "duration": notebook.stop_after,
        "enable": notebook.auto_stop,
        "prompt": notebook.prompt,
    }
    stop_at = notebook.life.began("STOPPING")
    if running and notebook.auto_stop and stop_at is not None and stop_at > now:
        shown["remain_time"] = (stop_at - now) // 1000
        shown["stop_timestamp"] = stop_at
    return shown
