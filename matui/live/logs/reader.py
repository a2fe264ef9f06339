"""Reads a log file from a cloud: by line cursor, or by bytes where the cloud refuses cursors."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any, NamedTuple, TypeVar

from matui.base.backoff import is_not_implemented
from matui.base.clock import Clock
from matui.base.errors import (
    AuthenticationError,
    CloudError,
    PermissionDeniedError,
    RateLimitedError,
)
from matui.clouds.protocols import TailsLogs
from matui.live.logs.batch import LOST_POSITION, PAGE_LINES, Batch
from matui.live.logs.byte_log import ByteLog, ByteRequest
from matui.live.logs.cursor.cursor_log import CursorLog
from matui.live.logs.cursor.page_layout import PageRequest
from matui.live.logs.page_store import EvictedPage
from matui.resources.model import Resource

T = TypeVar("T")

_REFUSED_STATUS = (400, 404, 405)
_REFUSED_CODE = "ModelArts.0105"
_NO_REFUSAL = (AuthenticationError, PermissionDeniedError, RateLimitedError)


class JobLogFile(NamedTuple):
    """A log file of a job, and the cloud that it is read from."""

    source: TailsLogs
    job: Resource
    name: str


class LogReader:
    """One log file, read both ways. A failed call changes nothing and may be repeated.

    ``fallback`` says why the log is read by bytes, ``""`` while it is read by lines.
    """

    def __init__(self, source: TailsLogs, job: Resource, file: str) -> None:
        self.fallback = ""
        self._source = source
        self._job = job
        self._file = file
        self._log: CursorLog | ByteLog = CursorLog()
        self._refusals = 0

    def read_from(self, source: TailsLogs) -> None:
        """Request the next lines from ``source``."""
        self._source = source

    @property
    def at_top(self) -> bool:
        """Whether the first line of the log has been read."""
        return self._log.at_top

    @property
    def opened(self) -> bool:
        """Whether the log has had any line yet."""
        return self._log.opened

    @property
    def has_lines(self) -> bool:
        """Whether the cloud has given any line, held or not."""
        return self.opened or (isinstance(self._log, CursorLog) and self._log.has_lines)

    @property
    def reached(self) -> bool:
        """Whether a log opened at its top has been read to where it ended then."""
        return self._log.reached

    @property
    def should_retry(self) -> bool:
        """Whether the cursor was refused for the first time, so that the request should be repeated once."""
        return self._refusals == 1

    async def read_newer(self, limit: int = PAGE_LINES, *, verify: bool = False) -> Batch:
        """Return the lines after those read; at first the newest, at most ``limit`` of them.

        With ``verify`` the result has no lines and no ``retry`` only where the end of the log is proved.
        """
        return await self._read_newer(
            lambda log: (
                log.read_newer(limit, verify=verify) if isinstance(log, CursorLog) else log.read_newer()
            )
        )

    async def open_top(self) -> Batch | None:
        """Start at the first line. Return None where the cloud cannot: then read backwards from the end."""
        return await self._read_newer(lambda log: log.open_top())

    async def read_older(self) -> Batch:
        """Return the lines before those read."""
        try:
            batch = await self._drive(self._log.read_older())
        except CloudError as error:
            if not isinstance(self._log, CursorLog) or not _is_cursor_refused(error):
                raise
            if not self._confirm_refusal():
                raise
            self._log.give_up_older()
            batch = Batch(gap=LOST_POSITION)
        self._refusals = 0
        return batch

    async def _read_newer(self, steps: Callable[[CursorLog | ByteLog], Generator[Any, Any, T]]) -> T:
        try:
            batch = await self._drive(steps(self._log))
        except CloudError as error:
            if not isinstance(self._log, CursorLog) or not _is_cursor_refused(error):
                raise
            if self.opened:
                if not self._confirm_refusal():
                    raise
                self._log.mark_position_lost()
            else:
                self.fallback = _explain_fallback(error)
                self._log = ByteLog()
            batch = await self._drive(steps(self._log))
        self._refusals = 0
        return batch

    def _confirm_refusal(self) -> bool:
        """Count a refusal of the cursor; return whether it is the second in a row.

        A single one may be the mistake of a gateway.
        """
        self._refusals += 1
        return self._refusals >= 2

    async def replay(self, evicted: EvictedPage) -> tuple[str, ...] | None:
        """Return lines that were read before, or None where the cloud no longer has them."""
        if evicted.ref.mark:
            return (evicted.ref.mark_text,)
        return await self._drive(self._log.replay(evicted))

    def pack(self) -> None:
        """Hold only what older lines join to, compressed. Only ``older`` may be called afterwards."""
        if isinstance(self._log, CursorLog):
            self._log.pack()

    @property
    def packed_bytes(self) -> int:
        """The size of what is held compressed."""
        return self._log.packed_bytes if isinstance(self._log, CursorLog) else 0

    def finish(self) -> Batch:
        """Return a last line without a newline, or a last gap mark; call it once the log is complete."""
        return self._log.finish()

    async def _drive(self, steps: Generator[Any, Any, T]) -> T:
        try:
            request = next(steps)
            while True:
                request = steps.send(await self._fetch(request))
        except StopIteration as done:
            result: T = done.value
            return result

    async def _fetch(self, request: PageRequest | ByteRequest) -> object:
        if isinstance(request, ByteRequest):
            return await self._source.read_log_bytes(
                self._job, self._file, start=request.start, length=request.length
            )
        return await self._source.read_log_page(
            self._job, self._file, base=request.base, older=request.older, limit=request.limit
        )


def _is_cursor_refused(error: CloudError) -> bool:
    """Return whether the cloud rejects the line cursor itself, which is not a transient failure."""
    if isinstance(error, _NO_REFUSAL):
        return False
    return (
        is_not_implemented(error) or error.status in _REFUSED_STATUS or error.code.startswith(_REFUSED_CODE)
    )


def _explain_fallback(error: CloudError) -> str:
    return f"read by bytes: the cloud refuses the log by lines ({error.reference or error.sentence})"


class DrainDetector:
    """A log is drained when, after its job has ended, two reads a cadence apart return nothing."""

    def __init__(self, clock: Clock, cadence_s: float) -> None:
        self.drained = False
        self._clock = clock
        self._cadence_s = cadence_s
        self._since: float | None = None

    def observe(self, *, empty: bool, ended: bool) -> None:
        """Record one read at the end of the log; ``ended``: the job had ended before it was sent."""
        now = self._clock.monotonic()
        if not (empty and ended):
            self._since, self.drained = None, False
        elif self._since is None:
            self._since = now
        else:
            self.drained = self.drained or now - self._since >= 0.8 * self._cadence_s


def explain_no_log(job: Resource) -> str:
    """Return the words for a job without log files."""
    return "the job has ended without a log" if job.phase.ended else "the job has no log yet"
