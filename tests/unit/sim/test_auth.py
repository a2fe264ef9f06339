"""Who is let in: tokens with a life, agencies with temporary keys."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from matui.sim.server.auth import SimAuth
from matui.sim.server.faults import parse_faults


def make_login(password: str, name: str = "matui", region: str = "cn-north-4") -> dict[str, Any]:
    user = {"name": name, "password": password, "domain": {"name": "matui-sim"}}
    identity = {"methods": ["password"], "password": {"user": user}}
    return {"auth": {"identity": identity, "scope": {"project": {"name": region}}}}


async def call(sim: Any, token: str | None = None) -> tuple[int, str]:
    headers = {"X-Auth-Token": token} if token else {}
    answer = await sim.client.get(f"/v1/{sim.world.project_id}/workspaces", headers=headers)
    return answer.status_code, answer.json().get("error_code", "")


async def test_a_token_is_given_for_the_password_and_dies_in_time(make_sim: Callable[..., Any]) -> None:
    auth = SimAuth.demo()
    sim = make_sim(auth=auth, faults=parse_faults("expire:20"))
    password = auth.users["matui"][0]
    assert (await sim.client.post("/v3/auth/tokens", json=make_login("wrong"))).status_code == 401
    assert (await sim.client.post("/v3/auth/tokens", json={})).status_code == 400
    answer = await sim.client.post("/v3/auth/tokens", json=make_login(password))
    token = answer.headers["X-Subject-Token"]
    assert answer.status_code == 201
    assert answer.json()["token"]["expires_at"] == "2020-09-13T12:27:00.000000Z"
    assert await call(sim, token) == (200, "")
    sim.clock.jump(20)
    assert await call(sim, token) == (401, "ModelArts.0202")


async def test_missing_unknown_revoked_and_foreign_tokens_are_distinguished(
    make_sim: Callable[..., Any],
) -> None:
    auth = SimAuth.demo()
    sim = make_sim(auth=auth)
    good, _ = auth.issue_token(sim.clock.now(), sim.world.project_id)
    foreign, _ = auth.issue_token(sim.clock.now(), "f" * 32)
    assert await call(sim) == (401, "ModelArts.0201")
    assert await call(sim, "x") == (401, "ModelArts.0203")
    assert await call(sim, foreign) == (401, "ModelArts.0210")
    assert await call(sim, good) == (200, "")
    auth.revoke_all()
    assert await call(sim, good) == (401, "ModelArts.0203")


async def test_a_project_is_found_by_its_region_with_a_token(make_sim: Callable[..., Any]) -> None:
    auth = SimAuth.demo()
    sim = make_sim(auth=auth)
    token, _ = auth.issue_token(sim.clock.now(), sim.world.project_id)
    assert (await sim.client.get("/v3/projects?name=cn-north-4")).status_code == 401
    for name, count in (("cn-north-4", 1), ("mars", 0)):
        answer = await sim.client.get(f"/v3/projects?name={name}", headers={"X-Auth-Token": token})
        assert len(answer.json()["projects"]) == count


async def test_the_metadata_service_gives_temporary_keys_for_its_token(make_sim: Callable[..., Any]) -> None:
    auth = SimAuth.demo()
    sim = make_sim(auth=auth)
    path = "/meta-data/latest/api/token"
    assert (await sim.client.put(path)).status_code == 400
    token = (await sim.client.put(path, headers={"X-Metadata-Token-Ttl-Seconds": "21600"})).text
    assert (await sim.client.get("/openstack/latest/securitykey")).status_code == 401
    answer = await sim.client.get("/openstack/latest/securitykey", headers={"X-Metadata-Token": token})
    credential = answer.json()["credential"]
    assert auth.temporary[credential["access"]].secret == credential["secret"]
    auth.old_metadata = True
    assert (await sim.client.put(path, headers={"X-Metadata-Token-Ttl-Seconds": "1"})).status_code == 404
    assert (await sim.client.get("/openstack/latest/securitykey")).status_code == 200


@pytest.mark.parametrize(
    "authorization",
    [
        "Bearer x",
        "SDK-HMAC-SHA256 nonsense",
        f"SDK-HMAC-SHA256 Access=A, SignedHeaders=host, Signature={'0' * 64}",
    ],
)
async def test_a_malformed_authorization_is_refused_by_the_gateway(
    make_sim: Callable[..., Any], authorization: str
) -> None:
    sim = make_sim(auth=SimAuth.demo())
    url = f"/v1/{sim.world.project_id}/workspaces"
    answer = await sim.client.get(url, headers={"Authorization": authorization})
    assert (answer.status_code, answer.json()["error_code"]) == (401, "APIGW.0301")


def test_secrets_stay_out_of_representations() -> None:
    auth = SimAuth.demo()
    access, key = auth.issue_temporary(0)
    token, _ = auth.issue_token(0, "p")
    text = repr(auth) + repr(key)
    for secret in (*auth.keys.values(), auth.users["matui"][0], key.secret, key.token, token, access):
        assert secret not in text
