"""The state of the simulated project: resources, time, identifiers, recorded requests."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, Generic, TypeVar

from matui.base.clock import Clock
from matui.sim.world.entities.jobs import Config, SimJob, SimVisualization
from matui.sim.world.entities.notebooks import SimDevServer, SimNotebook
from matui.sim.world.entities.pools import NodeState, SimPool, SimPoolTask, SimScheduledEvent
from matui.sim.world.entities.services import Model, SimDeployment, SimService
from matui.sim.world.entities.workspaces import SimWorkspace
from matui.sim.world.logs import LogDialect
from matui.sim.world.random import derive_id, derive_uuid, make_random

R = TypeVar("R")
_ARRIVAL_MS = 240_000
_MAX_ARRIVALS = 200
_MAX_REQUESTS = 20_000


class Store(Generic[R]):
    """Resources by id, in order of addition. ``revision`` grows when rows or their sort fields change."""

    def __init__(self) -> None:
        self.rows: dict[str, R] = {}
        self.revision = 0
        self._removals: list[tuple[int, str]] = []

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[R]:
        return iter(self.rows.values())

    def add(self, key: str, row: R) -> R:
        """Add ``row`` under ``key`` and return it."""
        self.rows[key] = row
        self.revision += 1
        return row

    def get(self, key: str) -> R | None:
        """Return the resource with this id, or None."""
        return self.rows.get(key)

    def remove(self, key: str) -> None:
        """Remove the resource with this id, if it exists."""
        if self.rows.pop(key, None) is not None:
            self.revision += 1

    def remove_at(self, key: str, at: int) -> None:
        """Remove the resource at the time ``at`` (ms)."""
        self._removals.append((at, key))

    def remove_due(self, now: int) -> None:
        """Remove the resources whose removal is due at ``now`` (ms)."""
        if self._removals:
            for at, key in self._removals:
                if at <= now:
                    self.remove(key)
            self._removals = [entry for entry in self._removals if entry[0] > now]


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
    maintenance: dict[str, SimScheduledEvent] = field(default_factory=dict)
    deployments: dict[str, list[SimDeployment]] = field(default_factory=dict)
    tasks: list[SimPoolTask] = field(default_factory=list)
    images: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)

    def get_node(self, pool: str, at: int) -> NodeState:
        return self.nodes.setdefault((pool, at), NodeState())


class WorldState:
    """The resources of one project.

    ``now`` is its time in ms since the epoch, from ``began`` on, advanced by ``tick``.

    No task runs: states follow from timelines; resources arrive and leave when the time advances.
    ``submit_arrival`` adds the n-th job that arrives in time, at a time in ms since the epoch.
    """

    def __init__(
        self,
        *,
        seed: int,
        scale: int,
        clock: Clock,
        speed: float,
        project_id: str,
        region: str,
        submit_arrival: Callable[[WorldState, int, int], None],
    ) -> None:
        self.seed, self.scale, self.clock, self.speed = seed, scale, clock, speed
        self.project_id, self.region = project_id, region
        self.user = (derive_id("user", "ops_dev_env"), "ops_dev_env")
        self.dialect = LogDialect()
        self.offset_is_page = False
        self.arrivals = scale > 0
        self._submit_arrival = submit_arrival
        self.edge_nodes = {
            derive_uuid(seed, "node", name): name for name in ("gate-a", "gate-b", "yard-3", "lab-bench")
        }
        self.notebooks: Store[SimNotebook] = Store()
        self.jobs: Store[SimJob] = Store()
        self.services: Store[SimService] = Store()
        self.workspaces: Store[SimWorkspace] = Store()
        self.models: Store[Model] = Store()
        self.visualizations: Store[SimVisualization] = Store()
        self.configs: Store[Config] = Store()
        self.pools: Store[SimPool] = Store()
        self.devservers: Store[SimDevServer] = Store()
        self.current = CurrentState()
        self.requests: list[tuple[str, str, str]] = []
        self._began = clock.now()
        self.now = self.began = round(self._began * 1000)
        self._arrived = 0
        self._serials = {"job": 10_000, "version": 20_000, "visualization": 300, "id": 0}
        self._sorted: dict[tuple[str, str], tuple[int, Sequence[SimJob]]] = {}
        self._names: tuple[int, frozenset[str]] = (-1, frozenset())

    def tick(self) -> int:
        """Advance to the clock's time and return it, in ms since the epoch."""
        passed = (self.clock.now() - self._began) * self.speed
        self.advance_to(self.began + round(passed * 1000))
        return self.now

    def advance_to(self, now: int) -> None:
        """Advance the time to ``now`` (ms); an earlier time is ignored."""
        self.now = max(self.now, now)
        if self.arrivals:
            due = (self.now - self.began) // _ARRIVAL_MS
            for turn in range(max(self._arrived, due - _MAX_ARRIVALS) + 1, due + 1):
                self._submit_arrival(self, turn, self.began + turn * _ARRIVAL_MS)
            self._arrived = max(self._arrived, due)
        for store in self.list_stores():
            store.remove_due(self.now)

    def list_stores(self) -> Iterable[Store[Any]]:
        """Return the stores whose resources leave when they are due."""
        return (
            self.notebooks, self.jobs, self.services, self.workspaces, self.models, self.visualizations,
            self.configs, self.pools,
        )  # fmt: skip

    def make_random(self, *parts: object) -> Random:
        """Return a random generator seeded with the world's seed and ``parts``."""
        return make_random(self.seed, *parts)

    def _take_serial(self, kind: str) -> int:
        self._serials[kind] += 1
        return self._serials[kind]

    def make_id(self, kind: str) -> str:
        """Return a new identifier in the format of a UUID."""
        return derive_uuid(self.seed, kind, "new", self._take_serial("id"))

    def take_job_id(self) -> int:
        return self._take_serial("job")

    def take_version_id(self) -> int:
        return self._take_serial("version")

    def take_visualization_id(self) -> int:
        return self._take_serial("visualization")

    def get_workspace_id(self, position: int) -> str:
        """Return the id of the workspace at ``position`` in order of creation, 0 when there is none."""
        keys = list(self.workspaces.rows)
        return keys[position] if position < len(keys) else "0"

    def resolve_offset(self, offset: int, limit: int) -> int:
        """Return the index of the first row of a page; ``offset`` counts pages if the world is set so."""
        return offset * limit if self.offset_is_page else offset

    def has_resources(self, workspace: str) -> bool:
        kinds = (self.notebooks, self.jobs, self.services, self.models, self.visualizations)
        return any(row.workspace == workspace for store in kinds for row in store)

    def list_job_names(self) -> frozenset[str]:
        if self._names[0] != self.jobs.revision:
            self._names = (self.jobs.revision, frozenset(job.name for job in self.jobs))
        return self._names[1]

    def sort_jobs(self, workspace: str, field: str) -> Sequence[SimJob]:
        """Return the jobs of a workspace in ascending order of ``field``; cached until a job changes."""
        kept = self._sorted.get((workspace, field))
        if kept and kept[0] == self.jobs.revision:
            return kept[1]
        keys = {
            "job_name": lambda job: (job.name, job.id),
            "job_desc": lambda job: (job.description, job.id),
            "create_time": lambda job: (job.created, job.id),
            "version_count": lambda job: (len(job.versions), job.id),
        }
        rows = sorted((job for job in self.jobs if job.workspace == workspace), key=keys[field])
        self._sorted[workspace, field] = (self.jobs.revision, rows)
        return rows

    def record_request(self, method: str, path: str, query: str) -> None:
        """Record a request; the oldest are dropped beyond 20,000."""
        self.requests.append((method, path, query))
        if len(self.requests) > _MAX_REQUESTS:
            del self.requests[: _MAX_REQUESTS // 2]
