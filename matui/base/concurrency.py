"""Awaitables side by side: shared reads, bounds on calls and on the exchanges of a task at a time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar, cast

_in_flight: ContextVar[dict[Hashable, asyncio.Future[Any]] | None] = ContextVar("in_flight", default=None)
S = TypeVar("S")
T = TypeVar("T")
_TURNS_TO_SEND = 20

_current: ContextVar[ExchangeLimit | None] = ContextVar("exchange_limit", default=None)


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


class ExchangeLimit:
    """Lets at most ``at_once`` exchanges of a request for an answer take place at a time."""

    def __init__(self, at_once: int) -> None:
        self._free = asyncio.Semaphore(at_once)
        self._waiting: set[asyncio.Task[object] | None] = set()

    @contextmanager
    def open(self) -> Iterator[None]:
        """Make this the limit of all exchanges of the task and the tasks that it starts."""
        token = _current.set(self)
        try:
            yield
        finally:
            _current.reset(token)

    def cancel_waiting(self) -> None:
        """Cancel the tasks whose request has not been sent."""
        for task in self._waiting:
            if task is not None:
                task.cancel()

    async def acquire(self) -> None:
        """Wait until one more exchange may take place."""
        task = asyncio.current_task()
        self._waiting.add(task)
        try:
            await self._free.acquire()
        finally:
            self._waiting.discard(task)

    def release(self) -> None:
        """Allow the next exchange."""
        self._free.release()

    async def let_next_be_sent(self) -> None:
        """Wait until the request that was let through last has been sent: httpx takes a few turns."""
        for _ in range(_TURNS_TO_SEND):
            await asyncio.sleep(0)


@asynccontextmanager
async def limit_exchange() -> AsyncIterator[None]:
    """Make one exchange when the limit of the running task allows it; exchanges within it are not counted."""
    limit = _current.get()
    if limit is None:
        yield
        return
    await limit.acquire()
    token = _current.set(None)
    try:
        yield
    finally:
        _current.reset(token)
        limit.release()
    await limit.let_next_be_sent()
