"""The lookup of API v1's operations, and how requests outside it are answered."""

from __future__ import annotations

import httpx
import pytest

from matui.base.clock import SystemClock
from matui.sim.app import build_app
from matui.sim.modelarts_v1.operations import OPERATIONS, V1Operation
from matui.sim.modelarts_v1.serving import V1Table
from matui.sim.world.build import PROJECT_ID, build_world

TABLE = V1Table(OPERATIONS)
ROOT = f"/v1/{PROJECT_ID}"


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.section)
def test_every_operation_is_found_by_its_method_and_path(operation: V1Operation) -> None:
    found = TABLE.find(operation.method, "/v1/{project_id}" + operation.path.replace("{", "<"))
    assert found is not None
    assert found.operation is operation


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("DELETE", f"{ROOT}/training-jobs"),
        ("GET", f"{ROOT}/training-jobs/7/"),
        ("GET", "/v1//training-jobs"),
        ("GET", f"{ROOT}/notebooks"),
    ],
)
def test_other_methods_and_paths_are_no_operation(method: str, path: str) -> None:
    assert TABLE.find(method, path) is None


def test_a_path_yields_its_parameters() -> None:
    found = TABLE.find("HEAD", f"{ROOT}/training-jobs/7/versions/9")
    assert found is not None
    assert found.path == {"project_id": PROJECT_ID, "job_id": "7", "version_id": "9"}


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/v1"), ("PATCH", f"{ROOT}/models"), ("GET", "/nowhere")]
)
async def test_an_unknown_path_or_method_is_not_published(method: str, path: str) -> None:
    app = build_app(build_world(scale=0, clock=SystemClock()))
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://sim") as client:
        response = await client.request(method, path)
    assert response.status_code == 404
    assert response.json()["error_code"] == "APIGW.0101"
    assert response.headers["content-type"] == "application/json;charset=UTF-8"
