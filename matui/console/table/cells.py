"""Cell texts and column places of the rows in view, worked out only when they may have changed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from typing import TYPE_CHECKING, cast

from textual.geometry import Size
from textual.strip import Strip

from matui.base.text.cells import measure_width
from matui.base.text.sanitize import clean
from matui.console.lines.canvas import CellSpan, build_placeholder, compute_thumb_rows
from matui.console.table.column_widths import LONGEST, ColumnWidths
from matui.console.table.cursor import Marks
from matui.console.table.paint import (
    GUTTER,
    THUMB,
    HeaderFace,
    RowFace,
    TextFace,
    cut_texts,
    mark_expected,
    paint_header,
    paint_row,
    paint_text,
)
from matui.console.table.row_order import TableRow
from matui.console.table.rows import TableRows
from matui.console.terminal.filters import Charset, spell_out
from matui.resources.kind import NOTHING, Column
from matui.resources.model import Resource, ResourceKey, is_unconfirmed
from matui.resources.table_layout import Slot, count_furthest_skip, lay_out

if TYPE_CHECKING:
    from matui.console.lines.paint import StyleOf

_KEPT_ROWS = 2000
HEADER_LINES = 1


class TableCells:
    """Texts of rows, and the slots of the columns for them."""

    def __init__(
        self, now_ms: Callable[[], float], ahead_of: Callable[[str], float] = lambda _profile: 0.0
    ) -> None:
        self._now_ms = now_ms
        self._ahead_of = ahead_of
        self.charset = Charset.UNICODE  # that of the terminal, once it is known
        self._widths = ColumnWidths(now_ms, ahead_of, self._spell)
        self._columns: tuple[Column, ...] = ()
        self._forms: tuple[Column, ...] = ()  # the columns, then their brief forms
        self._ticking: tuple[int, ...] = ()
        self._width = 0
        self._raw: dict[TableRow, tuple[Resource, list[str]]] = {}
        self._cut: dict[TableRow, tuple[str, ...]] = {}
        self._indices: tuple[int, ...] = ()
        self.slots: tuple[Slot, ...] = ()
        self.skip = 0
        self.layout = 0

    def set_columns(self, columns: tuple[Column, ...]) -> None:
        """Show other columns."""
        self._columns = columns
        self._forms = (*columns, *(form for column in columns for form in column.brief_forms))
        self._ticking = tuple(index for index, column in enumerate(self._forms) if column.ticks)
        self._widths.set_columns(columns)
        self._raw.clear()
        self.skip = 0
        self._lay_out()

    def reserve(self, widths: Mapping[str, int], *, usual: bool = False) -> None:
        """Take the widths that columns have before rows are measured, as ``ColumnWidths.reserve`` does."""
        self._widths.reserve(widths, usual=usual)
        self._lay_out()

    @property
    def known_widths(self) -> dict[str, int]:
        """The width of each column that has had a text in this run, and of sparse ones in an earlier one."""
        return self._widths.known

    def set_width(self, width: int) -> None:
        """Lay out for another width in cells."""
        if self._width and width != self._width:
            self._widths.apply()
        self._width = width
        self._lay_out()

    def settle(self) -> None:
        """Lay out for all rows that came: the table is shown again, or in another order or filter."""
        if self._widths.settle():
            self._lay_out()

    def scroll_columns(self, by: int) -> None:
        """Scroll columns off to the left of the name, until the last one is in view."""
        widths = self._widths
        most = count_furthest_skip(widths.worth_showing, widths.natural, self._room) if self._columns else 0
        self.skip = max(0, min(self.skip + by, most))
        self._lay_out()

    def find_column(self, x: int) -> Column | None:
        """Return the column at a cell, None between two columns."""
        columns = (slot.column for slot in self.slots if slot.x <= x < slot.x + slot.width)
        return next(columns, None)

    def measure(self, resources: Collection[Resource]) -> None:
        """Take the widths of the columns from rows that are new, and which columns have anything to show."""
        if self._widths.measure(resources, self._cuts):
            self._lay_out()

    def keep_only(self, rows: Mapping[ResourceKey, TableRow]) -> None:
        """Forget the texts of rows that are not listed in ``rows`` (by key) any more."""
        for row in [row for row in self._raw if rows.get(row.key) is not row]:
            del self._raw[row]
            self._cut.pop(row, None)

    def tick(self, rows: Iterable[TableRow]) -> None:
        """Read again what changes with time alone."""
        now = self._now_ms()
        for row in rows:
            kept = self._raw.get(row)
            for index in self._ticking if kept else ():
                text = self._format_text(self._forms[index], row.resource, now)
                if kept and text != kept[1][index]:
                    kept[1][index] = text
                    self._cut.pop(row, None)

    def format_texts(self, row: TableRow) -> tuple[str, ...]:
        """Return the texts of a row's slots, cut to their widths."""
        kept = self._raw.get(row)
        if kept is None or kept[0] is not row.resource:
            kept = (row.resource, self._read(row))
        cut = self._cut.get(row)
        if cut is None:
            cut = self._cut[row] = cut_texts(kept[1], self.slots, self._indices)
        return cut

    def find_cut_text(self, resource: Resource, column_id: str) -> str:
        """Return the whole text of a column where it is not whole on the screen, else ``""``."""
        column = next((column for column in self._columns if column.id == column_id), None)
        if column is None:
            return ""
        text = self._format_text(column, resource, self._now_ms())
        shown = next((slot.width for slot in self.slots if slot.column.id == column_id), 0)
        return text if text not in NOTHING and measure_width(text) > shown else ""

    @property
    def _room(self) -> int:
        return max(1, self._width - GUTTER - THUMB)

    def _read(self, row: TableRow) -> list[str]:
        if len(self._raw) > _KEPT_ROWS:
            self._raw.clear()
            self._cut.clear()
        now, resource = self._now_ms(), row.resource
        texts = [self._format_text(column, resource, now) for column in self._forms]
        self._raw[row] = (resource, texts)
        self._cut.pop(row, None)
        return texts

    def _format_text(self, column: Column, resource: Resource, now: float) -> str:
        text = self._spell(clean(column.text(resource, now + self._ahead_of(resource.profile))[:LONGEST]))
        return mark_expected(text) if column.role == "phase" and resource.facts.get("expected") else text

    def _spell(self, text: str) -> str:
        """Return a text as the terminal shows it."""
        return spell_out(text, self.charset)

    def _cuts(self, column: Column, width: int) -> bool:
        """Return whether the slot of a column cuts a text of ``width`` cells."""
        return any(slot.width < width for slot in self.slots if slot.column is column)

    def _lay_out(self) -> None:
        if not self._columns:
            return
        slots = lay_out(self._widths.worth_showing, self._widths.natural, self._room, skip=self.skip)
        places = {id(form): index for index, form in enumerate(self._forms)}
        indices = tuple(places[id(slot.column)] for slot in slots)
        if (slots, indices) != (self.slots, self._indices):
            self.slots, self._indices = slots, indices
            self.layout += 1
            self._cut.clear()


