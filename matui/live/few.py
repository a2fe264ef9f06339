"""A few calls at once, so that many marks do not become a flood of requests."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

S = TypeVar("S")
T = TypeVar("T")


async def few_at_once(call: Callable[[S], Awaitable[T]], items: Sequence[S], limit: int) -> list[T]:
    """Call for each item, at most ``limit`` at a time; results in order. The first failure is raised last."""
    gate = asyncio.Semaphore(limit)

    async def one(item: S) -> T:
        async with gate:
            return await call(item)

    # Exceptions are collected so that nothing is left running behind the one that failed first.
    results = await asyncio.gather(*(one(item) for item in items), return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return [result for result in results if not isinstance(result, BaseException)]
