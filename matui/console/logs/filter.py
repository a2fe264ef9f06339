"""Only some lines of a log: those that are found, and a few around each. Pure."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

from matui.base.text.formatting import pluralize
from matui.console.lines.search import FindLines, LineSearch, Matches


class SourceLine(Protocol):
    """A line as the cloud sent it; ``mark`` is ``""``, ``"gap"`` or ``"note"``."""

    @property
    def text(self) -> str: ...
    @property
    def mark(self) -> str: ...


class LineSource(Protocol):
    """Lines numbered ``first`` to ``end - 1``; a number always means the same line."""

    @property
    def first(self) -> int: ...
    @property
    def end(self) -> int: ...
    def get_line(self, number: int) -> SourceLine: ...
    def list_texts(self, begin: int, end: int) -> Sequence[str]: ...


class Words(NamedTuple):
    """A line that stands between those of the log."""

    text: str
    mark: str = "note"


class NoLines:
    """A log without lines."""

    first = 0
    end = 0

    def get_line(self, number: int) -> SourceLine:
        """Raise IndexError: there is none."""
        raise IndexError(number)

    def list_texts(self, _begin: int, _end: int) -> list[str]:
        """Return nothing."""
        return []


NOTHING: LineSource = NoLines()


class FilteredLines:
    """The lines of ``source`` that ``find`` finds, with ``context`` lines around them, found in small steps.

    Numbers are its own and never change: 0 is the first line found near ``start``. An entry is twice the
    number of its line; an odd entry stands for lines left out, which ``describe`` puts into words by their
    numbers. Without context and ``describe`` nothing stands for them.
    """

    def __init__(
        self,
        source: LineSource,
        find: FindLines,
        start: int,
        context: int = 0,
        describe: Callable[[int, int], str] | None = None,
    ) -> None:
        self.source = source
        self._search = LineSearch(find, start)
        self._context = context
        self._marks_gaps = bool(context) or describe is not None
        self._describe = describe or _format_line_count
        self._entries = Matches()
        self._lowest = self._highest = self._owed_low = self._owed_high = 0
        self._taken_above = self._taken_below = 0
        self._last_below: int | None = None

    @property
    def first(self) -> int:
        """The number of the first line."""
        return -len(self._entries.above)

    @property
    def end(self) -> int:
        """One more than the number of the last line."""
        return len(self._entries.below)

    @property
    def found(self) -> int:
        """The number of lines found so far, without those around them."""
        return len(self._search.matches)

    @property
    def complete(self) -> bool:
        """Whether every line of the source has been looked at."""
        return self._search.complete(self.source.first, self.source.end)

    def _get_entry(self, number: int) -> int:
        return self._entries[number - self.first]

    def find_origin(self, number: int) -> int:
        """Return the number in the source of a line; of lines left out, the one that follows."""
        return (self._get_entry(number) + 1) // 2

    def find_place(self, origin: int) -> int:
        """Return the number here of a line of the source, or of the next one that is shown."""
        place = bisect_left(self._entries, 2 * origin)
        return min(place, max(0, len(self._entries) - 1)) + self.first

    def get_line(self, number: int) -> SourceLine:
        """Return a line; between those shown, how many are left out."""
        if not self.first <= number < self.end:
            raise IndexError(number)
        entry = self._get_entry(number)
        if entry % 2:
            before, after = self._get_entry(number - 1) // 2, self._get_entry(number + 1) // 2
            return Words(self._describe(before + 1, after))
        try:
            return self.source.get_line(entry // 2)
        except IndexError:
            return Words("no longer held")

    def list_texts(self, begin: int, end: int) -> list[str]:
        """Return the texts of lines; nothing for lines left out."""
        lines = (self.get_line(number) for number in range(begin, end))
        return ["" if isinstance(line, Words) else line.text for line in lines]

    def look_at(self, numbers: Sequence[int]) -> None:
        """Look at lines of the source, and at those from the start to them."""
        self.step(lambda: self._search.covers(min(numbers), max(numbers)))

    def step(self, spent: Callable[[], bool]) -> bool:
        """Look further until ``spent`` says so; whether anything is left to look at."""
        more = self._search.step(self.source.first, self.source.end, spent)
        matches = self._search.matches
        self._taken_above = min(self._taken_above, len(matches.above))
        if self._taken_below > len(matches.below) or (
            self._taken_below and matches.below[self._taken_below - 1] != self._last_below
        ):
            self._taken_below = bisect_right(matches.below, self._last_below or 0)
        self._take_below(matches)
        self._take_above(matches)
        return more

    def _take_below(self, matches: Matches) -> None:
        for number in matches.below[self._taken_below :]:
            self._show_below(number)
            self._last_below = number
        self._taken_below = len(matches.below)
        self._pay_below()

    def _take_above(self, matches: Matches) -> None:
        for number in matches.above[self._taken_above :]:
            self._show_above(number)
        self._taken_above = len(matches.above)
        self._pay_above()

    def _show_below(self, number: int) -> None:
        if not len(self._entries):
            self._begin(number)
        self._pay_below()
        if number > self._highest:
            begin = max(self._highest + 1, number - self._context)
            if self._marks_gaps and begin > self._highest + 1:
                self._entries.below.append(2 * begin - 1)
            self._entries.below.extend(range(2 * begin, 2 * number + 1, 2))
            self._highest = number
        self._owed_high = max(self._owed_high, number + self._context)

    def _show_above(self, number: int) -> None:
        if not len(self._entries):
            self._begin(number)
        self._pay_above()
        if number < self._lowest:
            begin = min(self._lowest - 1, number + self._context)
            if self._marks_gaps and begin < self._lowest - 1:
                self._entries.above.append(2 * begin + 1)
            self._entries.above.extend(range(2 * begin, 2 * number - 1, -2))
            self._lowest = number
        self._owed_low = min(self._owed_low, number - self._context)

    def _begin(self, number: int) -> None:
        begin = max(self.source.first, number - self._context)
        self._entries.below.extend(range(2 * begin, 2 * number + 1, 2))
        self._lowest = begin
        self._highest = number
        self._owed_low, self._owed_high = number - self._context, number + self._context

    def _pay_below(self) -> None:
        """Show the lines after the last one found, those that there are yet."""
        end = min(self._owed_high, self.source.end - 1)
        if len(self._entries) and end > self._highest:
            self._entries.below.extend(range(2 * self._highest + 2, 2 * end + 1, 2))
            self._highest = end

    def _pay_above(self) -> None:
        begin = max(self._owed_low, self.source.first)
        if len(self._entries) and begin < self._lowest:
            self._entries.above.extend(range(2 * self._lowest - 2, 2 * begin - 1, -2))
            self._lowest = begin


def _format_line_count(begin: int, end: int) -> str:
    return pluralize(end - begin, "line")
