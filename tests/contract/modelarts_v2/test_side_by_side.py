"""The parts of a detail that do not depend on each other are requested at the same time."""

from __future__ import annotations

import asyncio
import json

import pytest

from matui.clouds.http.messages import Answer, Call
from matui.clouds.modelarts.v2.cloud import ModelArtsV2Cloud
from matui.clouds.protocols import BudgetState
from matui.resources.model import Phase, Resource

BODIES: dict[str, object] = {
    "/tasks": [],
    "/deployments": {"data": [{"name": "a"}, {"name": "b"}], "total": 2},
    "/nodes": {"items": [], "metadata": {}},
}


class SlowSession:
    """Answers after all that is sent at the same time has been sent; notes how many that were."""

    project_id, clock_offset_s = "p", None

    def __init__(self) -> None:
        self.rounds: list[int] = []
        self._waiting: list[asyncio.Future[None]] = []

    async def send(self, call: Call) -> Answer:
        loop = asyncio.get_running_loop()
        if not self._waiting:
            loop.call_later(0.01, self._release)
        self._waiting.append(loop.create_future())
        await self._waiting[-1]
        body = next(
            (body for end, body in BODIES.items() if call.path.endswith(end)),
            {"id": "x", "metadata": {"name": "x"}, "data": []},
        )
        return Answer(200, json.dumps(body).encode(), "r", "https://x")

    def _release(self) -> None:
        self.rounds.append(len(self._waiting))
        for future in self._waiting:
            future.set_result(None)
        self._waiting = []

    def get_budget(self) -> BudgetState:
        return BudgetState(0, 300)

    async def aclose(self) -> None:
        return None


@pytest.mark.parametrize(
    ("kind", "rounds"), [("jobs", [4]), ("pools", [4]), ("services", [2, 6]), ("workspaces", [2])]
)
async def test_a_detail_takes_as_few_round_trips_as_it_can(kind: str, rounds: list[int]) -> None:
    session = SlowSession()
    cloud = ModelArtsV2Cloud(session, profile="p")
    await cloud.describe(Resource(kind, "x", "x", "", Phase.RUNNING, "modelarts", "p"))
    assert session.rounds == rounds
