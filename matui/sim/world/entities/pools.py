"""Dedicated resource pools (7.11)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

STATUSES = ("deploying", "running", "concerning", "abnormal")


class PoolEvent(NamedTuple):
    """An event of a pool or of one of its nodes, from ``at`` (ms) on; ``kind`` is Normal or Warning."""

    at: int
    kind: str
    reason: str
    text: str


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
    events: list[PoolEvent] = field(default_factory=list)
    override: dict[str, Any] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