class TableFaces:
    """The header, the rows in view, and the placeholder of an empty table."""

    def __init__(self, rows: TableRows, cells: TableCells, marks: Marks) -> None:
        self._rows = rows
        self._cells = cells
        self._marks = marks
        self.news: set[ResourceKey | None] = set()

    def build_faces(self, *, focused: bool, placeholder: str, size: Size) -> list[Hashable]:
        """Return what each line of a table of a size shows."""
        rows, view, count = self._rows, self._rows.view, len(self._rows.order)
        thumb = compute_thumb_rows(view.top, view.page, count, view.page)
        at, cursor = rows.order.get_row, "cursor" if focused else "cursor-blurred"
        lines = max(0, size.height - HEADER_LINES)
        shown = range(view.top, min(count, view.top + lines))
        texts = () if count else build_placeholder(placeholder, *size)
        header = HeaderFace(self._cells.layout, rows.sort_column, rows.reverse)
        return [
            *[header] * min(HEADER_LINES, size.height),
            *(
                self._build_row_face(at(index), cursor if index == view.index else "", thumb=line in thumb)
                for line, index in enumerate(shown)
            ),
            *(
                TextFace(texts[line] if line < len(texts) else "", line in thumb)
                for line in range(len(shown), lines)
            ),
        ]

    def _build_row_face(self, row: TableRow, cursor: str, *, thumb: bool) -> RowFace:
        resource, cells = row.resource, self._cells
        return RowFace(
            row,
            cells.layout,
            cells.format_texts(row),
            resource.phase,
            cursor,
            bool(self._marks) and row.key in self._marks,
            bool(resource.facts.get("expected")),
            thumb,
            is_unconfirmed(resource),
            bool(self.news) and row.key in self.news,
        )

    def find_damage(self, old: Hashable, new: Hashable) -> list[CellSpan] | None:
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
