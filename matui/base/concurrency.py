"""Run awaitables concurrently within a limit, or to their end despite a cancellation."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

S = TypeVar("S")
T = TypeVar("T")


async def gather_limited(call: Callable[[S], Awaitable[T]], items: Sequence[S], limit: int) -> list[T]:
    """Call for each item, at most ``limit`` at a time; results in order.

    The first error is raised once every call has ended, so that none is left running.
    An exception that a call returns is a result like any other.
    """
    gate = asyncio.Semaphore(limit)

    async def one(item: S) -> T:
        async with gate:
            return await call(item)

    tasks = [asyncio.ensure_future(one(item)) for item in items]
    await asyncio.gather(*tasks, return_exceptions=True)
    return [task.result() for task in tasks]


async def gather_two(first: Awaitable[S], second: Awaitable[T]) -> tuple[S, T]:
    """Await both at the same time; the first error is raised once both have ended."""
    tasks = (asyncio.ensure_future(first), asyncio.ensure_future(second))
    await asyncio.gather(*tasks, return_exceptions=True)
    return tasks[0].result(), tasks[1].result()
