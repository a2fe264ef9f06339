"""Our clients on the simulator in-process, with its own strict signatures."""

from __future__ import annotations

from typing import Any

from matui.base.clock import ManualClock
from matui.clouds.factory import open_cloud
from matui.clouds.opensearch.cloud import OpenSearchCloud
from matui.clouds.qianfan.cloud import QianfanCloud
from matui.config.settings import Profile
from matui.resources.detail import Detail
from matui.resources.model import Phase, Resource
from matui.sim.app import build_app
from matui.sim.opensearch.world import OpenSearchWorld
from matui.sim.peers import Peers
from matui.sim.qianfan.world import QianfanWorld
from matui.sim.server.auth import SimAuth
from tests.seeded_world import build_world

HERE = "http://127.0.0.1:1"


class Rig:
    """A simulator with all three clouds, and profiles for two of them."""

    def __init__(self, scale: int = 1) -> None:
        self.clock = ManualClock()
        self.world = build_world(seed=7, clock=self.clock, scale=scale)
        self.peers = Peers.build_beside(self.world)
        self.app = build_app(self.world, auth=SimAuth.demo(7), peers=self.peers)

    @property
    def qianfan(self) -> QianfanWorld:
        return self.peers.qianfan

    @property
    def opensearch(self) -> OpenSearchWorld:
        return self.peers.opensearch

    @property
    def now(self) -> int:
        return self.world.tick()

    def count_asked(self, word: str) -> int:
        """Return how many requests have had the word in path or query."""
        return sum(word in path + query for _method, path, query in self.world.requests)

    def build_qianfan_profile(self, **fields: Any) -> Profile:
        (ak, sk), *_ = self.qianfan.keys.items()
        told = {"name": "qf", "cloud": "qianfan", "ak": ak, "sk": sk, "endpoint": HERE}
        return Profile.model_validate(told | {"v1_jobs": [[7263, 4612], [7263, 4498]]} | fields)

    def build_opensearch_profile(self, **fields: Any) -> Profile:
        (ak, sk), *_ = self.opensearch.keys.items()
        told = {"name": "os", "cloud": "opensearch", "ak": ak, "sk": sk, "endpoint": HERE}
        told |= {"region": "cn-hangzhou", "app": "my_app"}
        return Profile.model_validate(told | {"functions": ["ctr", "pop"]} | fields)

    async def open_qianfan(self, **fields: Any) -> QianfanCloud:
        cloud = await self._open(self.build_qianfan_profile(**fields))
        assert isinstance(cloud, QianfanCloud)
        return cloud

    async def open_opensearch(self, **fields: Any) -> OpenSearchCloud:
        cloud = await self._open(self.build_opensearch_profile(**fields))
        assert isinstance(cloud, OpenSearchCloud)
        return cloud

    async def _open(self, profile: Profile) -> Any:
        return await open_cloud(profile, clock=self.clock, cache_dir=None, asgi_app=self.app, retries=0)


def map_rows(detail: Detail) -> dict[str, Any]:
    """Return every row of a detail by its label; the first of those with one label."""
    told: dict[str, Any] = {}
    for section in detail.sections:
        for label, value in section.rows:
            told.setdefault(label, value)
    return told


def find_named(rows: tuple[Resource, ...], name: str) -> Resource:
    """Return the row of that name."""
    return next(row for row in rows if row.name == name)


def make_job(resource_id: str, cloud: str, kind: str = "jobs") -> Resource:
    """Return a resource known by its id alone."""
    return Resource(kind, resource_id, "n", "", Phase.UNKNOWN, cloud, "p")
