"""The cards of a resource pool by node, and the workloads that hold or wait for them.

A card is a GPU or an NPU. Counts are floats because a workload may hold a part of one.
"""

from __future__ import annotations

from typing import NamedTuple


class NodeCards(NamedTuple):
    """The cards of one node; ``cards`` and ``free`` are None where the cloud does not state them."""

    name: str
    flavor: str
    cards: float | None
    free: float | None
    healthy: bool


class Workload(NamedTuple):
    """A job, notebook or service on a pool; a number is None where the cloud does not state it.

    ``faulty`` is how many of the cards are on faulty nodes.
    ``running_s`` is how long it has held its cards, ``pending_s`` how long it waits.
    ``position`` is its place in the queue, from 1.
    """

    kind: str
    id: str
    name: str
    owner: str
    flavor: str
    cards: float | None
    waits: bool
    running_s: float | None = None
    pending_s: float | None = None
    position: int | None = None
    hosts: tuple[str, ...] = ()
    faulty: float = 0.0


class PoolUsage(NamedTuple):
    """Nodes and workloads of a pool; ``complete`` is False where the cloud has more than were read."""

    nodes: tuple[NodeCards, ...]
    workloads: tuple[Workload, ...]
    complete: bool = True
