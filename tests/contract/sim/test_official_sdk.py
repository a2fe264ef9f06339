"""The cloud's own client and signer, against the simulator that checks every signature."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException
from huaweicloudsdkcore.sdk_request import SdkRequest
from huaweicloudsdkcore.signer.signer import Signer
from huaweicloudsdkmodelarts.v1 import ListWorkspaceRequest, ModelArtsClient

from matui.base.clock import SystemClock
from matui.sim.app import build_app
from matui.sim.server.auth import SimAuth
from matui.sim.world.build import PROJECT_ID
from tests.seeded_world import build_world
from tests.threaded_sim import ThreadedSim


@pytest.fixture
def auth() -> SimAuth:
    return SimAuth.demo()


@pytest.fixture
def sim(auth: SimAuth) -> Iterator[ThreadedSim]:
    with ThreadedSim(build_app(build_world(clock=SystemClock()), auth=auth)) as running:
        yield running


def make_client(url: str, access: str, secret: str, token: str | None = None) -> ModelArtsClient:
    credentials = BasicCredentials(access, secret, PROJECT_ID)
    if token:
        credentials = credentials.with_security_token(token)
    return ModelArtsClient.new_builder().with_credentials(credentials).with_endpoint(url).build()


def test_the_official_client_lists_the_workspaces(sim: ThreadedSim, auth: SimAuth) -> None:
    access, secret = next(iter(auth.keys.items()))
    answer = make_client(sim.url, access, secret).list_workspace(
        ListWorkspaceRequest(limit=3, sort_by="name")
    )
    assert answer.total_count == 5
    assert len(answer.workspaces) == 3


def test_a_wrong_secret_is_refused(sim: ThreadedSim, auth: SimAuth) -> None:
    with pytest.raises(ClientRequestException) as refused:
        make_client(sim.url, next(iter(auth.keys)), "wrong").list_workspace(ListWorkspaceRequest())
    assert (refused.value.status_code, refused.value.error_code) == (401, "APIGW.0301")


def test_temporary_keys_need_their_security_token(sim: ThreadedSim, auth: SimAuth) -> None:
    access, key = auth.issue_temporary(SystemClock().now())
    assert (
        make_client(sim.url, access, key.secret, key.token).list_workspace(ListWorkspaceRequest()).count == 5
    )
    with pytest.raises(ClientRequestException):
        make_client(sim.url, access, key.secret).list_workspace(ListWorkspaceRequest())


def send_signed(
    auth: SimAuth, sim: ThreadedSim, method: str, path: str, query: list[tuple[str, Any]], body: str
) -> Any:
    access, secret = next(iter(auth.keys.items()))
    host = sim.url.removeprefix("http://")
    headers = {"Content-Type": "application/json", "X-Project-Id": PROJECT_ID}
    request = SdkRequest(method, "http", host, path, query_params=query, header_params=headers, body=body)
    return Signer(BasicCredentials(access, secret, PROJECT_ID)).sign(request)


@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_requests_signed_by_the_official_signer_pass(sim: ThreadedSim, auth: SimAuth, method: str) -> None:
    body = json.dumps({"description": "训练 ✅"}) if method == "PUT" else ""
    path = f"/v1/{PROJECT_ID}/workspaces" + ("/0" if method == "PUT" else "")
    query = (
        [("name", "de fault~1*a/b+c&d=e"), ("limit", 2), ("A", "upper"), ("empty", "")]
        if method == "GET"
        else []
    )
    request = send_signed(auth, sim, method, path, query, body)
    answer = httpx.request(
        method, sim.url + request.uri, headers=request.header_params, content=body.encode()
    )
    assert answer.status_code == 200, answer.text
    changed = request.header_params | {"X-Project-Id": "f" * 32}
    assert (
        httpx.request(method, sim.url + request.uri, headers=changed, content=body.encode()).status_code
        == 401
    )
    if method == "PUT":
        assert (
            httpx.put(sim.url + request.uri, headers=request.header_params, content=b"{}").status_code == 401
        )
