"""The line of a moment, found by halving: times in a log go forwards, near enough. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

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
