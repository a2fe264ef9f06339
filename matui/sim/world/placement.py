"""Where work runs: the pool of each job and notebook, and the nodes and cards that it holds."""

from __future__ import annotations

from dataclasses import dataclass, field

from matui.sim.world.catalog import SPECS
from matui.sim.world.entities.jobs import LIVE, RUNNING, SCALING, Job, Version
from matui.sim.world.entities.pools import Pool
from matui.sim.world.flavors import FLAVORS
from matui.sim.world.random import derive_id, derive_uuid
from matui.sim.world.state import WorldState

CARDS_PER_NODE = 8


@dataclass(slots=True)
class Load:
    """Work on a pool: ``cards`` on each of ``workers`` nodes; times in ms.

    ``nodes`` are positions, none while it waits.
    """

    type: str
    id: str
    name: str
    owner: str
    cards: int
    workers: int
    created: int
    begun: int | None
    priority: int = 1
    nodes: list[int] = field(default_factory=list)


def make_pool_id(pool: Pool) -> str:
    """Return the v2 id of a pool."""
    return f"pool-{derive_id('v2 pool', pool.id, digits=32)}"


def make_job_id(seed: int, job: Job) -> str:
    """Return the v2 id of a job."""
    return derive_uuid(seed, "v2 job", job.id)


def node_name(pool: Pool, at: int) -> str:
    """Return the name of the node of a pool at a position."""
    return f"os-node-{pool.name}-{at:03}"


def node_address(at: int) -> str:
    """Return the IP address of the node at a position."""
    return f"192.168.{40 + at // 250}.{at % 250 + 2}"


def cards_of(pool: Pool) -> int:
    """Return the cards of each node of a pool."""
    spec = next((one for one in SPECS.values() if one.code == pool.specification), None)
    return spec.gpus if spec is not None else 0


def find_pool(world: WorldState, version: Version) -> Pool | None:
    """Return the pool that a version runs in: the one it names, else one of its specification.

    A version of one node that names none runs in no pool.
    """
    named = version.pool or version.config.get("pool_id")
    if named:
        return next((pool for pool in world.pools if named in (pool.id, make_pool_id(pool))), None)
    spec = SPECS.get(version.spec)
    if version.workers < 2 or spec is None:
        return None
    pools = list(world.pools)
    alike = [pool for pool in pools if pool.specification == spec.code]
    return next(iter(alike), pools[0] if len(pools) == 1 else None)


def list_loads(world: WorldState, pool: Pool) -> list[Load]:
    """Return what runs or waits on a pool, the oldest first, placed on its nodes."""
    loads = [*_jobs(world, pool), *_notebooks(world, pool)]
    loads.sort(key=lambda load: (load.begun is None, load.begun or load.created, load.id))
    placed = world.current.placed
    free = dict.fromkeys(range(pool.nodes), cards_of(pool))
    for load in loads:
        load.nodes = placed.get(load.id, []) if load.begun is not None else []
        for at in load.nodes:
            free[at] = free.get(at, 0) - load.cards
    for load in loads:
        if load.begun is not None and len(load.nodes) < load.workers:
            open_nodes = {at: left for at, left in free.items() if is_open(world, pool, at)}
            before = len(load.nodes)
            load.nodes = [*load.nodes, *_choose(load, open_nodes)]
            placed[load.id] = load.nodes = [*load.nodes, *_choose(load, free)]
            for at in load.nodes[before:]:
                free[at] -= load.cards
    return loads


def is_open(world: WorldState, pool: Pool, at: int) -> bool:
    """Return whether a node takes new work."""
    state = world.current.nodes.get((pool.id, at))
    return at < pool.available and not (state and (state.drained or state.busy_until > world.now))


def _choose(load: Load, free: dict[int, int]) -> list[int]:
    """Return the fullest nodes with enough free cards; where there are too few, the emptiest ones."""
    chosen: list[int] = []
    while len(load.nodes) + len(chosen) < load.workers:
        left = [at for at in free if at not in load.nodes and at not in chosen]
        fitting = [at for at in left if free[at] >= load.cards]
        if not left:
            break
        fullest = min(fitting, key=lambda at: (free[at], at), default=None)
        chosen.append(max(left, key=lambda at: (free[at], -at)) if fullest is None else fullest)
    return chosen


def _jobs(world: WorldState, pool: Pool) -> list[Load]:
    found = []
    for job in world.jobs:
        state = job.status(world.now)
        if state not in LIVE or find_pool(world, job.versions[-1]) is not pool:
            continue
        version = job.versions[-1]
        spec = SPECS.get(version.spec) or SPECS[1]
        begun = version.started if state in (RUNNING, SCALING) else None
        found.append(
            Load(
                "train", make_job_id(world.seed, job), job.name, world.user[1],
                min(spec.gpus, cards_of(pool)), version.workers, version.created, begun, version.priority,
            )
        )  # fmt: skip
    return found


def _notebooks(world: WorldState, pool: Pool) -> list[Load]:
    found = []
    for notebook in world.notebooks:
        pool_id = notebook.pool[0] if notebook.pool else world.current.in_pools.get(notebook.id, "")
        if pool_id != make_pool_id(pool) or notebook.status(world.now) != "RUNNING":
            continue
        flavor = FLAVORS.get(notebook.flavor)
        cards = (flavor.gpu or flavor.ascend) if flavor else 0
        begun = notebook.timeline.last_entry("RUNNING") or notebook.created
        found.append(
            Load(
                "notebook", notebook.id, notebook.name, notebook.owner[1],
                min(cards, cards_of(pool)), 1, notebook.created, begun,
            )
        )  # fmt: skip
    return found
