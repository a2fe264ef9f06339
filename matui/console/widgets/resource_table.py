"""The table of resources: one line a row, cursor and marks held to their resource."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import ClassVar, cast

from rich.style import Style
from textual import events
from textual.binding import BindingType
from textual.strip import Strip

from matui.console.widgets import table_messages
from matui.console.widgets.line_canvas import LineCanvas, Span, thumb_rows
from matui.console.widgets.placeholder import placeholder_lines
from matui.console.widgets.row_order import Changes, Key, Row, RowFilter, RowOrder, epoch_ms
from matui.console.widgets.sort_ahead import SortAhead
from matui.console.widgets.table_cells import TableCells
from matui.console.widgets.table_defaults import TABLE_BINDINGS, TABLE_CSS
from matui.console.widgets.table_paint import (
    GUTTER,
    OF_PROFILE,
    TABLE_CLASSES,
    HeaderFace,
    RowFace,
    TextFace,
    colour_class,
    paint_header,
    paint_row,
    paint_text,
)
from matui.console.widgets.viewport import Viewport
from matui.resources.kind import Column, Kind
from matui.resources.model import Resource

HEADER_LINES = 1


class ResourceTable(LineCanvas):
    """Rows of one kind. Give it a kind, ``load`` it once, then ``apply`` what each poll brought."""

    CursorMoved = table_messages.CursorMoved
    Opened = table_messages.Opened
    MarksChanged = table_messages.MarksChanged
    SortChanged = table_messages.SortChanged

    COMPONENT_CLASSES: ClassVar[set[str]] = TABLE_CLASSES
    DEFAULT_CSS = TABLE_CSS
    BINDINGS: ClassVar[list[BindingType]] = TABLE_BINDINGS

    def __init__(
        self,
        kind: Kind | None = None,
        *,
        now_ms: Callable[[], float] = epoch_ms,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._now_ms = now_ms
        self._order = RowOrder()
        self._view = Viewport(self._order)
        self._cells = TableCells(now_ms)
        self._ahead = SortAhead(self, self._order, lambda: self.kind.columns if self.kind else ())
        self._styles_by_class: dict[str, Style] = {}
        self._marks: set[Key] = set()
        self._filter: RowFilter | None = None
        self._placeholder = ""
        self._said: tuple[Key | None, Resource | None] = (None, None)
        self._column: Column | None = None
        self._reverse = False
        self.kind: Kind | None = None
        self.colour_of: Callable[[str], str] = lambda _profile: ""
        if kind is not None:
            self.set_kind(kind)

    # What it shows

    def set_kind(self, kind: Kind) -> None:
        """Show another kind: no rows, no marks, no filter, its own sort."""
        self.kind = kind
        self._filter = None
        self._marks.clear()
        self._column = kind.column(kind.default_sort) or kind.columns[0]
        self._reverse = kind.default_reverse
        self._order.filter(None)
        self._order.reset((), self._column, self._reverse)
        self._cells.set_columns(kind.columns)
        self._view.home()
        self._settled()

    def dress(self, kind: Kind) -> None:
        """Show the same rows under other columns: cursor, marks, filter and order stay."""
        self.kind = kind
        self._cells.set_columns(kind.columns)
        self._styles_by_class.clear()
        if kind.column(self.sort_column) is None:
            self.sort_by(kind.default_sort, kind.default_reverse)
        self._settled()

    def load(self, rows: Mapping[str, Resource] | Iterable[Resource]) -> None:
        """Take all rows at once, in place of those there were; the cursor stays on its resource."""
        if self._column is None:
            return
        resources = rows.values() if isinstance(rows, Mapping) else rows
        hold = self._view.hold()
        self._order.reset(resources, self._column, self._reverse)
        self._keep_marks()
        self._settled(self._view.release(hold))

    def apply(self, diff: Changes) -> None:
        """Take over what a poll brought; only cells in view that differ are painted."""
        hold = self._view.hold()
        self._order.apply(diff)
        if diff.removed:
            self._keep_marks()
        self._settled(self._view.release(hold))

    def tick(self) -> None:
        """Bring the cells up to date that change with time alone, and a filter that looks at ages."""
        if self._filter is not None and getattr(self._filter, "ticks", False):
            self.set_filter(self._filter)
        self._cells.tick(self._rows_in_view())
        self.sync()

    def set_filter(self, row_filter: RowFilter | None) -> None:
        """Show only rows that match; None shows all. The cursor stays on its row or goes to the nearest."""
        self._filter = row_filter
        hold = self._view.hold()
        now = self._now_ms()
        self._order.filter(None if row_filter is None else lambda row: row_filter.matches(row, now))
        self._view.release(hold)
        self._settled()

    @property
    def placeholder(self) -> str:
        """What is said in the middle while there are no rows: loading, empty, or an error."""
        return self._placeholder

    @placeholder.setter
    def placeholder(self, text: str) -> None:
        if text != self._placeholder:
            self._placeholder = text
            self.sync()

    # Order

    @property
    def sort_column(self) -> str:
        """The id of the column sorted by."""
        return self._column.id if self._column else ""

    @property
    def sort_reverse(self) -> bool:
        """Whether the order is reversed."""
        return self._reverse

    def sort_by(self, column_id: str, reverse: bool = False) -> None:
        """Sort by a column of the kind; an unknown one is ignored."""
        column = self.kind.column(column_id) if self.kind else None
        if column is None:
            return
        self._column, self._reverse = column, reverse
        hold = self._view.hold()
        self._order.sort(column, reverse)
        self._view.release(hold)
        self._settled()
        self.post_message(self.SortChanged(self))

    def sort_next(self) -> None:
        """Sort by the next column on screen, and after the last by the first."""
        ids = [slot.column.id for slot in self._cells.slots]
        if ids:
            at = ids.index(self.sort_column) if self.sort_column in ids else -1
            self.sort_by(ids[(at + 1) % len(ids)])

    def toggle_reverse(self) -> None:
        """Turn the order round."""
        self.sort_by(self.sort_column, not self._reverse)

    # Cursor and marks

    @property
    def row_count(self) -> int:
        """How many rows the filter lets through."""
        return len(self._order)

    @property
    def resources(self) -> tuple[Resource, ...]:
        """Every row there is, shown or not."""
        return tuple(row.resource for row in self._order.rows.values())

    @property
    def total(self) -> int:
        """How many rows there are."""
        return len(self._order.rows)

    @property
    def cursor_index(self) -> int:
        """The cursor's line among the rows shown, from 0."""
        return self._view.index

    @property
    def cursor_resource(self) -> Resource | None:
        """The resource under the cursor in its newest state."""
        return self._view.cursor.resource if self._view.cursor else None

    @property
    def cursor_key(self) -> Key | None:
        """The key (profile, kind, id) of the resource under the cursor."""
        return self._view.cursor.key if self._view.cursor else None

    @property
    def cursor_id(self) -> str | None:
        """The id of the resource under the cursor."""
        return self._view.cursor.resource.id if self._view.cursor else None

    def move_to(self, key: Key) -> bool:
        """Put the cursor on a resource; False when it is not shown."""
        row = self._order.rows.get(key)
        index = self._order.index_of(row) if row else None
        if index is not None:
            self._move(index)
        return index is not None

    @property
    def marked(self) -> frozenset[str]:
        """The ids of the marked resources."""
        return frozenset(key[2] for key in self._marks)

    @property
    def marked_resources(self) -> tuple[Resource, ...]:
        """The marked resources in the table's order, those hidden by the filter last."""
        rows = [row for row in self._order.shown() if row.key in self._marks]
        hidden = [self._order.rows[key] for key in self._marks if not self._order.rows[key].shown]
        return tuple(row.resource for row in (*rows, *hidden))

    @property
    def targets(self) -> tuple[Resource, ...]:
        """What an action applies to: the marks, or without any the resource under the cursor."""
        under = (self._view.cursor.resource,) if self._view.cursor else ()
        return self.marked_resources if self._marks else under

    def toggle_mark(self) -> None:
        """Mark the row under the cursor, or unmark it, and go on to the next."""
        if self._view.cursor is not None:
            self._marks ^= {self._view.cursor.key}
            self._marks_changed()
            self._move(self._view.index + 1)

    def clear_marks(self) -> None:
        """Unmark all rows."""
        if self._marks:
            self._marks.clear()
            self._marks_changed()

    # Keys and mouse

    def action_move(self, by: int) -> None:
        self._move(self._view.index + by)

    def action_page(self, pages: int) -> None:
        self._view.turn_page(pages)
        self._settled()

    def action_top(self) -> None:
        self._move(0)

    def action_bottom(self) -> None:
        self._move(len(self._order) - 1)

    def action_columns(self, by: int) -> None:
        self._cells.scroll_columns(by)
        self.sync()

    def action_open(self) -> None:
        if self.cursor_resource is not None:
            self.post_message(self.Opened(self, self.cursor_resource))

    def scroll_lines(self, lines: int) -> None:
        self._view.scroll(lines)
        self.sync()

    def on_click(self, event: events.Click) -> None:
        at = event.get_content_offset(self)
        if at is None:
            return
        if at.y < HEADER_LINES:
            self._sort_at(at.x - GUTTER)
        elif (index := self._view.top + at.y - HEADER_LINES) < len(self._order):
            self._move(index)
            if event.chain == 2:
                self.action_open()

    def _sort_at(self, x: int) -> None:
        for slot in self._cells.slots:
            if slot.x <= x < slot.x + slot.width:
                reverse = not self._reverse if slot.column.id == self.sort_column else False
                self.sort_by(slot.column.id, reverse)

    def watch_has_focus(self, has_focus: bool) -> None:
        super().watch_has_focus(has_focus)
        self.sync()

    # Painting

    def resized(self) -> None:
        self._cells.set_width(self.size.width)
        self._view.resize(self.size.height - HEADER_LINES)

    def styles_changed(self) -> None:
        self._styles_by_class.clear()

    def sync(self) -> None:
        self.fit()
        self._cells.measure(self._rows_in_view())
        super().sync()

    def face(self, y: int) -> Hashable:
        if y < HEADER_LINES:
            return HeaderFace(self._cells.layout, self.sort_column, self._reverse)
        line = y - HEADER_LINES
        index = self._view.top + line
        thumb = line in thumb_rows(self._view.top, self._view.page, len(self._order), self._view.page)
        if index < len(self._order):
            return self._row_face(self._order.at(index), index, thumb)
        lines = [] if len(self._order) else placeholder_lines(self._placeholder, *self.size)
        return TextFace(lines[line] if line < len(lines) else "", thumb)

    def _row_face(self, row: Row, index: int, thumb: bool) -> RowFace:
        at_cursor = "cursor" if self.has_focus else "cursor-blurred"
        return RowFace(
            row,
            self._cells.layout,
            self._cells.texts(row),
            row.resource.phase,
            at_cursor if index == self._view.index else "",
            row.key in self._marks,
            bool(row.resource.facts.get("expected")),
            thumb,
        )

    def damage(self, old: Hashable, new: Hashable) -> list[Span] | None:
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

    def paint(self, face: Hashable, width: int) -> Strip:
        if isinstance(face, RowFace):
            return paint_row(face, self._cells.slots, width, self._style_of)
        if isinstance(face, HeaderFace):
            return paint_header(face, self._cells.slots, width, self._style_of)
        return paint_text(cast("TextFace", face), width, self._style_of)

    def _style_of(self, name: str) -> Style:
        style = self._styles_by_class.get(name)
        if style is None:
            style = self._styles_by_class[name] = self._found_style(name)
        return style

    def _found_style(self, name: str) -> Style:
        if name.startswith(OF_PROFILE):
            name = colour_class(self.colour_of(name.removeprefix(OF_PROFILE)))
        if name.startswith("#"):
            return self.rich_style + Style(color=name)
        return self.get_component_rich_style(name) if name else self.rich_style

    def _rows_in_view(self) -> list[Row]:
        return self._order.between(self._view.top, self._view.top + self._view.page)

    def _move(self, index: int) -> None:
        self._view.move_to(index)
        self._settled()

    def _settled(self, lost: Row | None = None) -> None:
        """Paint what changed, and say so when the cursor is on something else."""
        if self.size:
            self.sync()
        said = (self.cursor_key, self.cursor_resource)
        if said[0] != self._said[0] or said[1] is not self._said[1]:
            self._said = said
            previous = lost.resource if lost else None
            self.post_message(self.CursorMoved(self, said[1], lost is not None, previous))
        self._ahead.soon()

    def _keep_marks(self) -> None:
        if gone := self._marks - self._order.rows.keys():
            self._marks -= gone
            self._marks_changed()

    def _marks_changed(self) -> None:
        self.sync()
        self.post_message(self.MarksChanged(self))
