"""Search the lines held of a log for a time. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

_SEARCHED_LINES = 400
_LINES_PER_SEARCH = 20


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
