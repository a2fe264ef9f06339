"""Where work runs: the pool of each job and notebook, and the nodes and cards that it holds."""

from __future__ import annotations

from dataclasses import dataclass, field

from matui.sim.world.catalog import FLAVORS, SPECS
from matui.sim.world.entities.jobs import KILLING, LIVE, RUNNING, SCALING, WAITING, SimJob, Version
from matui.sim.world.entities.notebooks import SimNotebook
from matui.sim.world.entities.pools import SimPool
from matui.sim.world.random import derive_id, derive_uuid
from matui.sim.world.state import WorldState


@dataclass(slots=True)
class Load:
    """Work on a pool: ``cards`` on each of ``workers`` nodes; times in ms.

    ``begun`` is None and ``nodes``, positions, are empty while it waits; ``queued`` is the begin of a further
    wait.
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
    queued: int | None = None


def make_pool_id(pool: SimPool) -> str:
    """Return the v2 id of a pool."""
    return f"pool-{derive_id('v2 pool', pool.id, digits=32)}"


def make_job_id(seed: int, job: SimJob) -> str:
    """Return the v2 id of a job."""
    return derive_uuid(seed, "v2 job", job.id)


def node_name(pool: SimPool, at: int) -> str:
    """Return the name of the node of a pool at a position."""
    return f"os-node-{pool.name}-{at:03}"


def node_address(at: int) -> str:
    """Return the IP address of the node at a position."""
    return f"192.168.{40 + at // 250}.{at % 250 + 2}"


def cards_of(pool: SimPool) -> int:
    """Return the cards of each node of a pool."""
    spec = next((one for one in SPECS.values() if one.code == pool.specification), None)
    return spec.gpus if spec is not None else 0


def find_pool(world: WorldState, version: Version) -> SimPool | None:
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


def list_loads(world: WorldState, pool: SimPool) -> list[Load]:
    """Return what runs or waits on a pool: what runs in order of its start, then the queue."""
    loads = [*_jobs(world, pool), *_notebooks(world, pool)]
    loads.sort(
        key=lambda load: (
            load.begun is None,
            load.begun or -load.priority,
            load.created,
            load.id,
        )
    )
    for load in loads:
        load.nodes = world.current.placed.get(load.id, []) if load.begun is not None else []
    return loads


def is_open(world: WorldState, pool: SimPool, at: int) -> bool:
    """Return whether a node takes new work."""
    state = world.current.nodes.get((pool.id, at))
    return at < pool.available and not (state and (state.drained or state.busy_until > world.now))


def find_notebook_pool(world: WorldState, notebook: SimNotebook) -> str:
    """Return the v2 id of the pool of a notebook, ``""`` if it runs in none."""
    return world.current.in_pools.get(notebook.id) or (notebook.pool[0] if notebook.pool else "")


def count_notebook_cards(notebook: SimNotebook) -> int:
    """Return the cards that a notebook holds while it runs."""
    flavor = FLAVORS.get(notebook.flavor)
    return (flavor.gpu or flavor.ascend) if flavor else 0


def count_job_cards(version: Version, pool: SimPool) -> int:
    """Return the cards that a version holds on each of its nodes."""
    return min((SPECS.get(version.spec) or SPECS[1]).gpus, cards_of(pool))


def _jobs(world: WorldState, pool: SimPool) -> list[Load]:
    found = []
    for job in world.jobs:
        state = job.status(world.now)
        if state not in LIVE or find_pool(world, job.versions[-1]) is not pool:
            continue
        version = job.versions[-1]
        begun = version.timeline.last_entry(RUNNING) if state in (RUNNING, SCALING, KILLING) else None
        if state == KILLING and begun is None:
            continue
        started = version.started
        again = state == WAITING and started is not None and started <= world.now
        queued = version.timeline.entered_at(world.now) if again else None
        found.append(
            Load(
                "train", make_job_id(world.seed, job), job.name, world.user[1],
                count_job_cards(version, pool), version.workers, version.created, begun, version.priority,
                queued=queued,
            )
        )  # fmt: skip
    return found


def _notebooks(world: WorldState, pool: SimPool) -> list[Load]:
    found = []
    for notebook in world.notebooks:
        state = notebook.status(world.now)
        if state not in ("RUNNING", "STARTING", "CREATING"):
            continue
        if find_notebook_pool(world, notebook) != make_pool_id(pool):
            continue
        begun = (notebook.timeline.last_entry("RUNNING") or notebook.created) if state == "RUNNING" else None
        cards = min(count_notebook_cards(notebook), cards_of(pool))
        found.append(
            Load("notebook", notebook.id, notebook.name, notebook.owner[1], cards, 1, notebook.updated, begun)
        )
    return found
