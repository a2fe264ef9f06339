"""What is free on the nodes of pools is read again after a minute, and forgotten with its pool."""

from __future__ import annotations

from matui.base.clock import ManualClock
from matui.clouds.modelarts.v2.pools.usage import FreeCache
from matui.clouds.modelarts.v2.pools.wire import Node
from matui.resources.model import Phase, Resource

DAY_S = 86_400.0


def make_pool(ident: str) -> Resource:
    return Resource("pools", ident, ident, "Running", Phase.RUNNING, "modelarts", "prod")


async def test_what_was_free_in_a_pool_that_is_gone_for_a_day_is_forgotten() -> None:
    clock, others = ManualClock(), [make_pool(f"p{number}") for number in range(5)]
    status = {"phase": "Available", "availableResources": {"cpu": "8"}}

    async def read_nodes(_pool: str) -> list[Node]:
        return [Node.model_validate({"status": status})]

    cache = FreeCache(read_nodes, clock)
    assert (await cache.fill([make_pool("gone")]))[0].facts == {"cpu": 8.0}
    await clock.advance(DAY_S)
    await cache.fill([])
    again = (await cache.fill([*others, make_pool("gone")]))[-1]  # five pools are read with a poll
    assert "cpu" not in again.facts
