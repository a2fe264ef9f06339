"""All log files of a job as one log in time order, while they grow at different speeds. Pure.

A line is placed once every other file has passed its time, or has been read to its end since the line came.
A line that comes late is placed last and marked: lines that were placed never move.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from math import inf
from typing import NamedTuple, Protocol

from matui.live.logs.file_cursor import FileCursor, HeldLines, TimedBlock

_LINES_PER_STEP = 500
MAX_FILES = 64
_LATE = 0x80
_LATE_RUN = 3  # late blocks in a row: then the time before them was wrong
NO_LONGER_HELD = "this line is no longer held"


class MarkedLine(Protocol):
    """A line of a file; ``mark`` is set where it is a sentence of matui."""

    @property
    def text(self) -> str: ...
    @property
    def mark(self) -> str: ...


class MarkedLines(HeldLines, Protocol):
    """The lines of one file of the merge."""

    def get_line(self, number: int) -> MarkedLine: ...


class EvictedLine(NamedTuple):
    """Replaces a line that its file has evicted."""

    text: str = NO_LONGER_HELD
    mark: str = "note"


class HeldBack(NamedTuple):
    """``lines`` that are not placed yet, because ``files`` (by number) can still bring earlier ones."""

    lines: int
    files: tuple[int, ...]


class _Placements:
    """Positions of lines, five bytes each: file and line number in it."""

    def __init__(self) -> None:
        self.files = array("B")
        self.numbers = array("i")

    def add(self, file: int, numbers: Sequence[int]) -> None:
        self.files.extend([file] * len(numbers))
        self.numbers.extend(numbers)


class MergedLog:
    """Lines numbered ``first`` to ``end - 1`` out of several files; 0 is the first placed going forwards.

    Call ``step`` whenever a file has changed; ``request_older`` allows it to place lines above.
    """

    def __init__(self, cursors: Sequence[FileCursor], stores: Sequence[MarkedLines]) -> None:
        self._cursors = cursors
        self._stores = stores
        self._below, self._above = _Placements(), _Placements()
        self._begun = False
        self._last_ms = -inf
        self._late_run = 0
        self._first_ms = inf
        self._requested = 0

    @property
    def first(self) -> int:
        """The number of the first line placed."""
        return -len(self._above.files)

    @property
    def end(self) -> int:
        """One more than the number of the last line placed."""
        return len(self._below.files)

    @property
    def at_top(self) -> bool:
        """Whether the first line of every file has been placed."""
        return self._begun and all(cursor.exhausted for cursor in self._cursors)

    def _locate(self, number: int) -> tuple[int, int]:
        side, at = (self._below, number) if number >= 0 else (self._above, -1 - number)
        return side.files[at], side.numbers[at]

    def get_file(self, number: int) -> tuple[int, bool]:
        """Return the file of a line, and whether the line came late."""
        file = self._locate(number)[0]
        return file & ~_LATE, bool(file & _LATE)

    def get_line(self, number: int) -> MarkedLine:
        """Return line ``number``. Raises IndexError where there is none."""
        if not self.first <= number < self.end:
            raise IndexError(number)
        file, at = self._locate(number)
        try:
            return self._stores[file & ~_LATE].get_line(at)
        except IndexError:
            return EvictedLine()

    def list_texts(self, begin: int, end: int) -> list[str]:
        """Return the texts of the lines ``begin`` to ``end`` (exclusive)."""
        return [self.get_line(number).text for number in range(begin, end)]

    def request_older(self, lines: int = 500) -> None:
        """Allow so many more lines to be placed above."""
        self._requested = max(self._requested, lines)

    def step(self, now: float) -> bool:
        """Place what can be placed; return whether lines are left for another step.

        ``now`` is in monotonic seconds.
        """
        if not self._begun and not self._begin():
            return False
        for cursor in self._cursors:
            cursor.read_newer(now, _LINES_PER_STEP)
        self._place_newer()
        self._place_older()
        return any(cursor.unread for cursor in self._cursors)

    def describe_held_back(self) -> HeldBack | None:
        """Return the lines that wait for other files or for the next step, or None where no line waits."""
        if not self._begun:
            unread = tuple(n for n, cursor in enumerate(self._cursors) if not cursor.ready)
            return HeldBack(sum(c.held.end - c.held.first for c in self._cursors), unread)
        candidates = [(cursor.newer[0].ms, n) for n, cursor in enumerate(self._cursors) if cursor.newer]
        if not candidates:
            unread = tuple(n for n, cursor in enumerate(self._cursors) if cursor.unread)
            return HeldBack(sum(self._cursors[n].unread for n in unread), unread) if unread else None
        _, file = min(candidates)
        lines = sum(block.end - block.begin for cursor in self._cursors for block in cursor.newer)
        return HeldBack(lines, self._find_awaited(file, self._cursors[file].newer[0]) or (file,))

    def _find_awaited(self, file: int, block: TimedBlock) -> tuple[int, ...]:
        """Return the other files that can still have a line before ``block``."""
        return tuple(
            n
            for n, cursor in enumerate(self._cursors)
            if n != file and not cursor.newer and (cursor.caught_up_at < block.read_at or cursor.unread)
        )

    def list_files_needing_older(self) -> list[int]:
        """Return the files whose older lines are needed before more can be placed above."""
        if not self._begun or not self._requested:
            return []
        return [n for n, s in enumerate(self._cursors) if not s.older and not s.at_top]

    def _begin(self) -> bool:
        if not all(cursor.ready for cursor in self._cursors):
            return False
        firsts = [cursor.find_first_ms() for cursor in self._cursors]
        bounds = [ms for ms, s in zip(firsts, self._cursors, strict=True) if not s.at_top and ms < inf]
        split = max(bounds, default=-inf)
        for ms, cursor in zip(firsts, self._cursors, strict=True):
            cursor.begin_at(split if ms < inf else -inf)
        self._begun = True
        self._requested = _LINES_PER_STEP
        return True

    def _place_newer(self) -> None:
        while True:
            candidates = [(s.newer[0].ms, n) for n, s in enumerate(self._cursors) if s.newer]
            if not candidates:
                return
            _, file = min(candidates)
            block = self._cursors[file].newer[0]
            if not self._may_place(file, block):
                return
            self._cursors[file].newer.popleft()
            late = block.ms < self._last_ms and block.ms > -inf
            self._below.add(file | (_LATE if late else 0), range(block.begin, block.end))
            self._late_run = self._late_run + 1 if late else 0
            is_stuck = self._late_run >= _LATE_RUN
            self._last_ms = block.ms if is_stuck else max(self._last_ms, block.ms)

    def _may_place(self, file: int, block: TimedBlock) -> bool:
        """Return whether no other file can still have a line before this block."""
        mine = self._cursors[file]
        if block.ms < self._last_ms:
            return True
        if len(mine.newer) == 1 and mine.caught_up_at < block.read_at:
            return False
        return not self._find_awaited(file, block)

    def _place_older(self) -> None:
        while self._requested > 0:
            for cursor in self._cursors:
                cursor.read_older(_LINES_PER_STEP)
            if any(not s.older and not s.exhausted for s in self._cursors):
                return
            candidates = [(s.older[0].ms, n) for n, s in enumerate(self._cursors) if s.older]
            if not candidates:
                return
            _, file = max(candidates)
            block = self._cursors[file].older.popleft()
            late = block.ms > self._first_ms
            self._above.add(file | (_LATE if late else 0), range(block.end - 1, block.begin - 1, -1))
            self._first_ms = min(self._first_ms, block.ms)
            self._requested -= block.end - block.begin
