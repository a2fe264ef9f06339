"""The simulated project as its time advances: the work of pools starts where their cards are free."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from heapq import heapify, heappop, heappush
from typing import Any

from matui.sim.world.catalog import FLAVORS, SPECS
from matui.sim.world.entities.jobs import KILLING, LIVE, RUNNING, SCALING, WAITING, Notice, SimJob, Version
from matui.sim.world.entities.notebooks import SimNotebook
from matui.sim.world.entities.pools import SimPool
from matui.sim.world.random import derive_id, derive_uuid
from matui.sim.world.state import WorldState
from matui.sim.world.timeline import Timeline

_NEVER = 2**63
_HOLDING: frozenset[Any] = frozenset({RUNNING, SCALING, KILLING, "RUNNING", "STOPPING"})


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


def build_node_name(pool: SimPool, at: int) -> str:
    """Return the name of the node of a pool at a position."""
    return f"os-node-{pool.name}-{at:03}"


def build_node_address(at: int) -> str:
    """Return the IP address of the node at a position."""
    return f"192.168.{40 + at // 250}.{at % 250 + 2}"


def get_cards(pool: SimPool) -> int:
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
    loads = [*_list_jobs(world, pool), *_list_notebooks(world, pool)]
    loads.sort(key=lambda load: (load.begun is None, load.begun or -load.priority, load.created, load.id))
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
    return min((SPECS.get(version.spec) or SPECS[1]).gpus, get_cards(pool))


def _list_jobs(world: WorldState, pool: SimPool) -> list[Load]:
    found = []
    for job in world.jobs:
        state = job.compute_status(world.now)
        if state not in LIVE or find_pool(world, job.versions[-1]) is not pool:
            continue
        version = job.versions[-1]
        begun = version.timeline.find_last_entry(RUNNING) if state in (RUNNING, SCALING, KILLING) else None
        if state == KILLING and begun is None:
            continue
        started = version.started
        again = state == WAITING and started is not None and started <= world.now
        queued = version.timeline.find_entry_time(world.now) if again else None
        found.append(
            Load(
                "train", make_job_id(world.seed, job), job.name, world.user[1],
                count_job_cards(version, pool), version.workers, version.created, begun, version.priority,
                queued=queued,
            )
        )  # fmt: skip
    return found


def _list_notebooks(world: WorldState, pool: SimPool) -> list[Load]:
    found = []
    for notebook in world.notebooks:
        state = notebook.compute_status(world.now)
        if state not in ("RUNNING", "STARTING", "CREATING"):
            continue
        if find_notebook_pool(world, notebook) != make_pool_id(pool):
            continue
        begun = (
            (notebook.timeline.find_last_entry("RUNNING") or notebook.created) if state == "RUNNING" else None
        )
        cards = min(count_notebook_cards(notebook), get_cards(pool))
        found.append(
            Load("notebook", notebook.id, notebook.name, notebook.owner[1], cards, 1, notebook.updated, begun)
        )
    return found


@dataclass(slots=True)
class _Claim:
    """The cards that a job or notebook holds from ``begun`` to ``ends`` (ms), None for no end."""

    key: str
    owner: SimJob | SimNotebook
    timeline: Timeline[Any]
    runs: Any
    cards: int
    workers: int
    priority: int
    begun: int
    ends: int | None

    def delay(self, until: int) -> None:
        """Start at ``until`` (ms); the run keeps its length."""
        by = until - self.begun
        steps = self.timeline.steps
        first = next(turn for turn in reversed(range(len(steps))) if steps[turn] == (self.begun, self.runs))
        steps[first:] = [(at + by, state) for at, state in steps[first:]]
        if not first:
            steps.insert(0, (self.begun, WAITING if isinstance(self.owner, SimJob) else "STARTING"))
        self.begun += by
        self.ends = None if self.ends is None else self.ends + by


def start_work_that_fits(world: WorldState) -> None:
    """Start, in order of time, the work that is due; delay what its pool has no free cards for.

    Work of before the start of the world may hold cards of nodes that have become faulty since.
    """
    for pool in world.pools:
        claims = list(_list_claims(world, pool))
        placed = [claim for claim in claims if _is_placed(world, claim)]
        due = [claim for claim in claims if claim.begun <= world.now and not _is_placed(world, claim)]
        _start_in_order(world, pool, due, placed)


def _is_placed(world: WorldState, claim: _Claim) -> bool:
    return world.current.admitted.get(claim.key) == claim.begun


def _start_in_order(world: WorldState, pool: SimPool, due: Sequence[_Claim], placed: list[_Claim]) -> None:
    queue = [(claim.begun, -claim.priority, claim.key, claim) for claim in due]
    heapify(queue)
    moment, free, release = -1, dict[int, int](), 0
    while queue:
        at, *_, claim = heappop(queue)
        if at != moment:
            moment, free, release = at, _count_free(world, pool, placed, at), _find_next_release(placed, at)
        kept = [] if claim.key in world.current.admitted else world.current.placed.get(claim.key, [])
        nodes = _choose(world, pool, claim, free, kept)
        if nodes is not None:
            world.current.placed[claim.key], world.current.admitted[claim.key] = nodes, at
            placed.append(claim)
            free |= {node: free[node] - claim.cards for node in nodes}
            release = min(release, _find_next_release([claim], at))
            continue
        if isinstance(claim.owner, SimJob):
            _note_wait(claim.owner, pool, at)
        claim.delay(min(release, world.now + 1))
        if claim.begun <= world.now:
            heappush(queue, (claim.begun, -claim.priority, claim.key, claim))


def _find_next_release(claims: Sequence[_Claim], at: int) -> int:
    return min((claim.ends for claim in claims if claim.ends is not None and claim.ends > at), default=_NEVER)


def _count_free(world: WorldState, pool: SimPool, placed: Sequence[_Claim], at: int) -> dict[int, int]:
    """Return the free cards of each node at ``at`` (ms)."""
    free = dict.fromkeys(range(pool.nodes), get_cards(pool))
    for claim in placed:
        if claim.begun <= at and (claim.ends is None or at < claim.ends):
            for node in world.current.placed.get(claim.key, ()):
                free[node] = free.get(node, 0) - claim.cards
    return free


def _choose(
    world: WorldState, pool: SimPool, claim: _Claim, free: Mapping[int, int], kept: Sequence[int]
) -> list[int] | None:
    """Return the fullest nodes with enough free cards, ``kept`` ones first; None where there are too few."""
    old = claim.begun <= world.began
    usable = [
        at for at in free if free[at] >= claim.cards and (at in kept or old or is_open(world, pool, at))
    ]
    if len(usable) < claim.workers and get_cards(pool):
        return None
    usable.sort(key=lambda at: (at not in kept, not is_open(world, pool, at), free[at], at))
    return usable[: claim.workers]


def _note_wait(job: SimJob, pool: SimPool, at: int) -> None:
    notices = job.versions[-1].notices
    words = f"Insufficient resources in the pool {pool.name}: the cards that are needed are not free."
    if all(one.text != words for one in notices):
        notices.append(Notice(at, "Warning", words, f"资源池 {pool.name} 资源不足：所需的卡没有空闲。"))


def move_away(world: WorldState, key: str, at: int) -> bool:
    """Take the node at a position from the work ``key``; return whether it goes on without waiting.

    Where no other node has free cards, the work gives up its nodes and waits.
    """
    for pool in world.pools:
        claims = list(_list_claims(world, pool))
        claim = next((one for one in claims if one.key == key), None)
        if claim is None:
            continue
        left = [one for one in world.current.placed.get(key, []) if one != at]
        placed = [one for one in claims if one is not claim and _is_placed(world, one)]
        free = _count_free(world, pool, placed, world.now)
        free.pop(at, None)
        nodes = _choose(world, pool, replace(claim, begun=world.now + 1), free, left)
        if nodes is not None:
            world.current.placed[key] = nodes
            return True
        _wait_again(world, claim)
        return False
    return True


def _wait_again(world: WorldState, claim: _Claim) -> None:
    world.current.placed.pop(claim.key, None)
    world.current.admitted.pop(claim.key, None)
    now, waits = world.now, WAITING if isinstance(claim.owner, SimJob) else "STARTING"
    ahead = [(at - now + 1, state) for at, state in claim.timeline.steps if at > now]
    claim.timeline.steps = [step for step in claim.timeline.steps if step[0] <= now]
    claim.timeline.steps += [(now, waits), (now + 1, claim.runs)]
    claim.timeline.steps += [(now + after, state) for after, state in ahead]


def _list_claims(world: WorldState, pool: SimPool) -> Iterator[_Claim]:
    """Yield what holds or will hold cards of a pool, ended work left out."""
    for job in _list_pooled_jobs(world, pool):
        version = job.versions[-1]
        begun = version.timeline.find_last_entry(RUNNING)
        if begun is None:
            continue
        yield _Claim(
            make_job_id(world.seed, job), job, version.timeline, RUNNING, count_job_cards(version, pool),
            version.workers, version.priority, begun, _find_end(version.timeline, begun),
        )  # fmt: skip
    for notebook in world.notebooks:
        begun = notebook.timeline.find_last_entry("RUNNING")
        if begun is None or find_notebook_pool(world, notebook) != make_pool_id(pool):
            continue
        cards = min(count_notebook_cards(notebook), get_cards(pool))
        yield _Claim(
            notebook.id, notebook, notebook.timeline, "RUNNING", cards, 1, 1, begun,
            _find_end(notebook.timeline, begun),
        )  # fmt: skip


def _list_pooled_jobs(world: WorldState, pool: SimPool) -> list[SimJob]:
    """Return the jobs of a pool that have not ended before the start of the world."""
    current, jobs = world.current, world.jobs
    if current.pooled_at != jobs.revision:
        current.pooled, current.pooled_at = {}, jobs.revision
        for key, job in jobs.rows.items():
            version = job.latest
            if version is None or (version.ended or world.now) < world.began:
                continue
            found = find_pool(world, version)
            if found is not None:
                current.pooled.setdefault(found.id, []).append(key)
    return [jobs.rows[key] for key in current.pooled.get(pool.id, ()) if key in jobs.rows]


def _find_end(timeline: Timeline[Any], begun: int) -> int | None:
    return next((at for at, state in timeline.steps if at >= begun and state not in _HOLDING), None)


class World(WorldState):
    """The simulated project."""

    def advance_to(self, now: int) -> None:
        """Advance the time to ``now`` (ms) and start the work of pools that fits."""
        super().advance_to(now)
        start_work_that_fits(self)
