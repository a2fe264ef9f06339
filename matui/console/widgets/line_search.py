"""A search over many lines in small steps, outwards from where the reader is. Pure."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable

_STEP = 250  # lines looked at between two looks at the clock
_LONGEST = 500
_RUNAWAY = re.compile(r"\((?:\\.|[^\\()])*[+*}](?:\\.|[^\\()])*\)[+*{]")


def compile_pattern(text: str) -> re.Pattern[str] | str:
    """Return the pattern, or a sentence on why it is none. Case counts once it holds an upper-case letter."""
    if len(text) > _LONGEST or _RUNAWAY.search(text):
        return "This pattern could search for ever: a repeated group must not repeat inside."
    flags = re.NOFLAG if any(character.isupper() for character in text) else re.IGNORECASE
    try:
        return re.compile(text, flags)
    except (re.error, RecursionError, OverflowError) as error:
        return f"Not a regular expression yet: {error}."


class LineSearch:
    """The numbers of the lines in which a pattern is found, as far as they have been looked at."""

    def __init__(self, pattern: re.Pattern[str], text_of: Callable[[int], str], start: int) -> None:
        self.pattern = pattern
        self.matches: list[int] = []
        self._text_of = text_of
        self._low = self._high = start

    def step(self, first: int, end: int, spent: Callable[[], bool]) -> bool:
        """Look at lines of ``first`` to ``end - 1`` until ``spent`` says so; whether any are left."""
        self._forget(first, end)
        while not self.complete(first, end) and not spent():
            self._look(range(self._high, min(self._high + _STEP, end)))
            self._look(range(max(first, self._low - _STEP), self._low))
        return not self.complete(first, end)

    def complete(self, first: int, end: int) -> bool:
        """Whether every line held has been looked at."""
        return self._low <= first and self._high >= end

    def after(self, number: int) -> int | None:
        """Return the next match after a line, or the first of all; None without any."""
        place = bisect_right(self.matches, number)
        return self.matches[place % len(self.matches)] if self.matches else None

    def before(self, number: int) -> int | None:
        """Return the last match before a line, or the last of all; None without any."""
        place = bisect_left(self.matches, number)
        return self.matches[place - 1] if self.matches else None

    def _look(self, numbers: range) -> None:
        if not numbers:
            return
        found = [number for number in numbers if self.pattern.search(self._text_of(number))]
        if numbers.start >= self._high:
            self.matches += found
            self._high = numbers.stop
        else:
            self.matches[:0] = found
            self._low = numbers.start

    def _forget(self, first: int, end: int) -> None:
        """Let go of lines that are no longer held."""
        if self._low < first:
            del self.matches[: bisect_left(self.matches, first)]
            self._low = first
            self._high = max(self._high, first)
        if self._high > end:
            del self.matches[bisect_left(self.matches, end) :]
            self._high = end
            self._low = min(self._low, end)
