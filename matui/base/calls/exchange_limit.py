"""A limit on the exchanges, a request and its answer, that a task and its subtasks make at a time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar

_TURNS_TO_SEND = 20

_current: ContextVar[ExchangeLimit | None] = ContextVar("exchange_limit", default=None)


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
