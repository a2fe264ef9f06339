"""A strict simulator of today's ModelArts and our client on it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from matui.base.clock import ManualClock
from matui.clouds.factory import open_cloud
from matui.clouds.protocols import ListRequest
from matui.config.settings import Profile
from matui.resources.model import Resource
from matui.sim.app import build_app
from matui.sim.server.auth import SimAuth
from tests.seeded_world import build_world

START = 1_760_000_000.0


class Stage:
    """A world, the keys it takes, and profiles on it."""

    def __init__(
        self, *, scale: int = 0, seed: int = 7, generations: tuple[str, ...] = ("v2",), **world: Any
    ) -> None:
        self.clock = ManualClock(START)
        self.world = build_world(seed=seed, scale=scale, clock=self.clock, **world)
        self.auth = SimAuth.demo(seed)
        self.app = build_app(self.world, auth=self.auth, generations=generations)

    def build_profile(self, api: str = "v2", **fields: Any) -> Profile:
        """Return a profile on the simulator."""
        (ak, sk), *_ = self.auth.keys.items()
        here = {"endpoint": "http://127.0.0.1:1", "iam_endpoint": "http://127.0.0.1:1"}
        known = {"name": "sim", "region": self.world.region, "project_id": self.world.project_id}
        return Profile.model_validate({"api": api, "ak": ak, "sk": sk, **known, **here, **fields})

    @asynccontextmanager
    async def open_cloud(
        self, api: str = "v2", cache_dir: Path | None = None, **fields: Any
    ) -> AsyncIterator[Any]:
        opened = await open_cloud(
            self.build_profile(api, **fields),
            clock=self.clock,
            cache_dir=cache_dir,
            asgi_app=self.app,
            retries=0,
        )
        try:
            yield opened
        finally:
            await opened.aclose()

    def list_sent(self) -> list[tuple[str, str]]:
        """Return method and path, without the project, of every request."""
        project = f"/{self.world.project_id}"
        return [(method, path.replace(project, "")) for method, path, _ in self.world.requests]


async def list_first_page(cloud: Any, kind: str) -> tuple[Resource, ...]:
    """Return the first page of a kind."""
    found: tuple[Resource, ...] = (await cloud.list_page(ListRequest(kind))).resources
    return found
