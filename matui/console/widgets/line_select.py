"""Lines selected with the keys: from the line one began at to the one the keys have moved to."""

from __future__ import annotations

from typing import Protocol

from textual.geometry import Offset
from textual.selection import Selection

from matui.base.log_lines.control import LineText

_WHOLE_LINE = 10_000_000
_MOST_SELECTED = 100_000


class Selectable(Protocol):
    """What lines are selected in."""

    @property
    def first(self) -> int: ...
    @property
    def end(self) -> int: ...
    def line_text(self, number: int) -> LineText: ...
    def show_selection(self, selection: Selection | None) -> None: ...
    def show_line(self, number: int) -> None: ...


def selected_text(pane: Selectable, selection: Selection) -> tuple[str, str] | None:
    """Return what is selected, at most 100,000 lines of it, and what ends it; None where nothing is."""
    start = selection.start.transpose if selection.start else (pane.first, 0)
    end = selection.end.transpose if selection.end else (pane.end - 1, None)
    numbers = range(max(pane.first, start[0]), min(pane.end, end[0] + 1, start[0] + _MOST_SELECTED))
    lines = [pane.line_text(number).text for number in numbers]
    if not lines:
        return None
    if numbers[-1] == end[0]:
        lines[-1] = lines[-1][: end[1]]
    if numbers[0] == start[0]:
        lines[0] = lines[0][start[1] :]
    return "\n".join(lines), "\n"


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
