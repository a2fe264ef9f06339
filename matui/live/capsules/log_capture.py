"""Reads the end of every log file of a job, and what is before it while the cap and the budget allow."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from random import Random
from typing import TypeAlias

from matui.base.clock import Clock
from matui.base.errors import MatuiError
from matui.clouds.protocols import BudgetState, TailsLogs
from matui.live.logs.batch import Batch, pack_lines, unpack_lines
from matui.live.logs.reader import LogReader
from matui.live.logs.retrying_source import RetryingLogSource
from matui.live.signals.gated_logs import LONG_READ_SHARE
from matui.resources.model import Resource

NEWEST_LINES = 2000
_MOST_REQUESTS = 400  # in all, for the lines before the newest ones
_AT_ONCE = 4
_PAUSE_S = 1.0
_LONGEST_WAIT_S = 120.0
_SHARE_OF_ENDS = 0.8


WaitTurn: TypeAlias = Callable[[int], Awaitable[str]]
"""Waits until older lines may be read, with so many bytes in memory; returns why they may not, or ``""``."""


async def wait_for_nothing(_held_bytes: int) -> str:
    """Return ``""`` at once: nothing else is to be read first."""
    return ""


class FileCapture:
    """The lines of one file, oldest first; ``cut`` says why the beginning is missing, ``""`` if it is not.

    Pages are held compressed: a capsule may wait for hours with up to 20 MB of lines.
    """

    def __init__(self, name: str, reader: LogReader) -> None:
        self.name = name
        self.cut = ""
        self.size = 0
        self.gaps: list[str] = []
        self._reader = reader
        self._pages: list[bytes] = []
        self._count = 0

    @property
    def count(self) -> int:
        """The number of lines read."""
        return self._count

    @property
    def is_done(self) -> bool:
        """Whether nothing more can be read."""
        return bool(self.cut) or self._reader.at_top

    @property
    def held_bytes(self) -> int:
        """The memory of what is held, in bytes."""
        return sum(map(len, self._pages)) + self._reader.packed_bytes

    async def read_newest(self) -> None:
        """Read the end of the file."""
        try:
            self._add(await self._reader.read_newer())
        except MatuiError as error:
            self.cut = str(error)
        finally:
            self._reader.pack()

    async def read_older(self, room: int) -> None:
        """Read one page before what was read, unless it would take more than ``room`` bytes."""
        try:
            batch = await self._reader.read_older()
        except MatuiError as error:
            self.cut = str(error)
            return
        finally:
            self._reader.pack()
        if _count_bytes(batch.lines) > room:
            self.cut = "the size limit"
        elif not batch.lines and not self._reader.at_top and batch.no_progress:
            self.cut = batch.gap or "the cloud returns no older lines"
        else:
            self._add(batch)

    def _add(self, batch: Batch) -> None:
        if batch.lines:
            self._pages.append(pack_lines(batch.lines))
        self._count += len(batch.lines)
        self.size += _count_bytes(batch.lines)
        if batch.gap:
            self.gaps.append(batch.gap)

    @property
    def lines(self) -> list[str]:
        """The lines, oldest first."""
        return [line for page in reversed(self._pages) for line in unpack_lines(page)]


def _count_bytes(lines: tuple[str, ...]) -> int:
    return sum(len(line.encode("utf-8", "surrogatepass")) + 1 for line in lines)


class LogCapture:
    """All files of a job: the newest 2,000 lines of each first, then older ones of each in turn.

    ``wait_turn`` is awaited before each page of older ones.
    """

    def __init__(
        self,
        source: TailsLogs,
        job: Resource,
        clock: Clock,
        rng: Random,
        *,
        budget: Callable[[], BudgetState],
        limit_bytes: int,
        wait_turn: WaitTurn = wait_for_nothing,
    ) -> None:
        slots = asyncio.Semaphore(_AT_ONCE)
        self._source = RetryingLogSource(source, clock, rng, lambda _error, _wait_s: None, slots)
        self._job = job
        self._clock = clock
        self._budget = budget
        self._limit = limit_bytes
        self._wait_turn = wait_turn
        self.files: list[FileCapture] = []

    async def read_newest(self) -> None:
        """Read the end of every file. Raises the errors of the list of files."""
        names = await self._source.list_log_files(self._job)
        self.files = [FileCapture(name, LogReader(self._source, self._job, name)) for name in names]
        await asyncio.gather(*(self._read_end(file) for file in self.files))

    @property
    def is_done(self) -> bool:
        """Whether nothing more can be read of any file."""
        return all(file.is_done for file in self.files)

    @property
    def _size(self) -> int:
        return sum(file.size for file in self.files)

    @property
    def _held_bytes(self) -> int:
        return sum(file.held_bytes for file in self.files)

    async def _read_end(self, file: FileCapture) -> None:
        await self._leave_room()
        await file.read_newest()
        while not file.is_done and file.count < NEWEST_LINES:
            before = file.count
            await self._leave_room()
            await file.read_older(max(0, self._limit - self._size))
            if file.count == before:
                return

    async def _leave_room(self) -> None:
        """Wait while the polls would have to: not longer than a minute, in which the budget comes back."""
        for _ in range(int(_LONGEST_WAIT_S / 2)):
            if (state := self._budget()).used < state.limit * _SHARE_OF_ENDS:
                return
            await self._clock.sleep(_PAUSE_S)

    async def read_older(self) -> None:
        """Read what is before the ends, as long as the limits allow."""
        requests, idle = 0, dict.fromkeys((file.name for file in self.files), 0)
        while open_files := [file for file in self.files if not file.is_done and idle[file.name] < 3]:
            for file in open_files:
                if requests >= _MOST_REQUESTS:
                    _cut(open_files, f"{_MOST_REQUESTS} requests were sent")
                    return
                if why := await self._wait_for_budget():
                    _cut(open_files, why)
                    return
                before = file.count
                await file.read_older(max(0, self._limit - self._size))
                requests += 1
                idle[file.name] = 0 if file.count > before else idle[file.name] + 1
        _cut([file for file in self.files if not file.is_done], "the cloud returns no older lines")

    async def _wait_for_budget(self) -> str:
        """Wait until well below half of the request budget is used; return why not to go on, or ``""``."""
        waited = 0.0
        while not (why := await self._wait_turn(self._held_bytes)):
            if (state := self._budget()).used < state.limit * LONG_READ_SHARE:
                return ""
            if waited >= _LONGEST_WAIT_S:
                return "the request budget"
            await self._clock.sleep(_PAUSE_S)
            waited += _PAUSE_S
        return why


def _cut(files: list[FileCapture], why: str) -> None:
    for file in files:
        if not file.is_done:
            file.cut = why
