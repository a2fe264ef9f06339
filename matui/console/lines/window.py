"""Which rows of a long list of lines are in view, held to absolute line numbers. Pure.

Lines selected with the keys: from the line one began at to the one the keys have moved to.
"""

from __future__ import annotations

import re
from typing import Protocol

from textual.geometry import Offset
from textual.selection import Selection

from matui.base.log_lines.control import LineText

RowPlace = tuple[int, int]  # line number, row within the line
_WHOLE_LINE = 10_000_000
_MOST_SELECTED = 100_000
_WORD = re.compile(r"[\w./:@%+~#-]*[\w/%+~#-]")  # without the full stop or colon that ends it


class WrappedLines(Protocol):
    """Lines numbered ``first`` to ``end - 1``; with ``wrap`` a long one takes several rows."""

    @property
    def first(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def wrap(self) -> bool: ...
    def count_rows(self, number: int) -> int: ...


class LineWindow:
    """``top`` is the line and the row within it at the top of the view; ``page`` is rows in view."""

    def __init__(self, lines: WrappedLines) -> None:
        self._lines = lines
        self.top: RowPlace = (0, 0)
        self.page = 1

    def list_places(self) -> list[RowPlace]:
        """Return what each row in view shows, fewer than ``page`` at the end of the lines."""
        number, sub = self.top
        if not self._lines.wrap:
            return [(line, 0) for line in range(number, min(self._lines.end, number + self.page))]
        end, rows, page = self._lines.end, self._lines.count_rows, self.page
        places: list[RowPlace] = []
        while len(places) < page and number < end:
            last = min(rows(number), sub + page - len(places))
            places += [(number, row) for row in range(sub, last)]
            number, sub = number + 1, 0
        return places

    def find_bottom(self) -> RowPlace:
        """Return the top at which the last row is the last in view."""
        number, left = self._lines.end, self.page
        while left > 0 and number > self._lines.first:
            number -= 1
            left -= self._lines.count_rows(number)
        return (number, max(0, -left)) if self._lines.end > self._lines.first else (self._lines.first, 0)

    @property
    def at_top(self) -> bool:
        """Whether the first line held is in view."""
        return self.top <= (self._lines.first, 0)

    def settle(self) -> None:
        """Stay within the lines held and the rows they take."""
        number, sub = self.top
        if number < self._lines.first:
            self.top = (self._lines.first, 0)
        elif number < self._lines.end:
            self.top = (number, min(sub, self._lines.count_rows(number) - 1))
        self.top = min(self.top, self.find_bottom())

    def scroll(self, rows: int) -> None:
        """Move by rows, down when positive, at most to either end."""
        number, sub = self.top
        while rows < 0 and (number, sub) > (self._lines.first, 0):
            if sub == 0:
                number -= 1
                sub = self._lines.count_rows(number)
            sub -= 1
            rows += 1
        while rows > 0 and number < self._lines.end:
            sub += 1
            rows -= 1
            if sub >= self._lines.count_rows(number):
                number, sub = number + 1, 0
        self.top = (number, sub)
        self.settle()

    def show(self, number: int) -> None:
        """Bring a line into view, a third down the page if it was not."""
        if any(place[0] == number for place in self.list_places()):
            return
        self.top = (number, 0)
        self.scroll(-(self.page // 3))


class Selectable(Protocol):
    """A pane in which lines are selected."""

    @property
    def first(self) -> int: ...
    @property
    def end(self) -> int: ...
    def get_line_text(self, number: int) -> LineText: ...
    def get_copied_text(self, number: int) -> str: ...
    def show_selection(self, selection: Selection | None) -> None: ...
    def show_line(self, number: int) -> None: ...


def read_selected_text(pane: Selectable, selection: Selection) -> tuple[str, str] | None:
    """Return what is selected, at most 100,000 lines of it, and what ends it; None where nothing is."""
    start = selection.start.transpose if selection.start is not None else (pane.first, 0)
    end = selection.end.transpose if selection.end is not None else (pane.end - 1, None)
    numbers = range(max(pane.first, start[0]), min(pane.end, end[0] + 1, start[0] + _MOST_SELECTED))
    if not numbers:
        return None
    lines = []
    for number in numbers:
        text = pane.get_line_text(number).text
        low = start[1] if number == start[0] else 0
        high = end[1] if number == end[0] else None
        is_whole = not low and (high is None or high >= len(text))
        lines.append(pane.get_copied_text(number) if is_whole else text[low:high])
    return "\n".join(lines), "\n"


def select_word(pane: Selectable, place: Offset) -> Selection | None:
    """Return the selection of the word at a place, such as a path, an id or a time; None between words."""
    words = _WORD.finditer(pane.get_line_text(place.y).text)
    found = next((word.span() for word in words if word.start() <= place.x < word.end()), None)
    return Selection(Offset(found[0], place.y), Offset(found[1], place.y)) if found is not None else None


def select_line(place: Offset) -> Selection:
    """Return the selection of the whole line at a place."""
    return Selection(Offset(0, place.y), Offset(_WHOLE_LINE, place.y))


class KeySelection:
    """Whole lines, while ``active``."""

    def __init__(self, pane: Selectable) -> None:
        self._pane = pane
        self._anchor: int | None = None
        self._at = 0

    @property
    def active(self) -> bool:
        """Whether the keys select."""
        return self._anchor is not None

    @property
    def at(self) -> int:
        """The line at the free end."""
        return self._at

    @property
    def ends(self) -> tuple[int, int] | None:
        """The line it began at and the free end, while the keys select."""
        return (self._anchor, self._at) if self._anchor is not None else None

    def renumber(self, anchor: int, at: int) -> None:
        """Select the same lines, which have other numbers now."""
        self._anchor, self._at = anchor, at
        self._show()

    def begin(self, number: int) -> None:
        """Select a line, and from it on whatever the keys move over."""
        self._anchor = self._at = number
        self._show()

    def end(self) -> None:
        """Select nothing any more."""
        if self._anchor is not None:
            self._anchor = None
            self._pane.show_selection(None)

    def move(self, lines: int) -> None:
        """Move the free end by some lines."""
        self._at = max(self._pane.first, min(self._at + lines, self._pane.end - 1))
        self._pane.show_line(self._at)
        self._show()

    def _show(self) -> None:
        low, high = sorted((self._anchor if self._anchor is not None else self._at, self._at))
        self._pane.show_selection(Selection(Offset(0, low), Offset(_WHOLE_LINE, high)))
