"""A search over many lines in small steps, outwards from where the reader is. Pure.

What is looked for in a pane of lines: the pattern, the lines found so far, and the one that is shown.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from typing import TypeAlias, overload

from matui.base.log_lines.control import StyleSpan
from matui.base.text.regex import compile_user_regex

_STEP = 250  # lines looked at between two looks at the clock

# Returns the numbers of the lines that are looked for, of those from one number up to another (exclusive).
FindLines: TypeAlias = Callable[[int, int], Sequence[int]]


def compile_pattern(text: str) -> re.Pattern[str] | str:
    """Return the pattern, or a sentence on why it is none. Case counts once it holds an upper-case letter."""
    try:
        pattern = compile_user_regex(text)
    except ValueError as error:
        return f"This regular expression cannot be used: {error}."
    return re.compile(text) if any(character.isupper() for character in text) else pattern


def build_finder(pattern: re.Pattern[str], texts: Callable[[int, int], Sequence[str]]) -> FindLines:
    """Return what finds the lines in whose text the pattern is."""
    search = pattern.search
    return lambda begin, end: [n for n, text in enumerate(texts(begin, end), begin) if search(text)]


class Matches(Sequence[int]):
    """Line numbers in order, four bytes each, that grow at both ends."""

    def __init__(self) -> None:
        self.above = array("i")  # descending
        self.below = array("i")  # ascending

    def __len__(self) -> int:
        return len(self.above) + len(self.below)

    @overload
    def __getitem__(self, index: int) -> int: ...
    @overload
    def __getitem__(self, index: slice) -> list[int]: ...
    def __getitem__(self, index: int | slice) -> int | list[int]:
        if isinstance(index, slice):
            return [self[at] for at in range(*index.indices(len(self)))]
        at = index + len(self) if index < 0 else index
        if not 0 <= at < len(self):
            raise IndexError(index)
        middle = len(self.above)
        return self.above[middle - 1 - at] if at < middle else self.below[at - middle]

    def keep(self, first: int, end: int) -> None:
        """Drop the numbers before ``first`` and from ``end`` on."""
        while self.above and self.above[-1] < first:
            self.above.pop()
        while self.below and self.below[-1] >= end:
            self.below.pop()
        if self.below and self.below[0] < first:
            del self.below[: bisect_left(self.below, first)]
        if self.above and self.above[0] >= end:
            self.above = array("i", [number for number in self.above if number < end])


class LineSearch:
    """The numbers of the lines found in the lines searched so far."""

    def __init__(self, find: FindLines, start: int) -> None:
        self.matches = Matches()
        self._find = find
        self._low = self._high = start

    def step(self, first: int, end: int, spent: Callable[[], bool]) -> bool:
        """Search lines ``first`` to ``end - 1`` until ``spent`` is true; return whether any are left."""
        self._forget(first, end)
        while not self.complete(first, end) and not spent():
            self._look_below(min(self._high + _STEP, end))
            self._look_above(max(first, self._low - _STEP))
        return not self.complete(first, end)

    def complete(self, first: int, end: int) -> bool:
        """Whether every line held has been looked at."""
        return self._low <= first and self._high >= end

    def covers(self, low: int, high: int) -> bool:
        """Whether the lines ``low`` to ``high`` have been looked at."""
        return self._low <= low and high < self._high

    @property
    def looked(self) -> int:
        """The number of lines searched so far."""
        return self._high - self._low

    def find_after(self, number: int, *, wrap: bool = True) -> int | None:
        """Return the next match after a line, or with ``wrap`` the first of all; None without any."""
        place = bisect_right(self.matches, number)
        if place < len(self.matches):
            return self.matches[place]
        return self.matches[0] if self.matches and wrap else None

    def find_before(self, number: int, *, wrap: bool = True) -> int | None:
        """Return the last match before a line, or with ``wrap`` the last of all; None without any."""
        place = bisect_left(self.matches, number)
        if place:
            return self.matches[place - 1]
        return self.matches[-1] if self.matches and wrap else None

    def place(self, number: int | None) -> int:
        """Return a match's place among all, from 1; 0 where the line is none."""
        if number is None:
            return 0
        place = bisect_left(self.matches, number)
        return place + 1 if place < len(self.matches) and self.matches[place] == number else 0

    def count(self, begin: int, end: int) -> int:
        """Return how many of the lines ``begin`` to ``end`` (exclusive) match."""
        return bisect_left(self.matches, end) - bisect_left(self.matches, begin)

    def _look_below(self, end: int) -> None:
        if end > self._high:
            self.matches.below.extend(self._find(self._high, end))
            self._high = end

    def _look_above(self, first: int) -> None:
        if first < self._low:
            self.matches.above.extend(reversed(self._find(first, self._low)))
            self._low = first

    def _forget(self, first: int, end: int) -> None:
        """Drop lines that are no longer held."""
        if self._low < first or self._high > end:
            self.matches.keep(first, end)
        if self._low < first:
            self._low, self._high = first, max(self._high, first)
        if self._high > end:
            self._low, self._high = min(self._low, end), end


class SearchState:
    """A search and its current match. Nothing is looked for while ``pattern`` is None."""

    def __init__(self) -> None:
        self.text = ""
        self.pattern: re.Pattern[str] | None = None
        self.search: LineSearch | None = None
        self.current: int | None = None

    def look_for(self, text: str) -> str:
        """Take a regular expression, ``""`` for none; returns what is wrong with it, or ``""``."""
        self.text, self.current = text, None
        pattern = compile_pattern(text) if text else None
        if isinstance(pattern, str):
            return pattern
        self.pattern, self.search = pattern, None
        return ""

    def begin(self, texts: Callable[[int, int], Sequence[str]], start: int) -> None:
        """Look through lines, outwards from ``start``; ``texts`` returns those of a range."""
        self.search = LineSearch(build_finder(self.pattern, texts), start) if self.pattern else None

    @property
    def count(self) -> int:
        """The number of matching lines among those searched so far."""
        return len(self.search.matches) if self.search else 0

    @property
    def place(self) -> int:
        """The current match's place among all, from 1; 0 without one."""
        return self.search.place(self.current) if self.search else 0

    def find_spans(self, text: str, *, current: bool) -> tuple[StyleSpan, ...]:
        """Return where the pattern is in a line's text."""
        if self.pattern is None:
            return ()
        name = "line-pane--search-current" if current else "line-pane--search"
        found = self.pattern.finditer(text)
        return tuple((*match.span(), name) for match in found if match.end() > match.start())
