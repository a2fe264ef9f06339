"""Models (chapter 6)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from matui.sim.world.timeline import Timeline

STATUSES = ("publishing", "published", "failed", "building", "building_failed")
TYPES = (
    "TensorFlow", "MXNet", "Caffe", "Spark_MLlib", "Scikit_Learn", "XGBoost", "MindSpore", "Image", "PyTorch",
)  # fmt: skip
KINDS = ("real-time", "batch", "edge")


@dataclass(slots=True)
class Model:
    """One version of a model; ``size`` in bytes, ``asked`` the body of the import request."""

    id: str
    name: str
    version: str
    type: str
    timeline: Timeline[str]
    created: int
    size: int
    workspace: str = "0"
    description: str = ""
    install_type: tuple[str, ...] = KINDS
    asked: dict[str, Any] = field(default_factory=dict)
    override: dict[str, Any] = field(default_factory=dict)
    missing: tuple[str, ...] = ()

    def compute_status(self, now: int) -> str:
        """Return the state's name at ``now``."""
        return self.timeline.find_state_at(now)
