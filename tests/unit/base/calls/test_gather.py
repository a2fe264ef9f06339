"""Calls at the same time, within a limit."""

from __future__ import annotations

import asyncio

import pytest

from matui.base.calls.gather import gather_limited


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
