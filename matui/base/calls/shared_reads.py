"""Reads with the same key that are in flight at the same time are sent once, where that is allowed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

_in_flight: ContextVar[dict[Hashable, asyncio.Future[Any]] | None] = ContextVar("in_flight", default=None)
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
