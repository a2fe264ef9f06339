"""Nodes of a pool: free of all."""

from __future__ import annotations

from matui.resources.kinds.pools import NODES
from matui.resources.model import Phase, Resource


def test_nodes_are_shown_as_free_of_all() -> None:
    facts = {"nodes": 8, "nodes_available": 3}
    pool = Resource("pools", "1", "a", "running", Phase.RUNNING, "modelarts", "p", facts=facts)
    assert NODES.text(pool, 0) == "3/8"
    assert NODES.text(Resource("pools", "1", "a", "", Phase.RUNNING, "modelarts", "p"), 0) == "–"
