"""A simulated cloud in-process, asked with plain requests."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest

from matui.base.clock import ManualClock
from matui.sim.app import build_app
from tests.seeded_world import SeededWorld, build_world
from tests.sim_fixtures import add_hostile


class Sim:
    """A world, its clock and a client for it; answers come as (status, body)."""

    def __init__(self, world: SeededWorld, clock: ManualClock, client: httpx.AsyncClient) -> None:
        self.world, self.clock, self.client = world, clock, client

    async def ask(self, method: str, path: str, body: Any = None, **query: Any) -> tuple[int, Any]:
        url = f"/v1/{self.world.project_id}{path}"
        answer = await self.client.request(method, url, json=body, params=query or None)
        assert answer.headers["X-Request-Id"]
        return answer.status_code, answer.json()

    async def get(self, path: str, **query: Any) -> Any:
        status, body = await self.ask("GET", path, **query)
        assert status == 200, body
        return body

    async def read_code(self, method: str, path: str, body: Any = None, **query: Any) -> str:
        status, answer = await self.ask(method, path, body, **query)
        assert status >= 400, answer
        return str(answer["error_code"])


@pytest.fixture
async def make_sim() -> AsyncIterator[Callable[..., Sim]]:
    clients: list[httpx.AsyncClient] = []

    def make(*, auth: Any = None, faults: Any = None, hostile: bool = False, **options: Any) -> Sim:
        clock = ManualClock(1_600_000_000.0)
        world = build_world(clock=clock, **({"scale": 0} | options))
        if hostile:
            add_hostile(world)
        transport = httpx.ASGITransport(build_app(world, auth=auth, faults=faults))
        clients.append(httpx.AsyncClient(transport=transport, base_url="http://sim"))
        return Sim(world, clock, clients[-1])

    yield make
    for client in clients:
        await client.aclose()


@pytest.fixture
def sim(make_sim: Callable[..., Sim]) -> Sim:
    return make_sim()
