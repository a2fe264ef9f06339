"""Summarize a pool: cards by flavor, holders, what waits and why, waste and cost. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from math import floor
from typing import NamedTuple

from matui.base.text.formatting import format_percent
from matui.resources.detail import NodeCards, PoolUsage, Workload
from matui.resources.model import Resource

WASTE_PERCENT = 5.0
WASTE_MINUTES = 30
_ROUNDING = 1e-9


class FlavorCards(NamedTuple):
    """The cards of one flavor in a pool; None where the cloud does not say.

    ``biggest_free`` is the most free cards on one node.
    """

    flavor: str
    total: float | None
    used: float | None
    free: float | None
    faulty: float | None
    biggest_free: float | None


class Holder(NamedTuple):
    """The cards that the running workloads of one owner hold, and for how many hours they have.

    A sum is None where the cloud does not state it of each workload. ``faulty`` of the cards are on faulty
    nodes; the others are the used ones of the pool.
    """

    owner: str
    cards: float | None
    card_hours: float | None
    faulty: float = 0.0


class Waiting(NamedTuple):
    """A workload in the queue; ``since`` is in ms since the epoch, None where unknown, ``why`` one line."""

    id: str
    name: str
    cards: float | None
    position: int | None
    since: float | None
    why: str


class Waste(NamedTuple):
    """A resource that holds cards without using them; ``since`` in ms, None where unknown."""

    kind: str
    id: str
    cards: float | None
    since: float | None
    why: str


class Cost(NamedTuple):
    """The price of a pool's nodes an hour."""

    per_hour: float
    currency: str


class PoolCapacity(NamedTuple):
    """The summary of one pool; ``problem`` says what could not be read.

    ``listed`` is false where the nodes and workloads are not known: no holder and nothing that waits then
    means nothing.
    """

    profile: str
    id: str
    name: str
    flavors: tuple[FlavorCards, ...]
    holders: tuple[Holder, ...] = ()
    waiting: tuple[Waiting, ...] = ()
    waste: tuple[Waste, ...] = ()
    cost: Cost | None = None
    workloads: tuple[Workload, ...] = ()
    problem: str = ""
    listed: bool = True


@dataclass(frozen=True, slots=True)
class PriceList:
    """Prices of a node an hour by flavor, in one currency."""

    currency: str = ""
    by_flavor: Mapping[str, float] = field(default_factory=dict)


class Idle(NamedTuple):
    """The use of a resource that may waste cards: mean in percent over the last 30 minutes."""

    resource: Resource
    percent: float | None
    no_lease: bool = False


class PoolContext(NamedTuple):
    """The input of a summary besides the pool: prices, and what is known of its workloads.

    ``full_workspaces`` have used up their quota; ``workspaces`` gives the workspace and ``workers`` the
    number of nodes by the id of a workload, where known.
    """

    prices: PriceList
    idle: Sequence[Idle] = ()
    full_workspaces: Collection[str] = ()
    workspaces: Mapping[str, str] = {}
    workers: Mapping[str, int] = {}


def summarize_pool(
    pool: Resource, usage: PoolUsage | None, now_ms: float, context: PoolContext, problem: str = ""
) -> PoolCapacity:
    """Return the summary of a pool; without ``usage`` only the pool's own counts are known."""
    if usage is None:
        flavors = _read_flavors(pool)
        return PoolCapacity(pool.profile, pool.id, pool.name, flavors, problem=problem, listed=False)
    flavors = count_flavors(usage.nodes)
    waiting = tuple(
        Waiting(
            load.id,
            load.name,
            load.cards,
            load.position,
            None if load.pending_s is None else now_ms - load.pending_s * 1000,
            explain_waiting(
                load,
                flavors,
                quota_full=context.workspaces.get(load.id, "") in context.full_workspaces,
                workers=context.workers.get(load.id),
                nodes=usage.nodes,
            ),
        )
        for load in sorted(usage.workloads, key=lambda one: one.position or 10**9)
        if load.waits
    )
    return PoolCapacity(
        pool.profile,
        pool.id,
        pool.name,
        flavors,
        count_holders(usage.workloads),
        waiting,
        find_waste(usage.workloads, context.idle, now_ms),
        price_nodes(usage.nodes, context.prices),
        usage.workloads,
        problem,
    )


def count_flavors(nodes: Sequence[NodeCards]) -> tuple[FlavorCards, ...]:
    """Return the cards by flavor, in the order of the nodes; those of faulty nodes are not used nor free."""
    by_flavor: dict[str, list[NodeCards]] = defaultdict(list)
    for node in nodes:
        by_flavor[node.flavor].append(node)
    return tuple(_count_flavor(flavor, own) for flavor, own in by_flavor.items())


