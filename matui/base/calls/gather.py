"""Await several calls at the same time: within a limit, in pairs, or as the items of iterators."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import TypeVar, cast

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


async def iterate_side_by_side(iterators: Sequence[AsyncIterator[T]]) -> AsyncIterator[T]:
    """Run the iterators at the same time; yield all items of the first, then of the second, and so on.

    The error of an iterator is raised after its items. None is left running.
    """
    ends = object()
    queues: list[asyncio.Queue[T | object]] = [asyncio.Queue() for _ in iterators]

    async def fill(queue: asyncio.Queue[T | object], iterator: AsyncIterator[T]) -> None:
        try:
            async for item in iterator:
                queue.put_nowait(item)
        finally:
            queue.put_nowait(ends)

    tasks = [asyncio.ensure_future(fill(*pair)) for pair in zip(queues, iterators, strict=True)]
    try:
        for queue, task in zip(queues, tasks, strict=True):
            while (item := await queue.get()) is not ends:
                yield cast("T", item)
            await task
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
