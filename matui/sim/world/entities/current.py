"""State only of the current API: nodes, placements, maintenance, deployment versions, saved images."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class NodeState:
    """The state of a node: ``busy_until`` (ms) ends a reboot, a ``drained`` one is left empty."""

    locked: bool = False
    drained: bool = False
    busy_until: int = 0


@dataclass(slots=True)
class ScheduledEvent:
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
class PoolTask:
    """A task of the platform on nodes of a pool; times in ms, ``ended`` None while it goes on."""

    id: str
    type: str
    pool: str
    nodes: tuple[str, ...]
    begun: int
    ended: int | None
    suspended: bool = False
    message: str = ""


@dataclass(slots=True)
class DeploymentVersion:
    """One configuration of a deployment."""

    version: str
    created: int
    description: str
    unit: dict[str, Any]


@dataclass(slots=True)
class Deployment:
    """One deployment of a service: its versions, the current one and its instances.

    ``busy_until`` (ms) ends a change; ``scales`` are the least and the most instances of autoscaling.
    """

    name: str
    versions: list[DeploymentVersion]
    current: str
    count: int
    weight: int = 100
    pool: str = ""
    changed: int = 0
    busy_until: int = 0
    scales: tuple[int, int] | None = None


@dataclass(slots=True)
class CurrentState:
    """The state beyond that of v1. Nodes are by (pool key, position), placements by id of the work.

    ``admitted`` is the start (ms) of the run that holds the placed nodes. ``pooled`` are the ids of the jobs
    that can hold cards of a pool, by pool key, as found
    at the revision ``pooled_at`` of the jobs.
    """

    nodes: dict[tuple[str, int], NodeState] = field(default_factory=dict)
    placed: dict[str, list[int]] = field(default_factory=dict)
    admitted: dict[str, int] = field(default_factory=dict)
    pooled: dict[str, list[str]] = field(default_factory=dict)
    pooled_at: int = -1
    in_pools: dict[str, str] = field(default_factory=dict)
    maintenance: dict[str, ScheduledEvent] = field(default_factory=dict)
    deployments: dict[str, list[Deployment]] = field(default_factory=dict)
    tasks: list[PoolTask] = field(default_factory=list)
    images: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)

    def node(self, pool: str, at: int) -> NodeState:
        """Return the state of a node."""
        return self.nodes.setdefault((pool, at), NodeState())