def _count_flavor(flavor: str, nodes: Sequence[NodeCards]) -> FlavorCards:
    healthy = [node for node in nodes if node.healthy]
    total = _sum([node.cards for node in nodes])
    faulty = _sum([node.cards for node in nodes if not node.healthy])
    frees = [node.free for node in healthy if node.free is not None]
    if len(frees) < len(healthy):
        return FlavorCards(flavor, total, None, None, faulty, None)
    free = _add(frees)
    used = None if total is None or faulty is None else _add([total, -faulty, -free])
    return FlavorCards(flavor, total, used, free, faulty, max(frees, default=0.0))


def _read_flavors(pool: Resource) -> tuple[FlavorCards, ...]:
    flavor, free = pool.get_text("flavor"), pool.get_number("gpu")
    return (FlavorCards(flavor, None, None, free, None, None),) if flavor or free is not None else ()


def count_holders(workloads: Sequence[Workload]) -> tuple[Holder, ...]:
    """Return the owners of running workloads, the one with the most cards first."""
    by_owner: dict[str, list[Workload]] = defaultdict(list)
    for load in workloads:
        if not load.waits:
            by_owner[load.owner].append(load)
    found = [
        Holder(
            owner,
            _sum([load.cards for load in own]),
            _sum([count_card_hours(load) for load in own]),
            _add([load.faulty for load in own]),
        )
        for owner, own in by_owner.items()
    ]
    return tuple(sorted(found, key=lambda one: (-(one.cards or 0.0), -(one.card_hours or 0.0), one.owner)))


def count_card_hours(load: Workload) -> float | None:
    """Return the hours that a workload has held its cards, times the cards; None where it is unknown."""
    if load.cards == 0:
        return 0.0
    if load.waits or load.cards is None or load.running_s is None:
        return None
    return load.cards * load.running_s / 3600


def explain_waiting(
    load: Workload,
    flavors: Sequence[FlavorCards],
    *,
    quota_full: bool = False,
    workers: int | None = 1,
    nodes: Sequence[NodeCards] = (),
) -> str:
    """Return why a workload waits, in one line; ``unknown`` where nothing that is known explains it.

    ``workers`` is the number of nodes that it needs, None where it is unknown.
    """
    own = [one for one in flavors if one.flavor == load.flavor] or list(flavors)
    free = _sum([one.free for one in own]) if own else None
    biggest = max((one.biggest_free for one in own if one.biggest_free is not None), default=None)
    if load.cards is not None and free is not None and free + _ROUNDING < load.cards:
        return f"no free cards: {free:g} free of {load.cards:g} needed"
    each = None if load.cards is None or workers is None else _add([load.cards / max(1, workers)])
    if each and biggest is not None:
        if biggest < each:
            return f"free but fragmented: at most {biggest:g} free on one node, {each:g} needed"
        room = _count_room(nodes, {one.flavor for one in own}, each)
        if room is not None and workers is not None and room < workers:
            return f"free but fragmented: {room} of {workers} nodes fit"
    if quota_full:
        return "workspace quota: used up"
    if load.position is not None and load.position > 1:
        return f"behind {load.position - 1}"
    return "unknown"


def _count_room(nodes: Sequence[NodeCards], flavors: Collection[str], each: float) -> int | None:
    """Return how many workers of ``each`` cards fit on the nodes, None where a node does not say."""
    own = [node for node in nodes if node.healthy and node.flavor in flavors]
    frees = [node.free for node in own if node.free is not None]
    if not own or len(frees) < len(own):
        return None
    return sum(floor(free / each + _ROUNDING) for free in frees)


def _sum(values: Sequence[float | None]) -> float | None:
    """Return the sum, None where one of the values is unknown."""
    known = [value for value in values if value is not None]
    return _add(known) if len(known) == len(values) else None


def _add(values: Sequence[float]) -> float:
    """Return the sum without the rounding errors of parts of a card: ten tenths are 1."""
    return round(sum(values), 6)


def find_waste(workloads: Sequence[Workload], idle: Sequence[Idle], now_ms: float) -> tuple[Waste, ...]:
    """Return running workloads below 5 % use for 30 minutes, and notebooks without a time to stop."""
    seen = {one.resource.id: one for one in idle}
    found = []
    for load in workloads:
        one = seen.get(load.id)
        if load.waits or one is None:
            continue
        running_s = load.running_s or 0.0
        since = now_ms - running_s * 1000 if running_s else None
        if one.percent is not None and one.percent < WASTE_PERCENT and running_s >= WASTE_MINUTES * 60:
            why = f"{format_percent(one.percent)} used in the last {WASTE_MINUTES} min"
            found.append(Waste(load.kind, load.id, load.cards, since, why))
        elif one.no_lease:
            found.append(Waste(load.kind, load.id, load.cards, since, "runs without a time to stop"))
    return tuple(sorted(found, key=lambda one: -(one.cards or 0.0)))


def price_nodes(nodes: Sequence[NodeCards], prices: PriceList) -> Cost | None:
    """Return the price of all nodes an hour; None unless every flavor has a price."""
    flavors = [node.flavor for node in nodes]
    if not flavors or not prices.by_flavor.keys() >= set(flavors):
        return None
    return Cost(_add([prices.by_flavor[flavor] for flavor in flavors]), prices.currency)
