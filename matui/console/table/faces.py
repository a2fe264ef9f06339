"""The content of each line of a table, and how it is painted."""

from __future__ import annotations

from collections.abc import Hashable
from typing import cast

from textual.geometry import Size
from textual.strip import Strip

from matui.console.lines.canvas import CellSpan, placeholder_lines, thumb_rows
from matui.console.lines.paint import StyleOf
from matui.console.table.cells import TableCells
from matui.console.table.cursor import Marks
from matui.console.table.paint import (
    GUTTER,
    HeaderFace,
    RowFace,
    TextFace,
    paint_header,
    paint_row,
    paint_text,
)
from matui.console.table.row_order import TableRow
from matui.console.table.rows import TableRows
from matui.resources.model import ResourceKey, is_unconfirmed

HEADER_LINES = 1


class TableFaces:
    """The header, the rows in view, and the placeholder of an empty table."""

    def __init__(self, rows: TableRows, cells: TableCells, marks: Marks) -> None:
        self._rows = rows
        self._cells = cells
        self._marks = marks
        self.news: set[ResourceKey | None] = set()

    def faces(self, *, focused: bool, placeholder: str, size: Size) -> list[Hashable]:
        """Return what each line of a table of a size shows."""
        rows, view, count = self._rows, self._rows.view, len(self._rows.order)
        thumb = thumb_rows(view.top, view.page, count, view.page)
        at, cursor = rows.order.at, "cursor" if focused else "cursor-blurred"
        lines = max(0, size.height - HEADER_LINES)
        shown = range(view.top, min(count, view.top + lines))
        texts = () if count else placeholder_lines(placeholder, *size)
        header = HeaderFace(self._cells.layout, rows.sort_column, rows.reverse)
        return [
            *[header] * min(HEADER_LINES, size.height),
            *(
                self._row_face(at(index), cursor if index == view.index else "", thumb=line in thumb)
                for line, index in enumerate(shown)
            ),
            *(
                TextFace(texts[line] if line < len(texts) else "", line in thumb)
                for line in range(len(shown), lines)
            ),
        ]

    def _row_face(self, row: TableRow, cursor: str, *, thumb: bool) -> RowFace:
        resource, cells = row.resource, self._cells
        return RowFace(
            row,
            cells.layout,
            cells.texts(row),
            resource.phase,
            cursor,
            bool(self._marks) and row.key in self._marks,
            bool(resource.facts.get("expected")),
            thumb,
            is_unconfirmed(resource),
            bool(self.news) and row.key in self.news,
        )

    def damage(self, old: Hashable, new: Hashable) -> list[CellSpan] | None:
        """Return the cells that differ between two faces of a row, None for the whole line."""
        if not (isinstance(old, RowFace) and isinstance(new, RowFace) and old.row is new.row):
            return None
        if old._replace(texts=new.texts, phase=new.phase) != new:
            return None
        same_phase = old.phase is new.phase
        return [
            (GUTTER + slot.x, slot.width)
            for slot, was, text in zip(self._cells.slots, old.texts, new.texts, strict=True)
            if was != text or (slot.column.role == "phase" and not same_phase)
        ]

    def paint(self, face: Hashable, width: int, style_of: StyleOf) -> Strip:
        """Paint a line ``width`` cells wide."""
        if isinstance(face, RowFace):
            return paint_row(face, self._cells.slots, width, style_of)
        if isinstance(face, HeaderFace):
            return paint_header(face, self._cells.slots, width, style_of)
        return paint_text(cast("TextFace", face), width, style_of)
