"""Dedicated resource pools (7.11)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

STATUSES = ("deploying", "running", "concerning", "abnormal")


@dataclass(slots=True)
class Pool:
    """A dedicated pool of nodes of one specification; free cores, memory in MB, GPUs."""

    id: str
    name: str
    status: str
    created: int
    specification: str
    nodes: int
    available: int
    cores: float
    memory: int
    gpus: float
    description: str = ""
    override: dict[str, Any] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
