"""Whole sessions against the simulator, which checks every signature and token for itself."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from matui.base.clock import ManualClock
from matui.base.errors import AuthenticationError, ConfigError
from matui.clouds.factory import examine, open_cloud
from matui.clouds.http.messages import Call
from matui.clouds.modelarts.factory import open_api_session
from matui.clouds.modelarts.session import ModelArtsSession
from matui.clouds.protocols import ListRequest, Lists
from matui.config.settings import Profile
from matui.sim.app import build_app
from matui.sim.server.auth import SimAuth
from tests.seeded_world import build_world

JOBS = Call("GET", "/v1/{project_id}/training-jobs", (("per_page", "10"), ("search_content", "a b*~ü/+&=")))


class Simulated:
    """A world, its strict authentication, and sessions on it."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.world = build_world(seed=7, clock=self.clock)
        self.auth = SimAuth.demo(7)
        self.app = build_app(self.world, auth=self.auth)
        (self.ak, self.sk), *_ = self.auth.keys.items()
        (self.user, (self.password, self.domain)), *_ = self.auth.users.items()

    def make_profile(self, **fields: Any) -> Profile:
        """Return a profile on the simulator."""
        here = {"endpoint": "http://127.0.0.1:1", "iam_endpoint": "http://127.0.0.1:1"}
        return Profile.model_validate({"name": "sim", "region": self.world.region, **here, **fields})

    @asynccontextmanager
    async def open_session(
        self, cache_dir: Path | None = None, **fields: Any
    ) -> AsyncIterator[ModelArtsSession]:
        profile = self.make_profile(**fields)
        session = await open_api_session(profile, clock=self.clock, cache_dir=cache_dir, asgi_app=self.app)
        try:
            yield session
        finally:
            await session.aclose()


@pytest.fixture
def sim() -> Simulated:
    return Simulated()


async def test_signed_calls_are_accepted_and_the_project_is_looked_up_once(sim: Simulated) -> None:
    async with sim.open_session(ak=sim.ak, sk=sim.sk) as session:
        assert session.project_id == ""
        for _ in range(2):
            assert (await session.send(JOBS)).status == 200
        assert session.project_id == sim.world.project_id
        assert session.get_budget().used == 3


async def test_a_signed_action_with_a_body_is_accepted(sim: Simulated) -> None:
    call = Call("PUT", "/v1/{project_id}/services/no-such", body='{"status":"停"}'.encode(), action=True)
    async with sim.open_session(ak=sim.ak, sk=sim.sk, project_id=sim.world.project_id) as session:
        with pytest.raises(Exception, match=r"ModelArts\.") as caught:
            await session.send(call)
        assert not isinstance(caught.value, AuthenticationError)


async def test_a_wrong_secret_is_refused_in_plain_words(sim: Simulated) -> None:
    async with sim.open_session(ak=sim.ak, sk="WRONGWRONG", project_id=sim.world.project_id) as session:
        with pytest.raises(AuthenticationError) as caught:
            await session.send(JOBS)
    assert "WRONGWRONG" not in str(caught.value)
    assert sim.ak not in str(caught.value)
    assert caught.value.code == "APIGW.0301"


async def test_a_password_signs_in_and_brings_the_project(sim: Simulated) -> None:
    fields = {"auth": "password", "username": sim.user, "password": sim.password, "domain_name": sim.domain}
    async with sim.open_session(**fields) as session:
        assert (await session.send(JOBS)).status == 200
        assert session.project_id == sim.world.project_id


@pytest.mark.slow
async def test_tokens_that_live_twenty_seconds_never_interrupt(sim: Simulated) -> None:
    sim.auth.token_ttl_s = 20.0
    fields = {"auth": "password", "username": sim.user, "password": sim.password, "domain_name": sim.domain}
    async with sim.open_session(**fields) as session:
        for _ in range(40):
            assert (await session.send(JOBS)).status == 200
            sim.clock.jump(7.0)
    assert sim.auth.issued == pytest.approx(280 / 20, abs=5)


