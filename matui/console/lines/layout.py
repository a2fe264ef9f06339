"""How lines are cut into rows: wrapped, or one row each from a cell on."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from textual.geometry import Offset
from textual.selection import Selection

from matui.base.log_lines.control import LineText, StyleSpan
from matui.base.text.cells import measure_width
from matui.console.lines.paint import Label, LineFace, clip_spans, find_row_starts, slice_cells
from matui.console.lines.window import RowPlace
from matui.console.terminal.filters import Charset, find_spelled_places, spell_out

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

    With ``marks_cut`` an unwrapped line that goes on beyond the right edge ends with ``…``. Letters that
    are not in ``charset`` are spelled out.
    """

    def __init__(
        self, lines: LabelledLines, width: Callable[[], int], *, wrap: bool, marks_cut: bool = False
    ) -> None:
        self._lines = lines
        self._width = width
        self._marks_cut = marks_cut
        self.wrap = wrap
        self.left = 0
        self.charset = Charset.UNICODE  # that of the terminal, once it is known

    def count_rows(self, number: int) -> int:
        """Return how many rows a line takes."""
        return len(self._find_row_starts(number)) if self.wrap else 1

    def scroll_sideways(self, steps: int, numbers: Iterable[int]) -> None:
        """Move unwrapped lines sideways, at most until the end of the longest of ``numbers`` is in view."""
        beyond = max(map(self._count_cells_beyond, numbers), default=0)
        self.left = max(0, min(self.left + steps * _SIDEWAYS, beyond))

    def _count_cells_beyond(self, number: int) -> int:
        """Return how many cells of a line there is no room for."""
        return measure_width(self._read_line(number).text) - self._measure_room(self._read_label(number))

    def _read_line(self, number: int) -> LineText:
        line = self._lines.get_line_text(number)
        shown = spell_out(line.text, self.charset)
        if shown == line.text:
            return line
        return line._replace(text=shown, spans=self._move_spans(line.text, line.spans))

    def _read_label(self, number: int) -> Label:
        label = self._lines.get_line_label(number)
        return tuple((spell_out(text, self.charset), style) for text, style in label)

    def _move_spans(self, text: str, spans: Sequence[StyleSpan]) -> tuple[StyleSpan, ...]:
        """Return the spans of a text where they stand once it is spelled out."""
        places = find_spelled_places(text, self.charset)
        return tuple((places[low], places[min(high, len(text))], look) for low, high, look in spans)

    def read_selection(self, selection: Selection) -> Selection:
        """Return what is selected in the rows as characters of the lines, which may be spelled out there."""
        return Selection(self._read_offset(selection.start), self._read_offset(selection.end))

    def _read_offset(self, offset: Offset | None) -> Offset | None:
        if offset is None:
            return None
        text = self._lines.get_line_text(offset.y).text
        places = find_spelled_places(text, self.charset)
        beyond = max(0, offset.x - places[-1])
        return Offset(bisect_right(places, offset.x) - 1 + beyond, offset.y)

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
        line = self._read_line(number)
        label = self._read_label(number)
        room = self._measure_room(label)
        start, end, pad = self._find_part(line.text, number, sub, room)
        is_cut = self._marks_cut and not self.wrap and not line.rule and bool(line.text[end:].strip())
        if is_cut:
            start, end, pad = slice_cells(line.text, self.left, max(0, room - 1))
        text = self._lines.get_line_text(number).text
        hits = self._move_spans(text, find_hits(number, text))
        return LineFace(
            number,
            start,
            line.text[start:end] + (_CUT_SIGN if is_cut else ""),
            pad,
            clip_spans(line.spans, start, end),
            line.base,
            line.rule,
            clip_spans(hits, start, end),
            _find_selected_span(selection, number, start, end),
            label if not sub else tuple((" " * len(text), style) for text, style in label),
            thumb,
            density,
        )

    def build_centred(self, text: str) -> LineFace:
        """Return a row with a text in its middle."""
        text = spell_out(text, self.charset)
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
        return find_row_starts(self._read_line(number).text, self._measure_room(self._read_label(number)))


def _find_selected_span(
    selection: Selection | None, number: int, start: int, end: int
) -> tuple[int, int] | None:
    span = selection.get_span(number) if selection is not None else None
    if span is None:
        return None
    low, high = span[0], end if span[1] == -1 else min(span[1], end)
    return (max(low, start) - start, high - start) if high > max(low, start) else None
