"""One file of a merged log: its lines in blocks, each a line with a time and those after it without.

All files of a job as one log in the order of time, while they grow at different speeds. Pure.

A line is placed once every other file has passed its time, or has been seen to its end since the line came.
What comes late all the same is placed last and marked: lines that were placed never move.
"""

from __future__ import annotations

from array import array
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import inf
from typing import Protocol

from matui.base.log_lines.times import TimestampParser
from matui.live.logs.search import Held, seek

MOST_UNTIMED = 2000  # lines without a time that are kept together
_AT_ONCE = 500


@dataclass(slots=True)
class TimedBlock:
    """Lines ``begin`` to ``end`` (exclusive) of time ``ms``; ``read_at`` is when, monotonic."""

    ms: float
    begin: int
    end: int
    read_at: float = 0.0


class FileCursor:
    """Blocks of a file both ways from where the merge began; ``plain`` makes a raw line's text readable.

    Within a file nothing is ever put in another order: a time that goes back counts as the one before.
    ``looked_at`` is when the file was last seen to its end, monotonic; infinity once it is drained.
    """

    def __init__(self, held: Held, stamper: TimestampParser, plain: Callable[[str], str]) -> None:
        self.held = held
        self.newer: deque[TimedBlock] = deque()
        self.older: deque[TimedBlock] = deque()
        self.at_top = False
        self.looked_at = -inf
        self._stamper = stamper
        self._plain = plain
        self._up = self._down = 0
        self._up_ms = -inf
        self._down_ms = inf
        self._loose = 0

    @property
    def ready(self) -> bool:
        """Whether the file has been looked at, lines or none."""
        return self.looked_at > -inf or self.held.end > self.held.first

    def first_ms(self) -> float:
        """Return the time of the first line held that has one; infinity without any."""
        for begin in range(self.held.first, self.held.end, _AT_ONCE):
            for text in self.held.texts(begin, min(begin + _AT_ONCE, self.held.end)):
                if (ms := self._time(text)) is not None:
                    return ms
        return inf

    def begin_at(self, ms: float) -> None:
        """Split the lines held at a time: what is older goes one way, the rest the other."""
        self._up = self._down = seek(self.held, self._time, ms)

    def _time(self, text: str) -> float | None:
        stamp = self._stamper.read(text if text.isprintable() else self._plain(text))
        return stamp.ms if stamp else None

    def read_newer(self, now: float, most: int) -> int:
        """Take in lines that came at the end; returns how many."""
        stop = min(self.held.end, self._up + most)
        for number, text in enumerate(self.held.texts(self._up, stop) if stop > self._up else (), self._up):
            ms = self._time(text)
            last = self.newer[-1] if self.newer else None
            if ms is None and last is not None and last.end == number:
                last.end, last.read_at = number + 1, now
            else:
                self._up_ms = max(self._up_ms, ms if ms is not None else -inf)
                self.newer.append(TimedBlock(self._up_ms, number, number + 1, now))
        count, self._up = max(0, stop - self._up), max(self._up, stop)
        return count

    @property
    def unread(self) -> bool:
        """Whether lines at the end have not been taken in."""
        return self._up < self.held.end

    def read_older(self, most: int) -> None:
        """Take in lines above until a block is whole, or nothing is left of those held."""
        while not self.older and self._down - self._loose > self.held.first:
            stop = self._down - self._loose
            begin = max(self.held.first, stop - most)
            for number in range(stop - 1, begin - 1, -1):
                self._loose += 1
                ms = self._time(self.held.texts(number, number + 1)[0])
                if ms is not None or self._loose >= MOST_UNTIMED:
                    self._whole(number, ms)
                    break
        if not self.older and self.at_top and self._loose:
            self._whole(self._down - self._loose, None)

    def _whole(self, begin: int, ms: float | None) -> None:
        self._down_ms = min(self._down_ms, ms if ms is not None else self._down_ms)
        self.older.append(TimedBlock(self._down_ms, begin, self._down))
        self._down, self._loose = begin, 0

    @property
    def exhausted(self) -> bool:
        """Whether nothing is above what has been placed."""
        return self.at_top and not self.older and self._down <= self.held.first


MOST_FILES = 64
_LATE = 0x80
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
