"""A limit on the exchanges at a time."""

from __future__ import annotations

import asyncio

import pytest

from matui.base.calls.exchange_limit import ExchangeLimit, limit_exchange


class Wire:
    """Counts exchanges; each takes a few turns of the loop."""

    def __init__(self) -> None:
        self.in_flight = self.most = self.sent = 0
        self.sent_when_parsed: list[int] = []

    async def exchange(self) -> None:
        async with limit_exchange():
            self.sent += 1
            self.in_flight += 1
            self.most = max(self.most, self.in_flight)
            await asyncio.sleep(0)
            self.in_flight -= 1
        self.sent_when_parsed.append(self.sent)


async def test_without_a_limit_all_take_place_at_once() -> None:
    wire = Wire()
    await asyncio.gather(*(wire.exchange() for _ in range(9)))
    assert wire.most == 9


async def test_no_more_than_the_limit_take_place_and_the_next_is_sent_before_the_answer_is_parsed() -> None:
    wire = Wire()
    with ExchangeLimit(2).open():
        await asyncio.gather(*(wire.exchange() for _ in range(4)))
    assert (wire.most, wire.sent_when_parsed) == (2, [4, 4, 4, 4])


async def test_an_exchange_within_another_needs_no_place_of_its_own() -> None:
    async def sign_in_first() -> str:
        async with limit_exchange(), limit_exchange():
            return "done"

    with ExchangeLimit(1).open():
        async with asyncio.timeout(5):
            assert await sign_in_first() == "done"


async def test_a_failed_exchange_gives_its_place_back() -> None:
    async def fail() -> None:
        async with limit_exchange():
            raise ValueError

    wire = Wire()
    with ExchangeLimit(1).open():
        with pytest.raises(ValueError):
            await fail()
        async with asyncio.timeout(5):
            await wire.exchange()
    assert wire.sent == 1


async def test_what_waits_can_be_cancelled_and_what_is_sent_goes_on() -> None:
    wire, limit = Wire(), ExchangeLimit(1)
    with limit.open():
        tasks = [asyncio.ensure_future(wire.exchange()) for _ in range(3)]
        await asyncio.sleep(0)
        limit.cancel_waiting()
        await asyncio.wait(tasks)
    assert [task.cancelled() for task in tasks] == [False, True, True]
    assert wire.sent == 1
