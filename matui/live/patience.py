"""Asks a cloud for a log again and again while it fails in ways that pass."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from random import Random
from typing import TypeVar

from matui.clock import Clock
from matui.clouds.port import LogBytes, LogPage, TailsLogs
from matui.errors import (
    BadAnswerError,
    CloudError,
    MatuiError,
    RateLimitedError,
    ServerFaultError,
    TlsError,
    UnreachableError,
)
from matui.resources.model import Resource

T = TypeVar("T")

_TRIES = 6
_MOST_WAIT_S = 60.0
_MOST_RETRY_AFTER_S = 3600.0


class PatientSource:
    """A log source whose requests are made again, ever later, after failures that pass.

    ``failed`` hears of each with the wait in seconds. A request is given up after six failures, or never once
    ``endless`` is set; what waiting cannot mend is raised at once.
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
                if not _passes(error) or (failures >= _TRIES and not self.endless):
                    raise
                await self.wait(error, failures)

    async def wait(self, error: MatuiError, failures: int) -> None:
        """Sleep for as long as ``failures`` in a row and the cloud's own wish demand."""
        seconds = min(_MOST_WAIT_S, 2.0 ** min(failures - 1, 10)) * self._rng.uniform(0.8, 1.2)
        asked = error.retry_after_s if isinstance(error, CloudError) else None
        seconds = max(seconds, min(asked, _MOST_RETRY_AFTER_S)) if asked else seconds
        self._failed(error, seconds)
        await self._clock.sleep(seconds)


def _passes(error: MatuiError) -> bool:
    if isinstance(error, TlsError):
        return False
    if isinstance(error, CloudError) and (error.status == 501 or error.code == "ModelArts.0804"):
        return False
    return isinstance(error, RateLimitedError | ServerFaultError | BadAnswerError | UnreachableError)
