"""Calls side by side within a limit, and work that a cancellation does not break off."""

from __future__ import annotations

import asyncio

import pytest

from matui.base.concurrency import gather_limited, read_shared, share_reads


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
