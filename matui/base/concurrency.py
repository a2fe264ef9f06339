"""Run awaitables concurrently within a limit, to their end despite a cancellation, or once for all."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

_in_flight: ContextVar[dict[Hashable, asyncio.Future[Any]] | None] = ContextVar("in_flight", default=None)
S = TypeVar("S")
T = TypeVar("T")


@contextmanager
def share_reads() -> Iterator[None]:
    """Share reads in this block and in the tasks that it starts. Not for the reads before an action."""
    token = _in_flight.set({})
    try:
        yield
    finally:
        _in_flight.reset(token)


async def read_shared(key: Hashable, read: Callable[[], Awaitable[T]]) -> T:
    """Return the result of ``read``, or of the one in flight with the same key where reads are shared."""
    reads = _in_flight.get()
    if reads is None:
        return await read()
    reading: asyncio.Future[T] | None = reads.get(key)
    if reading is None:
        reading = reads[key] = asyncio.ensure_future(read())

        def end(done: asyncio.Future[T]) -> None:
            reads.pop(key, None)
            if not done.cancelled():
                done.exception()  # whoever waited may have been cancelled

        reading.add_done_callback(end)
    return await asyncio.shield(reading)


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
