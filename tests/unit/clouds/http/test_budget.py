"""The request budget: never passed, learns downwards, keeps a reserve for actions."""

from __future__ import annotations

import asyncio

import pytest

from matui.base.clock import ManualClock
from matui.clouds.http.budget import (
    Budget,
    build_api_key,
    is_of_one_api,
    read_limit_in_headers,
    read_limit_in_text,
)


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("/v1/0123456789abcdef0123456789abcdef/training-jobs", "GET v1 {} training-jobs"),
        ("/v1/p1/training-jobs/42/versions/7/aom-log", "GET v1 {} training-jobs {} versions {} aom-log"),
        ("/v2/p1/training-jobs/0b1c2d3e-aaaa-bbbb-cccc-000000000001", "GET v2 {} training-jobs {}"),
    ],
)
def test_requests_that_differ_by_ids_are_of_one_api(path: str, key: str) -> None:
    assert build_api_key("GET", path) == key


def test_the_policy_states_whether_one_api_is_meant() -> None:
    assert is_of_one_api("threshold has been reached: policy api over ratelimit,limit:1,time:1 day")
    assert not is_of_one_api("policy user over ratelimit,limit:1,time:1 day")


async def test_no_minute_holds_more_than_the_limit() -> None:
    clock = ManualClock(0.0)
    budget = Budget(20, clock)
    sent: list[float] = []

    async def poll() -> None:
        for _ in range(30):
            await budget.take()
            sent.append(clock.now())

    workers = [asyncio.create_task(poll()) for _ in range(3)]
    for _ in range(400):
        await clock.advance(1.0, settle=5)
    assert all(worker.done() for worker in workers)
    for start in sent:
        assert sum(start <= at < start + 60 for at in sent) <= 20


async def test_an_action_goes_first_when_polls_have_used_their_share() -> None:
    clock = ManualClock(0.0)
    budget = Budget(20, clock)
    polls = asyncio.create_task(_take_many(budget, 25))
    await clock.advance(0.0)
    assert not polls.done()
    assert budget.get_state().used == 18
    await asyncio.wait_for(budget.take(action=True), 1)
    assert budget.get_state().used == 19
    polls.cancel()


async def test_even_actions_wait_at_the_limit() -> None:
    clock = ManualClock(0.0)
    budget = Budget(2, clock)
    await budget.take(action=True)
    await budget.take(action=True)
    third = asyncio.create_task(budget.take(action=True))
    await clock.advance(59.0)
    assert not third.done()
    await clock.advance(2.0)
    assert third.done()


async def test_a_cancelled_waiter_does_not_block_the_others() -> None:
    clock = ManualClock(0.0)
    budget = Budget(1, clock)
    await budget.take()
    first, second = asyncio.create_task(budget.take()), asyncio.create_task(budget.take())
    await clock.advance(1.0)
    first.cancel()
    await clock.advance(61.0)
    assert second.done()
    assert not second.cancelled()


async def test_a_learned_limit_only_goes_down() -> None:
    budget = Budget(300, ManualClock())
    budget.learn(100)
    budget.learn(5000)
    assert budget.get_state().limit == 100
    budget.learn(0)
    assert budget.get_state().limit == 10


async def test_a_tiny_limit_does_not_silence_the_console() -> None:
    clock = ManualClock()
    budget = Budget(300, clock)
    budget.learn(read_limit_in_text("policy user over ratelimit,limit:1,time:1 day") or 0)
    assert budget.get_state().limit == 10


async def test_a_limit_below_the_floor_that_is_configured_stays() -> None:
    budget = Budget(4, ManualClock())
    budget.learn(1)
    assert budget.get_state().limit == 4


async def test_a_learned_limit_is_forgotten_after_five_windows_without_it() -> None:
    clock = ManualClock()
    budget = Budget(300, clock)
    budget.learn(100)
    clock.jump(200)
    budget.learn(100)
    clock.jump(299)
    budget.learn(5000)
    assert budget.get_state().limit == 100
    clock.jump(1)
    assert budget.get_state().limit == 300


@pytest.mark.parametrize(
    ("text", "per_minute"),
    [
        (
            "The throttling threshold has been reached: policy user over ratelimit,limit:100,time:1 minute",
            100,
        ),
        ("limit:600,time:1 hour", 10),
        ("limit:5,time:1 second", 300),
        ("limit:10,time:0 minute", None),
        ("slow down", None),
        ("limit:" + "9" * 5000, None),
    ],
)
def test_the_gateways_words_give_the_limit(text: str, per_minute: float | None) -> None:
    assert read_limit_in_text(text) == per_minute


@pytest.mark.parametrize(
    ("headers", "per_minute"),
    [
        ({"x-ratelimit": "100", "x-ratelimit-window": "minute"}, 100),
        ({"x-ratelimit": "6000"}, 100),
        ({"x-ratelimit": "60", "x-ratelimit-window": "hour"}, 10),
        ({"x-ratelimit": "100", "x-ratelimit-window": "fortnight"}, None),
        ({"x-ratelimit": "²"}, None),
        ({"x-ratelimit": "many"}, None),
        ({}, None),
    ],
)
def test_the_headers_give_the_limit(headers: dict[str, str], per_minute: float | None) -> None:
    assert read_limit_in_headers(headers) == per_minute


async def _take_many(budget: Budget, count: int) -> None:
    for _ in range(count):
        await budget.take()
