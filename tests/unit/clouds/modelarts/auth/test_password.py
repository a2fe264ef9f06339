"""A password is exchanged for a token, and shown nowhere."""

from __future__ import annotations

import json

import httpx
import pytest

from matui.base.clock import ManualClock
from matui.base.errors import AuthenticationError, BadAnswerError
from matui.clouds.modelarts.auth.password import PasswordTokens
from matui.clouds.modelarts.auth.renewal import CachedValue
from matui.clouds.modelarts.auth.signature import AkskAuth
from matui.clouds.modelarts.auth.token import Token
from matui.clouds.peer_cloud import AccessKey
from tests.unit.clouds.http_clients import client_over
from tests.unit.clouds.modelarts.auth.iam import GET, LOGIN, FakeIam, sign_in


async def test_the_password_is_exchanged_for_a_token_that_serves_many_calls() -> None:
    clock = ManualClock()
    iam = FakeIam(clock)
    client, tokens = sign_in(iam, clock)
    for _ in range(5):
        await client.send(GET)
    assert len(iam.requests) == 1
    sent = json.loads(iam.requests[0].content)["auth"]
    assert sent["scope"] == {"project": {"name": "cn-north-4"}}
    assert sent["identity"]["password"]["user"]["domain"] == {"name": "acme"}
    assert (await tokens.get()).project_id == "p-of-token"


async def test_a_wrong_password_is_not_tried_again_and_again() -> None:
    clock = ManualClock()
    iam = FakeIam(clock)
    iam.wrong_password = True
    client, _ = sign_in(iam, clock)
    for _ in range(10):
        with pytest.raises(AuthenticationError, match="password is wrong") as caught:
            await client.send(GET)
        assert "s3cret-pass" not in str(caught.value)
    assert len(iam.requests) == 1
    iam.wrong_password = False
    clock.jump(301)
    await client.send(GET)


async def test_an_answer_without_a_token_is_a_bad_answer() -> None:
    clock = ManualClock()
    iam = client_over(lambda r: httpx.Response(201, json={"token": {}}), clock=clock)
    with pytest.raises(BadAnswerError):
        await PasswordTokens(iam, LOGIN, clock).fetch()


async def test_no_repr_shows_a_secret() -> None:
    clock = ManualClock()
    auth = AkskAuth(AccessKey("AKAKAK", "SKSKSK", "STSTST"), clock)
    token = Token("TOKTOK")
    shown = [repr(x) for x in (AccessKey("AKAKAK", "SKSKSK", "STSTST"), auth, token, LOGIN)]
    shown += [str(CachedValue(token, 1.0, 2.0)), f"{LOGIN}", repr(client_over(FakeIam(clock), auth=auth))]
    for secret in ("AKAKAK", "SKSKSK", "STSTST", "TOKTOK", "s3cret-pass"):
        assert not any(secret in text for text in shown)
