"""The line of a moment, found by halving: times in a log go forwards, near enough. Pure.

Which lines of a log are wanted: by what they say and by when they were written. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from matui.base.log_lines.times import TimestampParser
from matui.base.sanitize import clean_log_line

_AHEAD = 400  # lines in which the next time must stand
_AT_ONCE = 20


class Held(Protocol):
    """Lines of a file that are held."""

    @property
    def first(self) -> int: ...
    @property
    def end(self) -> int: ...
    def texts(self, begin: int, end: int) -> Sequence[str]: ...


TimeOf = Callable[[str], float | None]


def seek(held: Held, time_of: TimeOf, ms: float) -> int:
    """Return the number of the first line at or after ``ms``, ``held.end`` where there is none."""
    low, high = held.first, held.end
    while low < high:
        middle = (low + high) // 2
        found = next_time(held, time_of, middle, high)
        if found is None or found[1] >= ms:
            high = middle
        else:
            low = found[0] + 1
    found = next_time(held, time_of, low, held.end)
    return found[0] if found is not None and found[1] >= ms else held.end


def next_time(held: Held, time_of: TimeOf, begin: int, end: int) -> tuple[int, float] | None:
    """Return the number and the time (ms since the epoch) of the next line that has one, not far ahead."""
    for at in range(begin, min(end, begin + _AHEAD), _AT_ONCE):
        for number, text in enumerate(held.texts(at, min(at + _AT_ONCE, end)), at):
            if (ms := time_of(text)) is not None:
                return number, ms
    return None


def last_time(held: Held, time_of: TimeOf) -> float | None:
    """Return the time of the last line that has one, near the end."""
    for stop in range(held.end, max(held.first, held.end - _AHEAD), -_AT_ONCE):
        for text in reversed(held.texts(max(held.first, stop - _AT_ONCE), stop)):
            if (ms := time_of(text)) is not None:
                return ms
    return None


@dataclass(frozen=True, slots=True)
class Wish:
    """A pattern and two moments in ms since the epoch, None for no bound."""

    pattern: re.Pattern[str] | None = None
    since_ms: float | None = None
    until_ms: float | None = None

    @property
    def timed(self) -> bool:
        """Whether times matter."""
        return self.since_ms is not None or self.until_ms is not None


class Sieve:
    """Looks at one file's lines in order; a line without a time stays with the one before."""

    def __init__(self, wish: Wish, stamper: TimestampParser) -> None:
        self._wish = wish
        self._stamper = stamper
        self._in_time = wish.since_ms is None

    def keeps(self, text: str) -> bool:
        """Whether a line is wanted."""
        plain = clean_log_line(text)
        if self._wish.timed:
            ms = self._time(plain)
            if ms is not None:
                self._in_time = self._is_in_time(ms)
        pattern = self._wish.pattern
        return self._in_time and (pattern is None or pattern.search(plain) is not None)

    def is_before(self, text: str) -> bool:
        """Whether a line was written before all that is wanted."""
        since, ms = self._wish.since_ms, self._time(clean_log_line(text))
        return since is not None and ms is not None and ms < since

    def _time(self, plain: str) -> float | None:
        stamp = self._stamper.read(plain)
        return stamp.ms if stamp else None

    def _is_in_time(self, ms: float) -> bool:
        since, until = self._wish.since_ms, self._wish.until_ms
        return (since is None or ms >= since) and (until is None or ms <= until)
