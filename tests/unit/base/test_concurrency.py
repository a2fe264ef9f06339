"""Calls side by side within a limit, and work that a cancellation does not break off."""

from __future__ import annotations

import asyncio

import pytest

from matui.base.concurrency import ExchangeLimit, gather_limited, limit_exchange, read_shared, share_reads


class Source:
    """Counts reads; each takes until ``go`` is set."""

    def __init__(self) -> None:
        self.count, self.go = 0, asyncio.Event()

    async def read(self) -> int:
        self.count += 1
        await self.go.wait()
        if self.count < 0:
            raise ValueError("refused")
        return self.count


async def test_equal_reads_in_flight_are_sent_once_and_later_ones_again() -> None:
    source = Source()
    with share_reads():
        tasks = [asyncio.ensure_future(read_shared(key, source.read)) for key in ("a", "a", "b")]
        await asyncio.sleep(0)
        tasks[0].cancel()
        await asyncio.sleep(0)
        assert source.count == 2
        source.go.set()
        assert [await task for task in tasks[1:]] == [2, 2]
        assert await read_shared("a", source.read) == 3


async def test_reads_outside_of_a_block_are_never_shared() -> None:
    source = Source()
    source.go.set()
    await asyncio.gather(*(read_shared("a", source.read) for _ in range(3)))
    assert source.count == 3


async def test_an_error_is_that_of_all() -> None:
    source = Source()
    with share_reads():
        tasks = [asyncio.ensure_future(read_shared("a", source.read)) for _ in range(2)]
        await asyncio.sleep(0)
        source.count = -5
        source.go.set()
        for task in tasks:
            with pytest.raises(ValueError, match="refused"):
                await task


async def test_no_more_calls_run_than_the_limit_and_results_keep_their_order():
    running, most = 0, 0

    async def double(item: int) -> int:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0)
        running -= 1
        return item * 2

    assert await gather_limited(double, range(9), 3) == [item * 2 for item in range(9)]
    assert most == 3


async def test_the_first_error_is_raised_once_every_call_has_ended():
    ended = []

    async def call(item: int) -> None:
        if item == 0:
            raise ValueError(item)
        await asyncio.sleep(0)
        ended.append(item)

    with pytest.raises(ValueError, match="0"):
        await gather_limited(call, range(4), 2)
    assert ended == [1, 2, 3]


async def test_an_error_that_is_returned_is_a_result():
    async def call(item: int) -> ValueError:
        return ValueError(item)

    assert [type(result) for result in await gather_limited(call, range(2), 2)] == [ValueError] * 2


async def test_an_exception_that_a_call_returns_is_a_result() -> None:
    async def returning(number: int) -> ValueError:
        return ValueError(number)

    results = await gather_limited(returning, (1, 2), 1)
    assert [error.args for error in results] == [(1,), (2,)]


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
