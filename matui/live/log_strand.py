"""One file of a merged log: its lines in blocks, each a line with a time and those after it without."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from math import inf

from matui.base.log_lines.times import TimestampParser
from matui.live.log_seek import Held, seek

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
