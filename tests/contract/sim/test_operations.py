"""Every sample request of the reference, sent as printed, gets an answer of the sample's shape."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from matui.base.clock import ManualClock
from matui.sim.app import build_app
from matui.sim.modelarts_v1.operations import OPERATIONS
from matui.sim.world.logs import LogDialect
from tests import sim_fixtures as samples
from tests.seeded_world import SeededWorld, build_world

RECORDED = json.loads((Path(__file__).parents[1] / "data" / "modelarts-operations.json").read_text("utf-8"))
ONLY_WHILE_RUNNING = {"remain_time", "stop_timestamp"}
PLACES = {
    "instance_id": samples.NOTEBOOK,
    "job_id": "10",
    "version_id": "10",
    "service_id": "{service_id}",
    "workspace_id": samples.WORKSPACES[1],
}


def list_sent_requests() -> list[Any]:
    return [
        pytest.param(operation, sample, id=f"{operation['section']}-{turn}")
        for operation in RECORDED
        for turn, sample in enumerate(s for s in operation["samples"] if s["kind"] == "request")
    ]


def make_url(operation: dict[str, Any], line: str | None, project: str) -> str:
    if line:
        path = line.partition("https://")[2].partition("/")[2].replace("●", "").replace(" ", "")
        return "/" + path.replace("{project_id}", project)
    path = operation["path"].replace("{project_id}", project)
    for name, value in PLACES.items():
        path = path.replace("{" + name + "}", value)
    return path


def find_differences(sample: Any, got: Any, where: str = "") -> list[str]:
    if sample is None or got is None:
        return []
    if isinstance(sample, dict) and isinstance(got, dict):
        missing = [f"{where}.{key} is missing" for key in sample.keys() - got.keys() - ONLY_WHILE_RUNNING]
        shared = sample.keys() & got.keys()
        return missing + [
            text for key in shared for text in find_differences(sample[key], got[key], f"{where}.{key}")
        ]
    if isinstance(sample, list) and isinstance(got, list):
        return find_differences(sample[0], got[0], f"{where}[0]") if sample and got else []
    kinds = {bool: "boolean", int: "number", float: "number", str: "string", list: "array", dict: "object"}
    if kinds[type(sample)] != kinds[type(got)]:
        return [f"{where}: {got!r} where the sample has {sample!r}"]
    return []


def make_sample_world() -> SeededWorld:
    world = build_world(clock=ManualClock(), dialect=LogDialect(numbers="sample"))
    samples.add_samples(world)
    return world


@pytest.mark.parametrize(("operation", "sample"), list_sent_requests())
async def test_a_printed_request_gets_an_answer_of_the_sample_s_shape(
    operation: dict[str, Any], sample: dict[str, Any]
) -> None:
    world = make_sample_world()
    if operation["section"] == "5.3.7":
        world.set_status(world.visualizations.rows["10"], 12)
    url = make_url(operation, sample["line"], world.project_id)
    transport = httpx.ASGITransport(build_app(world))
    async with httpx.AsyncClient(transport=transport, base_url="http://sim") as client:
        answer = await client.request(operation["method"], "http://sim" + url, json=sample["json"])
    assert answer.status_code == 200, answer.text
    expected = next(s["json"] for s in operation["samples"] if s["kind"] == "response")
    assert not find_differences(expected, answer.json())
    failed = next((s["json"] for s in operation["samples"] if s["kind"] == "failure"), {})
    assert ("is_success" in answer.json()) == (
        "is_success" in failed and operation["section"].startswith("5")
    )


def test_every_operation_of_the_reference_is_there_and_no_other() -> None:
    recorded = {(entry["section"], entry["method"], entry["path"]) for entry in RECORDED}
    ours = {(entry.section, entry.method, "/v1/{project_id}" + entry.path) for entry in OPERATIONS}
    assert len(ours) == 55
    assert ours == recorded


async def test_what_does_not_exist_gets_an_error_body_of_its_chapter() -> None:
    world = make_sample_world()
    transport = httpx.ASGITransport(build_app(world))
    base = f"http://sim/v1/{world.project_id}"
    async with httpx.AsyncClient(transport=transport) as client:
        for path, code, keys in (
            ("/demanager/instances/none", "ModelArts.6309", {"error_msg", "error_code"}),
            ("/training-jobs/999", "APIGW.0101", {"error_msg", "error_code", "request_id"}),
            ("/training-jobs/999/versions", "ModelArts.0102", {"is_success", "error_msg", "error_code"}),
            ("/models/none", "ModelArts.3001", {"error_msg", "error_code"}),
            ("/services/none", "ModelArts.3502", {"error_msg", "error_code"}),
            ("/workspaces/none", "ModelArts.0104", {"error_msg", "error_code", "request_id"}),
        ):
            answer = await client.get(base + path)
            assert (answer.status_code, answer.json()["error_code"]) == (404, code)
            assert answer.json().keys() == keys
            assert answer.headers["X-Request-Id"]
