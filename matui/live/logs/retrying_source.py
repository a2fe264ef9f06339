"""A log source that retries transient failures with exponential back-off."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from random import Random
from typing import TypeVar

from matui.base.backoff import Backoff, is_transient
from matui.base.clock import Clock
from matui.base.errors import MatuiError
from matui.clouds.protocols import LogBytes, LogPage, TailsLogs
from matui.resources.model import Resource

T = TypeVar("T")

_MAX_TRIES = 6
_BACKOFF = Backoff(first_s=1.0, cap_s=60.0)


class RetryingLogSource:
    """A log source that repeats requests after transient failures, with exponential back-off.

    ``on_failure`` is called with each failure and the wait in seconds. The sixth failure of a request is
    raised, unless ``endless`` is set; permanent failures are raised at once. ``slots`` limits the number of
    concurrent requests. ``requests`` counts those sent, repeated ones included.
    """

    def __init__(
        self,
        source: TailsLogs,
        clock: Clock,
        rng: Random,
        on_failure: Callable[[MatuiError, float], None],
        slots: asyncio.Semaphore | None = None,
    ) -> None:
        self.endless = False
        self.requests = 0
        self._source = source
        self._clock = clock
        self._rng = rng
        self._on_failure = on_failure
        self._slots = slots or nullcontext()

    async def list_log_files(self, job: Resource) -> tuple[str, ...]:
        """Return the names of the log files."""
        return await self._retry(lambda: self._source.list_log_files(job))

    async def read_log_page(self, job: Resource, file: str, *, base: str, older: bool, limit: int) -> LogPage:
        """Return a page of lines."""
        return await self._retry(
            lambda: self._source.read_log_page(job, file, base=base, older=older, limit=limit)
        )

    async def read_log_bytes(self, job: Resource, file: str, *, start: int, length: int) -> LogBytes:
        """Return a window of bytes."""
        return await self._retry(lambda: self._source.read_log_bytes(job, file, start=start, length=length))

    async def _retry(self, request: Callable[[], Awaitable[T]]) -> T:
        failures = 0
        while True:
            try:
                async with self._slots:
                    self.requests += 1
                    return await request()
            except MatuiError as error:
                failures += 1
                if not is_transient(error) or (failures >= _MAX_TRIES and not self.endless):
                    raise
                await self.wait(error, failures)

    async def wait(self, error: MatuiError, failures: int) -> None:
        """Sleep before the next attempt after ``failures`` failures in a row, no less than Retry-After."""
        seconds = _BACKOFF.wait_s(failures, self._rng, error)
        self._on_failure(error, seconds)
        await self._clock.sleep(seconds)
