"""Retries transient log-request failures with exponential back-off."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from random import Random
from typing import TypeVar

from matui.base.backoff import Backoff, is_transient
from matui.clock import Clock
from matui.clouds.port import LogBytes, LogPage, TailsLogs
from matui.errors import MatuiError
from matui.resources.model import Resource

T = TypeVar("T")

_TRIES = 6
_BACKOFF = Backoff(first_s=1.0, cap_s=60.0)


class RetryingLogSource:
    """A log source that repeats requests after transient failures, with exponential back-off.

    ``failed`` is called with each failure and the wait in seconds. The sixth failure of a request is raised,
    or none once ``endless`` is set; permanent failures are raised at once.
    """

    def __init__(
        self, source: TailsLogs, clock: Clock, rng: Random, failed: Callable[[MatuiError, float], None]
    ) -> None:
        self.endless = False
        self._source = source
        self._clock = clock
        self._rng = rng
        self._failed = failed

    async def log_files(self, job: Resource) -> tuple[str, ...]:
        """Return the names of the log files."""
        return await self._get(lambda: self._source.log_files(job))

    async def log_page(self, job: Resource, file: str, *, base: str, older: bool, limit: int) -> LogPage:
        """Return a page of lines."""
        return await self._get(lambda: self._source.log_page(job, file, base=base, older=older, limit=limit))

    async def log_bytes(self, job: Resource, file: str, *, start: int, length: int) -> LogBytes:
        """Return a window of bytes."""
        return await self._get(lambda: self._source.log_bytes(job, file, start=start, length=length))

    async def _get(self, ask: Callable[[], Awaitable[T]]) -> T:
        failures = 0
        while True:
            try:
                return await ask()
            except MatuiError as error:
                failures += 1
                if not is_transient(error) or (failures >= _TRIES and not self.endless):
                    raise
                await self.wait(error, failures)

    async def wait(self, error: MatuiError, failures: int) -> None:
        """Sleep before the next attempt after ``failures`` failures in a row, no less than Retry-After."""
        seconds = _BACKOFF.wait_s(failures, self._rng, error)
        self._failed(error, seconds)
        await self._clock.sleep(seconds)
