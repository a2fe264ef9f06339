"""Development environments and their states over time: notebook instances (chapter 4) and DevServers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from matui.sim.world.timeline import Timeline

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
class SimNotebook:
    """One instance; ``stop_after`` in seconds, times in ms since the epoch."""

    id: str
    name: str
    flavor: str
    profile: str
    timeline: Timeline[str]
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

    def compute_status(self, now: int) -> str:
        """Return the state's name at ``now``."""
        return self.timeline.find_state_at(now)

    def run(self, now: int, state: str, after_s: float) -> None:
        """Enter ``state``, run after ``after_s`` seconds, and stop when auto-stop is enabled."""
        ahead: list[tuple[float, str]] = [(0, state), (after_s, "RUNNING")]
        if self.auto_stop:
            end = after_s + self.stop_after
            ahead += [(end, "STOPPING"), (end + STOP_S, "STOPPED")]
        self.timeline.replan(now, *ahead)
        self.updated = now

    def stop(self, now: int) -> None:
        """Stop; it takes seconds."""
        self.timeline.replan(now, (0, "STOPPING"), (STOP_S, "STOPPED"))
        self.updated = now


def build_default_storage(size: int = 5) -> dict[str, Any]:
    """Return an EVS disk of ``size`` GB."""
    return {
        "location": {"path": "/home/ma-user/work", "volume_size": size, "volume_unit": "GB"},
        "type": "evs",
    }


@dataclass(slots=True)
class SimDevServer:
    """One machine. Times are ms since the epoch."""

    id: str
    name: str
    flavor: str
    machine: str
    timeline: Timeline[str]
    created: int