async def test_revoked_tokens_are_renewed(sim: Simulated, tmp_path: Path) -> None:
    fields = {"auth": "password", "username": sim.user, "password": sim.password, "domain_name": sim.domain}
    async with sim.open_session(cache_dir=tmp_path, **fields) as session:
        await session.send(JOBS)
        sim.auth.revoke_all()
        assert (await session.send(JOBS)).status == 200
    assert sim.auth.issued == 2


async def test_a_ready_token_is_used_as_it_is(sim: Simulated) -> None:
    text, _ = sim.auth.issue_token(sim.clock.now(), sim.world.project_id)
    async with sim.open_session(auth="token", token=text) as session:
        assert (await session.send(JOBS)).status == 200
        sim.auth.revoke_all()
        with pytest.raises(AuthenticationError) as caught:
            await session.send(JOBS)
    assert text not in str(caught.value)


async def test_temporary_keys_sign_with_their_token(sim: Simulated) -> None:
    access, key = sim.auth.issue_temporary(sim.clock.now())
    async with sim.open_session(ak=access, sk=key.secret, security_token=key.token) as session:
        assert (await session.send(JOBS)).status == 200


async def test_a_secret_from_a_variable_that_is_not_set_stops_before_anything_is_sent(sim: Simulated) -> None:
    with pytest.raises(ConfigError, match="NO_SUCH_VARIABLE"):
        async with sim.open_session(ak=sim.ak, sk={"env": "NO_SUCH_VARIABLE"}):
            pass


async def test_no_log_line_holds_a_secret(sim: Simulated, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    fields = {"auth": "password", "username": sim.user, "password": sim.password, "domain_name": sim.domain}
    async with sim.open_session(**fields) as session:
        await session.send(JOBS)
    assert caplog.records
    for secret in (sim.password, sim.sk, *sim.auth.tokens):
        assert secret not in caplog.text


@pytest.mark.parametrize("old", [True, False])
@pytest.mark.slow
async def test_an_agencys_keys_sign_and_are_renewed(sim: Simulated, old: bool) -> None:
    sim.auth.agency_ttl_s = 60.0
    sim.auth.old_metadata = old
    async with sim.open_session(auth="agency") as session:
        for _ in range(10):
            assert (await session.send(JOBS)).status == 200
            sim.clock.jump(20.0)


async def test_doctor_finds_nothing_wrong_with_a_good_profile(sim: Simulated) -> None:
    profile = sim.make_profile(ak=sim.ak, sk=sim.sk)
    checks = [c async for c in examine(profile, clock=sim.clock, cache_dir=None, asgi_app=sim.app)]
    assert {check.state for check in checks if check.name != "clock"} == {"ok"}
    assert {"credentials", "project", "list notebooks", "list jobs"} <= {check.name for check in checks}
    assert not any(sim.sk in str(check) or sim.ak in str(check) for check in checks)


async def test_doctor_says_what_a_wrong_secret_means(sim: Simulated) -> None:
    profile = sim.make_profile(ak=sim.ak, sk="WRONG", project_id=sim.world.project_id)
    checks = [c async for c in examine(profile, clock=sim.clock, cache_dir=None, asgi_app=sim.app)]
    assert (checks[-1].name, checks[-1].state, checks[-1].exit_code) == ("list notebooks", "fail", 3)
    assert checks[-1].remedy


async def test_the_factory_opens_a_cloud_that_lists(sim: Simulated) -> None:
    cloud = await open_cloud(
        sim.make_profile(ak=sim.ak, sk=sim.sk), clock=sim.clock, cache_dir=None, asgi_app=sim.app
    )
    assert isinstance(cloud, Lists)
    assert (await cloud.list_page(ListRequest("notebooks"))).resources
    assert (cloud.profile, cloud.region, cloud.project_id) == ("sim", "cn-north-4", sim.world.project_id)
    await cloud.aclose()
