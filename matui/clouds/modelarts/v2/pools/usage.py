"""Nodes and workloads of a v2 pool to the cards that exist, are free, are held and are waited for."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from math import inf

from matui.base.calls.gather import gather_limited
from matui.base.clock import Clock
from matui.base.errors import PART_ERRORS
from matui.base.text.sanitize import clean
from matui.clouds.modelarts.v2.pools import wire
from matui.clouds.wire_types import to_text
from matui.resources.detail import NodeCards, Workload
from matui.resources.model import Fact, Resource

# Kubernetes names of cards: nvidia.com/gpu, huawei.com/ascend-1980, huawei.com/ascend-snt9 …
_CARD = re.compile(r"gpu|npu|ascend", re.IGNORECASE)
_KINDS = {"train": "jobs", "infer": "services", "x-infer": "services", "notebook": "notebooks"}
_WAITING = {"queue", "pending", "creating"}
_FREE_MAX_AGE_S = 60.0
_FREE_KEPT_S = 86_400.0  # by then every pool that is there was read again
_MOST_POOLS_A_CALL = 5
_AT_ONCE = 5
_MEMORY = re.compile(r"([0-9]{1,12}(?:\.[0-9]{1,6})?)(Ki|Mi|Gi|Ti|K|M|G|T|)B?")
_MEMORY_UNITS_MB = {
    "": 1024.0,
    "Ki": 2**-10,
    "Mi": 1.0,
    "Gi": 2.0**10,
    "Ti": 2.0**20,
    "K": 1e3 / 2**20,
    "M": 1e6 / 2**20,
    "G": 1e9 / 2**20,
    "T": 1e12 / 2**20,
}
_ENDED = {"completed", "terminated", "failed"}
NOT_RUNNING = frozenset({"queue", "pending"} | _ENDED)
"""States of workloads, in lower case, in which nothing of them runs on a node."""


def build_nodes(nodes: list[wire.Node]) -> Iterator[NodeCards]:
    """Yield the cards of each node."""
    for node in nodes:
        status = node.status
        total = count_stated_cards(status.resources)
        healthy = is_healthy(node)
        free = count_cards(status.free)
        yield NodeCards(
            clean(str(node.metadata.name)),
            clean(node.spec.flavor),
            total,
            min(free, inf if total is None else total)
            if free is not None and healthy
            else None
            if healthy
            else 0.0,
            healthy,
        )


def is_healthy(node: wire.Node) -> bool:
    """Return whether the cards of a node can be used; those of a node under check, or being made, cannot."""
    return node.status.phase.casefold() == "available"


def build_workloads(loads: list[wire.PoolWorkload], nodes: Sequence[wire.Node] = ()) -> Iterator[Workload]:
    """Yield the workloads that hold or wait for cards; ended ones are left out."""
    faulty = {node.status.address for node in nodes if node.status.address and not is_healthy(node)}
    for load in loads:
        status = load.status.casefold()
        if status in _ENDED:
            continue
        yield Workload(
            _KINDS.get(load.type.casefold(), clean(load.type)),
            clean(load.job_id or load.name),
            clean(load.job or load.name),
            clean(load.user),
            clean(load.flavor),
            count_stated_cards(load.needs),
            status in _WAITING or (not load.running_s and bool(load.pending_s)),
            _read_duration(load.running_s),
            _read_duration(load.pending_s),
            load.place or None,
            tuple(clean(host) for host in load.hosts),
            _count_on(load, faulty),
        )


def _count_on(load: wire.PoolWorkload, addresses: Collection[str]) -> float:
    """Return the cards that a workload holds on nodes by address; without its nodes, equal parts of all."""
    if not addresses:
        return 0.0
    cards = count_cards(load.needs) or 0.0
    here = [node for node in load.nodes if node is not None and node.host in addresses]
    if here:
        return min(cards, sum(count_cards(node.needs) or 0.0 for node in here)) if cards else 0.0
    return cards * sum(host in addresses for host in load.hosts) / max(1, len(load.hosts))


def _read_duration(seconds: float | None) -> float | None:
    """Return a duration, None where it is unknown or below 0."""
    return seconds if seconds is not None and seconds >= 0 else None


def count_stated_cards(resources: Mapping[str, object]) -> float | None:
    """Return the sum of the cards in a map of Kubernetes resources, 0 where it names others only.

    None where it is empty or a count cannot be read.
    """
    if not resources or any(_CARD.search(name) for name in resources):
        return count_cards(resources)
    return 0.0


def count_cards(resources: Mapping[str, object]) -> float | None:
    """Return the sum of the cards in a map of Kubernetes resources.

    None where it names none or a count cannot be read.
    """
    counts = [_read_number(value) for name, value in resources.items() if _CARD.search(name)]
    known = [count for count in counts if count is not None]
    return sum(known) if known and len(known) == len(counts) else None


class FreeCache:
    """Fills in what is free on the nodes of pools, which the list does not say.

    The nodes of a pool are read again after a minute, those of five pools at most a call. What was not read
    again for a day is dropped: the pool is gone.
    """

    def __init__(self, read_nodes: Callable[[str], Awaitable[list[wire.Node]]], clock: Clock) -> None:
        self._read_nodes = read_nodes
        self._clock = clock
        self._known: dict[str, tuple[float, dict[str, Fact]]] = {}

    async def fill(self, pools: Sequence[Resource]) -> tuple[Resource, ...]:
        """Return the pools with the facts ``cpu``, ``memory_mb`` and ``gpu``, the amounts that are free."""
        now = self._clock.monotonic()
        self._known = {key: one for key, one in self._known.items() if now - one[0] < _FREE_KEPT_S}
        old = [pool for pool in pools if now - self._read_at(pool.id) >= _FREE_MAX_AGE_S]
        due = sorted(old, key=lambda pool: self._read_at(pool.id))[:_MOST_POOLS_A_CALL]
        found = await gather_limited(lambda pool: self._read(pool.id), due, _AT_ONCE)
        self._known |= {pool.id: (now, facts) for pool, facts in zip(due, found, strict=True)}
        return tuple(
            replace(pool, facts={**pool.facts, **self._known[pool.id][1]}) if pool.id in self._known else pool
            for pool in pools
        )

    def _read_at(self, pool_id: str) -> float:
        return self._known[pool_id][0] if pool_id in self._known else -inf

    async def _read(self, pool_id: str) -> dict[str, Fact]:
        try:
            return sum_free(await self._read_nodes(pool_id))
        except PART_ERRORS:
            return {}


def sum_free(nodes: Sequence[wire.Node]) -> dict[str, Fact]:
    """Return the free cores, memory in MB and cards of all nodes; left out where a node does not state it."""
    healthy = [node.status.free for node in nodes if is_healthy(node)]
    totals = {
        "cpu": [_read_number(free.get("cpu")) for free in healthy],
        "memory_mb": [parse_memory_mb(to_text(free.get("memory"))) for free in healthy],
        "gpu": [count_cards(free) for free in healthy],
    }
    return {
        name: sum(value for value in values if value is not None)
        for name, values in totals.items()
        if values and None not in values
    }


def parse_memory_mb(text: str) -> float | None:
    """Return a Kubernetes amount of memory in MB (2**20 bytes), None where it cannot be read.

    A number without a unit is in GiB, as the reference says.
    """
    match = _MEMORY.fullmatch(text.strip())
    if match is None:
        return None
    return float(match[1]) * _MEMORY_UNITS_MB[match[2]]


def _read_number(value: object) -> float | None:
    try:
        count = float(to_text(value))
    except ValueError:
        return None
    return count if 0 <= count < 1e6 else None
