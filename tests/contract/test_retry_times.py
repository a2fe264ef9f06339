"""What the screen says of the next try after a refusal is when the next request is sent."""

from __future__ import annotations

import random

import httpx
import pytest

from matui.base.clock import ManualClock
from matui.base.errors import AuthenticationError
from matui.clouds.http.messages import Call
from matui.clouds.modelarts.auth.signature import AkskAuth
from matui.clouds.peer_cloud import AccessKey
from matui.live.poll.freshness import format_freshness
from matui.live.poll.loop import Loop, Timing
from tests.unit.clouds.http_clients import LIST, build_client
from tests.unit.clouds.modelarts.auth.iam import FakeIam, sign_in

REFUSAL = {"error_code": "APIGW.0301", "error_msg": "Incorrect IAM authentication information"}
OTHER = Call("GET", "/v1/p/others")


async def test_a_refused_key_is_tried_when_the_screen_says_and_by_one_request_alone() -> None:
    clock = ManualClock()
    sent: list[tuple[float, str]] = []
    refuse = True

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append((clock.now(), request.url.path))
        return httpx.Response(401, json=REFUSAL) if refuse else httpx.Response(200, json={})

    client = build_client(answer, clock=clock, auth=AkskAuth(AccessKey("AK", "SK"), clock))
    loops = [
        Loop(lambda call=call: client.send(call), lambda: None, Timing(clock, random.Random(1), 5.0))
        for call in (LIST, OTHER)
    ]
    for loop in loops:
        loop.start()
    await clock.advance(1)
    began, first = sent[0][0], len(sent)
    for loop in loops:
        retry_at = loop.freshness.retry_at
        assert retry_at is not None
        assert retry_at == pytest.approx(began + 60, abs=1)
    said = format_freshness(loops[0].freshness, clock.now())
    assert said == "not signed in · retry in 60 s"
    await clock.advance(57)
    assert len(sent) == first
    await clock.advance(5)
    assert len(sent) == first + 1
    refuse = False
    await clock.advance(52)
    assert len(sent) == first + 1
    await clock.advance(6)
    assert {path for _at, path in sent[first + 1 :]} == {"/v1/p/things", "/v1/p/others"}
    assert all(loop.error is None for loop in loops)
    for loop in loops:
        await loop.stop()


async def test_a_refused_password_rests_as_long_as_the_screen_says() -> None:
    clock = ManualClock()
    iam = FakeIam(clock)
    iam.wrong_password = True
    client, _ = sign_in(iam, clock)
    loop = Loop(lambda: client.send(LIST), lambda: None, Timing(clock, random.Random(1), 5.0))
    loop.start()
    await clock.advance(1)
    assert isinstance(loop.error, AuthenticationError)
    assert format_freshness(loop.freshness, clock.now()) == "not signed in · retry in 5 m"
    await clock.advance(200)
    assert len(iam.requests) == 1
    assert format_freshness(loop.freshness, clock.now()) == "not signed in · retry in 100 s"
    await clock.advance(100)
    assert len(iam.requests) == 2
    await loop.stop()
