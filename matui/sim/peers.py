"""The accounts of the other clouds that the simulator serves on the same port."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from starlette.routing import Route

from matui.sim.opensearch.api import build_opensearch_routes
from matui.sim.opensearch.world import OpenSearchWorld
from matui.sim.qianfan.api import build_qianfan_routes
from matui.sim.qianfan.world import QianfanWorld
from matui.sim.world.world import World


@dataclass(slots=True)
class Peers:
    """One account of each cloud; they share the time of the ModelArts world."""

    qianfan: QianfanWorld
    opensearch: OpenSearchWorld

    @classmethod
    def build_beside(cls, world: World) -> Self:
        """Return accounts with the seed, the scale and the start of ``world``."""
        scale = min(world.scale, 100)
        return cls(
            QianfanWorld(world.seed, scale, world.began), OpenSearchWorld(world.seed, scale, world.began)
        )


def build_peer_routes() -> list[Route]:
    """Return the routes of all peers."""
    return build_qianfan_routes() + build_opensearch_routes()
