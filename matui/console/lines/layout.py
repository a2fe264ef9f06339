"""How lines are cut into rows: wrapped, or one row each from a cell on."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol

from textual.selection import Selection

from matui.base.cells import measure_width
from matui.base.log_lines.control import LineText, StyleSpan
from matui.console.lines.paint import Label, LineFace, clip_spans, find_row_starts, slice_cells
from matui.console.lines.window import RowPlace

_SIDEWAYS = 16  # cells
_CUT_SIGN = "…"


class LabelledLines(Protocol):
    """Numbered lines, each with a label in front."""

    def get_line_text(self, number: int) -> LineText:
        """Return a line ready to be shown."""

    def get_line_label(self, number: int, /) -> Label:
        """Return what stands in front of a line."""


class LineLayout:
    """The rows of ``lines`` in a pane ``width`` cells wide; unwrapped ones begin at cell ``left``.

    With ``marks_cut`` an unwrapped line that goes on beyond the right edge ends with ``…``.
    """

    def __init__(
        self, lines: LabelledLines, width: Callable[[], int], *, wrap: bool, marks_cut: bool = False
    ) -> None:
        self._lines = lines
        self._width = width
        self._marks_cut = marks_cut
        self.wrap = wrap
        self.left = 0

    def count_rows(self, number: int) -> int:
        """Return how many rows a line takes."""
        return len(self._find_row_starts(number)) if self.wrap else 1

    def scroll_sideways(self, steps: int, numbers: Iterable[int]) -> None:
        """Move unwrapped lines sideways, at most until the end of the longest of ``numbers`` is in view."""
        beyond = max(map(self._count_cells_beyond, numbers), default=0)
        self.left = max(0, min(self.left + steps * _SIDEWAYS, beyond))

    def _count_cells_beyond(self, number: int) -> int:
        """Return how many cells of a line there is no room for."""
        room = self._measure_room(self._lines.get_line_label(number))
        return measure_width(self._lines.get_line_text(number).text) - room

    def build_face(
        self,
        place: RowPlace,
        find_hits: Callable[[int, str], tuple[StyleSpan, ...]],
        selection: Selection | None,
        *,
        thumb: bool,
        density: int = 0,
    ) -> LineFace:
        """Return what a row shows; ``find_hits`` returns where a search matches in a line."""
        number, sub = place
        line = self._lines.get_line_text(number)
        label = self._lines.get_line_label(number)
        room = self._measure_room(label)
        start, end, pad = self._find_part(line.text, number, sub, room)
        is_cut = self._marks_cut and not self.wrap and not line.rule and bool(line.text[end:].strip())
        if is_cut:
            start, end, pad = slice_cells(line.text, self.left, max(0, room - 1))
        return LineFace(
            number,
            start,
            line.text[start:end] + (_CUT_SIGN if is_cut else ""),
            pad,
            clip_spans(line.spans, start, end),
            line.base,
            line.rule,
            clip_spans(find_hits(number, line.text), start, end),
            _find_selected_span(selection, number, start, end),
            label if not sub else tuple((" " * len(text), style) for text, style in label),
            thumb,
            density,
        )

    def build_centred(self, text: str) -> LineFace:
        """Return a row with a text in its middle."""
        pad = max(0, (self._width() - len(text)) // 2)
        return LineFace(0, 0, text, pad, base="line-pane--placeholder" if text else "")

    def _measure_room(self, label: Label) -> int:
        room = self._width() - 1
        return max(1, room - sum(len(text) for text, _ in label) if label else room)

    def _find_part(self, text: str, number: int, sub: int, room: int) -> tuple[int, int, int]:
        if not self.wrap:
            return slice_cells(text, self.left, room)
        starts = self._find_row_starts(number)
        start = starts[min(sub, len(starts) - 1)]
        return start, starts[sub + 1] if sub + 1 < len(starts) else len(text), 0

    def _find_row_starts(self, number: int) -> tuple[int, ...]:
        return find_row_starts(
            self._lines.get_line_text(number).text, self._measure_room(self._lines.get_line_label(number))
        )


def _find_selected_span(
    selection: Selection | None, number: int, start: int, end: int
) -> tuple[int, int] | None:
    span = selection.get_span(number) if selection is not None else None
    if span is None:
        return None
    low, high = span[0], end if span[1] == -1 else min(span[1], end)
    return (max(low, start) - start, high - start) if high > max(low, start) else None
