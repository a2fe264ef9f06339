"""Asks a cloud for a log: by line cursor, or by bytes where the cloud refuses that.

Retries transient log-request failures with exponential back-off.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator
from random import Random
from typing import Any, TypeVar

from matui.base.backoff import Backoff, is_not_implemented, is_transient
from matui.base.clock import Clock
from matui.base.errors import (
    AuthenticationError,
    CloudError,
    MatuiError,
    PermissionDeniedError,
    RateLimitedError,
)
from matui.clouds.protocols import LogBytes, LogPage, TailsLogs
from matui.live.logs.byte_log import ByteAsk, ByteLog
from matui.live.logs.cursor_log import LIMIT, LOST_PLACE, Batch, LineLog
from matui.live.logs.page_layout import Ask
from matui.live.logs.page_store import Dropped
from matui.resources.model import Resource

T = TypeVar("T")

_REFUSED_STATUS = (400, 404, 405)
_REFUSED_CODE = "ModelArts.0105"
_NO_REFUSAL = (AuthenticationError, PermissionDeniedError, RateLimitedError)


class LogReader:
    """One log file, read both ways. A failed call changes nothing and may be made again.

    ``fallback`` says why the log is read by bytes, ``""`` while it is read by lines.
    """

    def __init__(self, source: TailsLogs, job: Resource, file: str) -> None:
        self.fallback = ""
        self._source = source
        self._job = job
        self._file = file
        self._log: LineLog | ByteLog = LineLog()
        self._refusals = 0

    @property
    def at_top(self) -> bool:
        """Whether nothing lies above what has been read."""
        return self._log.at_top

    @property
    def opened(self) -> bool:
        """Whether any line has come yet."""
        return self._log.opened

    @property
    def reached(self) -> bool:
        """Whether a log opened at its top has been read as far as it went then."""
        return self._log.reached

    @property
    def in_doubt(self) -> bool:
        """Whether the cloud has just refused the cursor for the first time; it is worth asking again."""
        return self._refusals == 1

    async def newer(self, limit: int = LIMIT) -> Batch:
        """Return the lines after those read; at first the newest, at most ``limit`` of them."""
        return await self._ask(lambda log: log.newer(limit) if isinstance(log, LineLog) else log.newer())

    async def open_top(self) -> Batch | None:
        """Begin at the first line; None where the cloud cannot, and it takes walking back from the end."""
        return await self._ask(lambda log: log.open_top())

    async def older(self) -> Batch:
        """Return the lines before those read."""
        try:
            batch = await self._run(self._log.older())
        except CloudError as error:
            if not isinstance(self._log, LineLog) or not _refused(error):
                raise
            if not self._believes_refusal():
                raise
            self._log.at_top = True
            batch = Batch(gap=LOST_PLACE)
        self._refusals = 0
        return batch

    async def _ask(self, steps: Callable[[LineLog | ByteLog], Generator[Any, Any, T]]) -> T:
        try:
            batch = await self._run(steps(self._log))
        except CloudError as error:
            if not isinstance(self._log, LineLog) or not _refused(error):
                raise
            if self.opened:
                if not self._believes_refusal():
                    raise
                self._log.lose_place()
            else:
                self.fallback = _why(error)
                self._log = ByteLog()
            batch = await self._run(steps(self._log))
        self._refusals = 0
        return batch

    def _believes_refusal(self) -> bool:
        """Believe a refusal of the cursor when it comes twice running; one may be a gateway's mistake."""
        self._refusals += 1
        return self._refusals >= 2

    async def replay(self, dropped: Dropped) -> tuple[str, ...] | None:
        """Return lines that were read before, or None where the cloud has them no more."""
        if dropped.place.mark:
            return (dropped.place.mark_text,)
        return await self._run(self._log.replay(dropped))

    def finish(self) -> Batch:
        """Return a last line without an end, once the log is known to grow no more."""
        return self._log.finish() if isinstance(self._log, ByteLog) else Batch()

    async def _run(self, steps: Generator[Any, Any, T]) -> T:
        try:
            ask = next(steps)
            while True:
                ask = steps.send(await self._fetch(ask))
        except StopIteration as done:
            result: T = done.value
            return result

    async def _fetch(self, ask: Ask | ByteAsk) -> object:
        if isinstance(ask, ByteAsk):
            return await self._source.log_bytes(self._job, self._file, start=ask.start, length=ask.length)
        return await self._source.log_page(
            self._job, self._file, base=ask.base, older=ask.older, limit=ask.limit
        )


def _refused(error: CloudError) -> bool:
    """Return whether the cloud rejects the line cursor itself, which is not a transient failure."""
    if isinstance(error, _NO_REFUSAL):
        return False
    return (
        is_not_implemented(error) or error.status in _REFUSED_STATUS or error.code.startswith(_REFUSED_CODE)
    )


def _why(error: CloudError) -> str:
    return f"read by bytes: the cloud refuses the log by lines ({error.reference or error.sentence})"


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
