"""Whatever a request carries, the simulator answers with JSON and never with a failure of its own."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from matui.base.clock import ManualClock
from matui.sim.app import build_app
from tests import sim_fixtures as samples
from tests.seeded_world import SeededWorld, build_world

RECORDED = json.loads((Path(__file__).parents[1] / "data" / "modelarts-operations.json").read_text("utf-8"))
WITH_BODY = [
    entry for entry in RECORDED if any(s["kind"] == "request" and s["json"] for s in entry["samples"])
]
ODD = (None, 5, -1, 10**30, 1.5, "x", "", [], {}, True, [1], [None], {"a": 1}, "\ud800")
PLACES = {
    "{instance_id}": samples.NOTEBOOK, "{job_id}": "10", "{version_id}": "10", "{config_name}": "config",
    "{workspace_id}": samples.WORKSPACES[1], "{model_id}": "xxxx", "{node_id}": "{node_id}",
}  # fmt: skip

EXTRA: dict[str, dict[str, Any]] = {
    "6.1.1": {"install_type": ["batch"], "model_docs": [{}], "initial_config": "{}", "workspace_id": "0"},
    "7.1": {"vpc_id": "v", "additional_properties": {"smn_notification": {}}, "workspace_id": "0"},
    "7.5": {"schedule": [{"type": "stop", "time_unit": "DAYS", "duration": 1}], "additional_properties": {}},
    "4.4": {"spec": {"auto_stop": {"enable": True, "duration": 3600, "prompt": False}}},
}
NAMES = (
    "status", "per_page", "page", "sortBy", "sortby", "sort_by", "order", "offset", "limit", "lines",
    "base_line",
    "start_byte", "search_content", "workspace_id", "config_type", "infer_type", "start_time", "log_file",
)  # fmt: skip


def spoil_value(value: Any) -> Iterator[Any]:
    """Yield copies of ``value`` with one part replaced, at any depth."""
    yield from ODD
    children = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for key, child in children:
        for odd in spoil_value(child):
            changed = copy.copy(value)
            changed[key] = odd
            yield changed


def make_world() -> tuple[SeededWorld, httpx.AsyncClient]:
    world = build_world(clock=ManualClock(), scale=0)
    samples.add_samples(world)
    return world, httpx.AsyncClient(transport=httpx.ASGITransport(build_app(world)), base_url="http://sim")


def make_path(entry: dict[str, Any], world: SeededWorld) -> str:
    path: str = entry["path"].replace("{project_id}", world.project_id)
    for place, key in PLACES.items():
        path = path.replace(place, key)
    return path


@pytest.mark.slow
@pytest.mark.parametrize("entry", WITH_BODY, ids=lambda entry: str(entry["section"]))
async def test_a_spoiled_body_is_answered_and_leaves_the_world_readable(entry: dict[str, Any]) -> None:
    world, client = make_world()
    extra = EXTRA.get(entry["section"], {})
    bodies = [extra | s["json"] for s in entry["samples"] if s["kind"] == "request" and s["json"]]
    async with client:
        for body in (odd for sample in bodies for odd in spoil_value(sample)):
            answer = await client.request(entry["method"], make_path(entry, world), content=json.dumps(body))
            assert answer.status_code < 500, body
            assert isinstance(answer.json(), dict)
        for shown in (
            "demanager/instances?de_type=Notebook",
            "training-jobs?per_page=1000",
            "services",
            "workspaces",
        ):
            assert (await client.get(f"/v1/{world.project_id}/{shown}")).status_code == 200
        for kind, store in (("models", world.models), ("services", world.services)):
            for key in store.rows:
                assert (await client.get(f"/v1/{world.project_id}/{kind}/{key}")).status_code == 200
        for job in world.jobs:
            assert (
                await client.get(f"/v1/{world.project_id}/training-jobs/{job.id}/versions")
            ).status_code == 200
        for config in world.configs:
            assert (
                await client.get(f"/v1/{world.project_id}/training-job-configs/{config.name}")
            ).status_code == 200


@pytest.mark.slow
@pytest.mark.parametrize(
    "entry", [e for e in RECORDED if e["method"] == "GET"], ids=lambda entry: str(entry["section"])
)
async def test_an_odd_query_is_answered(entry: dict[str, Any]) -> None:
    world, client = make_world()
    async with client:
        for name in NAMES:
            for value in ("", "-1", "0", "9" * 40, "x", "١", "%00", "a,b", "8,8", "true"):
                answer = await client.get(
                    make_path(entry, world), params={name: value, "de_type": "Notebook"}
                )
                assert answer.status_code < 500, (name, value)
                assert isinstance(answer.json(), dict)
