"""Searches for training jobs through the current API."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.mark.parametrize(
    "condition",
    [
        {"key": ["name"], "operator": "in", "value": ["a"]},
        {"key": {"name": 1}, "operator": "like", "value": ["a"]},
        {"key": "name", "operator": ["in"], "value": ["a"]},
        {"key": "create_time", "operator": "between", "value": ["soon", 2]},
        {"key": "create_time", "operator": "between", "value": [None, None]},
        {"key": "create_time", "operator": "between", "value": [1]},
    ],
)
async def test_a_malformed_filter_is_answered_with_an_error(sim: Any, condition: dict[str, Any]) -> None:
    sim.world.add_job("resnet")
    url = f"/v2/{sim.world.project_id}/training-job-searches"
    response = await sim.client.post(url, json={"filters": [condition]})
    assert response.status_code == 400
    assert response.json()["error_code"] == "ModelArts.0107"


async def test_a_filter_by_time_keeps_the_jobs_of_that_time(sim: Any) -> None:
    job = sim.world.add_job("resnet")
    url = f"/v2/{sim.world.project_id}/training-job-searches"
    for first, count in ((job.created, 1), (job.created + 1, 0)):
        condition = {"key": "create_time", "operator": "between", "value": [str(first), job.created + 9]}
        body = (await sim.client.post(url, json={"filters": [condition]})).json()
        assert body["count"] == count
