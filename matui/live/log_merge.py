"""All files of a job as one log in the order of time, while they grow at different speeds. Pure.

A line is placed once every other file has passed its time, or has been seen to its end since the line came.
What comes late all the same is placed last and marked: lines that were placed never move.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from typing import Protocol

from matui.live.log_seek import Held
from matui.live.log_strand import FileCursor, TimedBlock

MOST_FILES = 64
_LATE = 0x80
_AT_ONCE = 500
NO_LONGER_HELD = "this line is no longer held"


class Line(Protocol):
    """A line of a file."""

    @property
    def text(self) -> str: ...
    @property
    def mark(self) -> str: ...


class Lines(Held, Protocol):
    """What is merged."""

    def line(self, number: int) -> Line: ...


@dataclass(frozen=True, slots=True)
class Lost:
    """Stands for a line that its file has let go of."""

    text: str = NO_LONGER_HELD
    mark: str = "note"


class _Side:
    """Places of lines, five bytes each: file and number there."""

    def __init__(self) -> None:
        self.files = array("B")
        self.numbers = array("i")

    def add(self, file: int, numbers: Sequence[int]) -> None:
        self.files.extend([file] * len(numbers))
        self.numbers.extend(numbers)


class MergedLog:
    """Lines numbered ``first`` to ``end - 1`` out of several files; 0 is the first placed going forwards.

    Drive it with ``step`` whenever a file has changed; ``want_older`` lets it place lines above.
    """

    def __init__(self, cursors: Sequence[FileCursor], stores: Sequence[Lines]) -> None:
        self._cursors = cursors
        self._stores = stores
        self._below, self._above = _Side(), _Side()
        self._begun = False
        self._last_ms = -inf
        self._first_ms = inf
        self._wanted = 0

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
        """Whether nothing lies above what has been placed."""
        return self._begun and all(cursor.exhausted for cursor in self._cursors)

    def _place(self, number: int) -> tuple[int, int]:
        side, at = (self._below, number) if number >= 0 else (self._above, -1 - number)
        return side.files[at], side.numbers[at]

    def file_of(self, number: int) -> tuple[int, bool]:
        """Return which file a line is of, and whether it came late."""
        file = self._place(number)[0]
        return file & ~_LATE, bool(file & _LATE)

    def line(self, number: int) -> Line:
        """Return line ``number``. Raises IndexError where there is none."""
        if not self.first <= number < self.end:
            raise IndexError(number)
        file, at = self._place(number)
        try:
            return self._stores[file & ~_LATE].line(at)
        except IndexError:
            return Lost()

    def texts(self, begin: int, end: int) -> list[str]:
        """Return the texts of the lines ``begin`` to ``end`` (exclusive)."""
        return [self.line(number).text for number in range(begin, end)]

    def want_older(self, lines: int = 500) -> None:
        """Let so many more lines be placed above."""
        self._wanted = max(self._wanted, lines)

    def step(self, now: float) -> bool:
        """Place what can be placed; ``now`` is monotonic. Whether more is left than one step takes."""
        if not self._begun and not self._begin():
            return False
        for cursor in self._cursors:
            cursor.read_newer(now, _AT_ONCE)
        self._place_newer()
        self._place_older()
        return any(cursor.unread for cursor in self._cursors)

    def short(self) -> list[int]:
        """Return the files of which older lines are needed before more can be placed above."""
        if not self._begun or not self._wanted:
            return []
        return [n for n, s in enumerate(self._cursors) if not s.older and not s.at_top]

    def _begin(self) -> bool:
        if not all(cursor.ready for cursor in self._cursors):
            return False
        firsts = [cursor.first_ms() for cursor in self._cursors]
        bounds = [ms for ms, s in zip(firsts, self._cursors, strict=True) if not s.at_top and ms < inf]
        split = max(bounds, default=-inf)
        for ms, cursor in zip(firsts, self._cursors, strict=True):
            cursor.begin_at(split if ms < inf else -inf)
        self._begun = True
        self._wanted = _AT_ONCE
        return True

    def _place_newer(self) -> None:
        while True:
            waiting = [(s.newer[0].ms, n) for n, s in enumerate(self._cursors) if s.newer]
            if not waiting:
                return
            _, file = min(waiting)
            block = self._cursors[file].newer[0]
            if not self._may_place(file, block):
                return
            self._cursors[file].newer.popleft()
            late = block.ms < self._last_ms and block.ms > -inf
            self._below.add(file | (_LATE if late else 0), range(block.begin, block.end))
            self._last_ms = max(self._last_ms, block.ms)

    def _may_place(self, file: int, block: TimedBlock) -> bool:
        """Whether no other file can still bring a line before this block."""
        mine = self._cursors[file]
        if block.ms < self._last_ms:
            return True
        if len(mine.newer) == 1 and mine.looked_at < block.read_at:
            return False
        others = (s for n, s in enumerate(self._cursors) if n != file)
        return all(s.newer or (s.looked_at >= block.read_at and not s.unread) for s in others)

    def _place_older(self) -> None:
        while self._wanted > 0:
            for cursor in self._cursors:
                cursor.read_older(_AT_ONCE)
            if any(not s.older and not s.exhausted for s in self._cursors):
                return
            waiting = [(s.older[0].ms, n) for n, s in enumerate(self._cursors) if s.older]
            if not waiting:
                return
            _, file = max(waiting)
            block = self._cursors[file].older.popleft()
            late = block.ms > self._first_ms
            self._above.add(file | (_LATE if late else 0), range(block.end - 1, block.begin - 1, -1))
            self._first_ms = min(self._first_ms, block.ms)
            self._wanted -= block.end - block.begin
