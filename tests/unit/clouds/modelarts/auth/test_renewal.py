"""What expires is renewed in time, by one request for all who wait."""

from __future__ import annotations

import asyncio
import json

import pytest

from matui.base.clock import ManualClock
from matui.base.errors import UnreachableError
from tests.unit.clouds.modelarts.auth.iam import GET, FakeIam, sign_in


async def test_fifty_waiting_calls_fetch_one_token() -> None:
    clock = ManualClock()
    iam = FakeIam(clock)
    client, _ = sign_in(iam, clock)
    await asyncio.gather(*(client.send(GET) for _ in range(50)))
    assert len(iam.requests) == 1


async def test_fifty_refused_calls_renew_once() -> None:
    clock = ManualClock()
    iam = FakeIam(clock)
    client, _ = sign_in(iam, clock)
    await client.send(GET)
    iam.issued.clear()
    answers = await asyncio.gather(*(client.send(GET) for _ in range(50)))
    assert len(iam.requests) == 2
    assert {json.loads(a.body)["token"] for a in answers} == {"token-2"}


async def test_a_cancelled_waiter_leaves_the_fetch_to_the_others() -> None:
    clock = ManualClock()
    iam = FakeIam(clock)
    _, tokens = sign_in(iam, clock)
    first, second = asyncio.create_task(tokens.get()), asyncio.create_task(tokens.get())
    await asyncio.sleep(0)
    first.cancel()
    assert (await second).text == "token-1"
    assert len(iam.requests) == 1


@pytest.mark.parametrize("skew", [0.0, 7200.0, -7200.0])
@pytest.mark.parametrize(("life", "renewed_at"), [(86_400.0, 86_100.0), (600.0, 300.0), (20.0, 16.0)])
async def test_a_token_is_renewed_in_time_whatever_the_servers_clock_says(
    life: float, renewed_at: float, skew: float
) -> None:
    clock = ManualClock()
    iam = FakeIam(clock, life=life, skew=skew)
    client, _ = sign_in(iam, clock)
    await client.send(GET)
    clock.jump(renewed_at - 1)
    await client.send(GET)
    assert len(iam.requests) == 1
    clock.jump(2)
    await client.send(GET)
    assert len(iam.requests) == 2


async def test_an_old_token_serves_to_its_end_while_iam_is_down() -> None:
    clock = ManualClock()
    iam = FakeIam(clock, life=20.0)
    _, tokens = sign_in(iam, clock)
    await tokens.get()
    iam.down = True
    clock.jump(17)
    got = asyncio.create_task(tokens.get())
    await clock.advance(2.0)
    assert (await got).text == "token-1"
    clock.jump(5)
    late = asyncio.create_task(tokens.get())
    await clock.advance(10.0)
    with pytest.raises(UnreachableError) as caught:
        await late
    assert not caught.value.sent


async def test_while_iam_is_down_it_is_not_asked_again_and_again() -> None:
    clock = ManualClock()
    iam = FakeIam(clock, life=3600.0)
    _, tokens = sign_in(iam, clock)
    await tokens.get()
    iam.down = True
    clock.jump(3400)
    first = asyncio.create_task(tokens.get())
    await clock.advance(5.0)
    await first
    asked = len(iam.requests)
    for _ in range(20):
        assert (await tokens.get()).text == "token-1"
    assert len(iam.requests) == asked
