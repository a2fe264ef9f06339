"""One file of a merged log in blocks: a line with a time, and those after it without; searches by time."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import inf
from typing import Protocol

from matui.base.log_lines.times import TimestampParser

_SEARCHED_LINES = 400
_LINES_PER_SEARCH = 20
MAX_UNTIMED_LINES = 2000  # lines without a time in one block
_LINES_PER_READ = 500


class HeldLines(Protocol):
    """The lines of a file that are held, numbered ``first`` to ``end - 1``."""

    @property
    def first(self) -> int: ...
    @property
    def end(self) -> int: ...
    def list_texts(self, begin: int, end: int) -> Sequence[str]: ...


TimeOf = Callable[[str], float | None]


def find_line_at(held: HeldLines, time_of: TimeOf, ms: float) -> int:
    """Return the number of the first line at or after ``ms``, or ``held.end``; times must not go back far."""
    low, high = held.first, held.end
    while low < high:
        middle = (low + high) // 2
        found = find_next_time(held, time_of, middle, high)
        if found is None or found[1] >= ms:
            high = middle
        else:
            low = found[0] + 1
    found = find_next_time(held, time_of, low, held.end)
    return found[0] if found is not None and found[1] >= ms else held.end


def find_next_time(held: HeldLines, time_of: TimeOf, begin: int, end: int) -> tuple[int, float] | None:
    """Return number and time (ms) of the first line with a time among the next 400, or None."""
    for at in range(begin, min(end, begin + _SEARCHED_LINES), _LINES_PER_SEARCH):
        for number, text in enumerate(held.list_texts(at, min(at + _LINES_PER_SEARCH, end)), at):
            if (ms := time_of(text)) is not None:
                return number, ms
    return None


def find_last_time(held: HeldLines, time_of: TimeOf) -> float | None:
    """Return the time of the last line with a time among the last 400, or None."""
    for stop in range(held.end, max(held.first, held.end - _SEARCHED_LINES), -_LINES_PER_SEARCH):
        for text in reversed(held.list_texts(max(held.first, stop - _LINES_PER_SEARCH), stop)):
            if (ms := time_of(text)) is not None:
                return ms
    return None


@dataclass(slots=True)
class TimedBlock:
    """Lines ``begin`` to ``end`` (exclusive) of time ``ms``, read at ``read_at`` (monotonic seconds)."""

    ms: float
    begin: int
    end: int
    read_at: float = 0.0


class FileCursor:
    """The blocks of a file, both ways from where the merge began; ``clean`` removes control sequences.

    The order within a file never changes: a time that goes back counts as the time before. ``caught_up_at``
    is when the end of the file was last read, monotonic seconds; infinity once it is drained.
    """

    def __init__(self, held: HeldLines, parser: TimestampParser, clean: Callable[[str], str]) -> None:
        self.held = held
        self.newer: deque[TimedBlock] = deque()
        self.older: deque[TimedBlock] = deque()
        self.at_top = False
        self.caught_up_at = -inf
        self._parser = parser
        self._clean = clean
        self._next_newer = self._next_older = 0
        self._newest_ms = self._previous_ms = -inf
        self._oldest_ms = inf
        self._untimed = 0

    @property
    def ready(self) -> bool:
        """Whether the file has been read, with or without lines."""
        return self.caught_up_at > -inf or self.held.end > self.held.first

    def find_first_ms(self) -> float:
        """Return the time of the first line held that has one, or infinity."""
        for begin in range(self.held.first, self.held.end, _LINES_PER_READ):
            for text in self.held.list_texts(begin, min(begin + _LINES_PER_READ, self.held.end)):
                if (ms := self._read_time(text)) is not None:
                    return ms
        return inf

    def begin_at(self, ms: float) -> None:
        """Begin at a time: lines from it on are newer, lines before it older."""
        self._next_newer = self._next_older = find_line_at(self.held, self._read_time, ms)

    def _read_time(self, text: str) -> float | None:
        stamp = self._parser.read(text if text.isprintable() else self._clean(text))
        return stamp.ms if stamp else None

    def read_newer(self, now: float, most: int) -> int:
        """Read lines added at the end into blocks; return how many."""
        stop = min(self.held.end, self._next_newer + most)
        for number, text in enumerate(
            self.held.list_texts(self._next_newer, stop) if stop > self._next_newer else (), self._next_newer
        ):
            ms = self._read_time(text)
            last = self.newer[-1] if self.newer else None
            if ms is None and last is not None and last.end == number:
                last.end, last.read_at = number + 1, now
            else:
                self._advance(ms, last)
                self.newer.append(TimedBlock(self._newest_ms, number, number + 1, now))
        count, self._next_newer = max(0, stop - self._next_newer), max(self._next_newer, stop)
        return count

    def _advance(self, ms: float | None, last: TimedBlock | None) -> None:
        """Set the newest time to ``ms``, but never back; a time ahead of both its neighbours is corrected."""
        if ms is None:
            return
        if -inf < self._previous_ms <= ms < self._newest_ms:
            if last is not None:
                last.ms = ms
            self._newest_ms = ms
        elif ms >= self._newest_ms:
            self._previous_ms, self._newest_ms = self._newest_ms, ms

    @property
    def unread(self) -> int:
        """The number of lines at the end that have not been read into blocks."""
        return max(0, self.held.end - self._next_newer)

    def read_older(self, most: int) -> None:
        """Read lines above until a block is complete or no held line is left."""
        while not self.older and self._next_older - self._untimed > self.held.first:
            stop = self._next_older - self._untimed
            begin = max(self.held.first, stop - most)
            for number in range(stop - 1, begin - 1, -1):
                self._untimed += 1
                ms = self._read_time(self.held.list_texts(number, number + 1)[0])
                if ms is not None or self._untimed >= MAX_UNTIMED_LINES:
                    self._close_block(number, ms)
                    break
        if not self.older and self.at_top and self._untimed:
            self._close_block(self._next_older - self._untimed, None)

    def _close_block(self, begin: int, ms: float | None) -> None:
        self._oldest_ms = min(self._oldest_ms, ms if ms is not None else self._oldest_ms)
        self.older.append(TimedBlock(self._oldest_ms, begin, self._next_older))
        self._next_older, self._untimed = begin, 0

    @property
    def exhausted(self) -> bool:
        """Whether every line above has been placed."""
        return self.at_top and not self.older and self._next_older <= self.held.first
