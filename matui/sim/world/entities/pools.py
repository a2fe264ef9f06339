"""Dedicated resource pools (7.11), and of v2 their nodes, maintenance and tasks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

STATUSES = ("deploying", "running", "concerning", "abnormal")


class SimPoolEvent(NamedTuple):
    """An event of a pool or of one of its nodes, from ``at`` (ms) on; ``kind`` is Normal or Warning."""

    at: int
    kind: str
    reason: str
    text: str


@dataclass(slots=True)
class SimPool:
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
    events: list[SimPoolEvent] = field(default_factory=list)
    override: dict[str, Any] = field(default_factory=dict)
    missing: tuple[str, ...] = ()


@dataclass(slots=True)
class NodeState:
    """The state of a node: ``busy_until`` (ms) ends a reboot, a ``drained`` one is left empty."""

    locked: bool = False
    drained: bool = False
    busy_until: int = 0


@dataclass(slots=True)
class SimScheduledEvent:
    """A scheduled event of a node; times in ms since the epoch."""

    id: str
    type: str
    state: str
    pool: str
    node: str
    published: int
    not_before: int
    description: str
    catalog: str = "hardware"
    finished: int | None = None


@dataclass(slots=True)
class SimPoolTask:
    """A task of the platform on nodes of a pool; times in ms, ``ended`` None while it goes on."""

    id: str
    type: str
    pool: str
    nodes: tuple[str, ...]
    begun: int
    ended: int | None
    suspended: bool = False
    message: str = ""
