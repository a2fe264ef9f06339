"""The table of resources: one line a row, cursor and marks held to their resource."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import ClassVar

from rich.style import Style
from textual import events
from textual.binding import BindingType
from textual.geometry import Size
from textual.strip import Strip

from matui.console import messages
from matui.console.lines.canvas import CellSpan, LineCanvas, StyleCache
from matui.console.table.cells import HEADER_LINES, TableCells, TableFaces
from matui.console.table.cursor import MarkKeys, Marks, TableCursor
from matui.console.table.paint import (
    GUTTER,
    OF_PROFILE,
    TABLE_BINDINGS,
    TABLE_CLASSES,
    TABLE_CSS,
    get_colour_class,
)
from matui.console.table.row_order import SortAhead, TableRow, get_epoch_ms
from matui.console.table.rows import TableRows
from matui.console.terminal.app import DiffApp
from matui.live.poll.rows import Diff
from matui.resources.filters import Filter
from matui.resources.kind import Kind
from matui.resources.model import Resource, ResourceKey


class ResourceTable(LineCanvas):
    """Rows of one kind. Give it a kind, ``load`` it once, then ``apply`` what each poll brought."""

    CursorMoved = messages.CursorMoved
    Opened = messages.Opened
    OpenedNothing = messages.OpenedNothing
    MarksChanged = messages.MarksChanged
    SortChanged = messages.SortChanged

    ALLOW_SELECT = False  # a double click opens the row
    COMPONENT_CLASSES: ClassVar[set[str]] = TABLE_CLASSES
    DEFAULT_CSS = TABLE_CSS
    BINDINGS: ClassVar[list[BindingType]] = TABLE_BINDINGS

    def __init__(
        self,
        kind: Kind | None = None,
        *,
        now_ms: Callable[[], float] = get_epoch_ms,
        ahead_of: Callable[[str], float] = lambda _profile: 0.0,
        id: str | None = None,
    ) -> None:
        super().__init__(id=id)
        self.rows = TableRows(now_ms, ahead_of)
        self.cursor = TableCursor(self.rows, self._apply_change)
        self._cells = TableCells(now_ms, ahead_of)
        self.marks = Marks(self.rows.order, self._on_marks_changed)
        self.mark_keys = MarkKeys(self.marks, self.cursor)
        self._table_faces = TableFaces(self.rows, self._cells, self.marks)
        self._ahead = SortAhead(self, self.rows.order, lambda: self.kind.columns if self.kind else ())
        self._styles_by_name = StyleCache(self._find_style)
        self._announced: tuple[ResourceKey | None, Resource | None] = (None, None)
        self.kind: Kind | None = None
        self.colour_of: Callable[[str], str] = lambda _profile: ""
        if kind is not None:
            self.set_kind(kind)

    def on_mount(self) -> None:
        """Spell names out where the terminal cannot show them."""
        if isinstance(self.app, DiffApp):
            self._cells.charset = self.app.charset

    # What it shows

    def set_kind(self, kind: Kind) -> None:
        """Show another kind: no rows, no marks, no filter, its own sort."""
        self.kind = kind
        self.marks.forget()
        self.rows.reset(kind)
        self._cells.set_columns(kind.columns)
        self._apply_change()

    def set_columns(self, kind: Kind) -> None:
        """Show the same rows under other columns: cursor, marks, filter and order stay."""
        self.kind = kind
        self._cells.set_columns(kind.columns)
        self._cells.measure(self.rows.resources)
        self._styles_by_name.clear()
        if kind.find_column(self.rows.sort_column) is None:
            self.sort_by(kind.default_sort, kind.default_reverse)
        self._apply_change()

    def load(self, rows: Mapping[str, Resource] | Iterable[Resource]) -> None:
        """Take all rows at once, in place of those there were; the cursor stays on its resource."""
        if self.kind is None:
            return
        lost = self.rows.load(rows.values() if isinstance(rows, Mapping) else rows)
        self._cells.measure(self.rows.resources)
        self.marks.drop_removed()
        self._apply_change(lost)

    def apply(self, diff: Diff) -> None:
        """Apply what a poll brought; only cells in view that differ are painted."""
        lost = self.rows.apply(diff)
        self._cells.measure((*diff.added, *diff.changed))
        if diff.removed:
            self.marks.drop_removed()
            self._cells.keep_only(self.rows.order.rows)
        self._apply_change(lost)

    def tick(self) -> None:
        """Update the cells that change with time alone, and a filter that depends on ages."""
        if self.rows.refilter():
            self._apply_change()
        self._cells.tick(self.rows.list_in_view())
        self.sync()

    def set_filter(self, row_filter: Filter | None) -> None:
        """Show only rows that match; None shows all. The cursor stays on its row or goes to the nearest."""
        self.rows.set_filter(row_filter)
        self._apply_change()

    def highlight(self, keys: Iterable[ResourceKey]) -> None:
        """Mark rows as different from the earlier run, until the cursor has passed them."""
        self._table_faces.news.update(keys)
        self.sync()

    def settle_columns(self) -> None:
        """Set the columns to the widths that the rows need now; they move only then."""
        self._cells.settle()
        self.sync()

    def reserve_columns(self, widths: Mapping[str, int], *, usual: bool = False) -> None:
        """Reserve ``known_widths`` of an earlier run, or the ``usual`` ones. Call it before ``load``."""
        self._cells.reserve(widths, usual=usual)

    @property
    def known_widths(self) -> dict[str, int]:
        """The widths of the columns that have had a text, by column id."""
        return self._cells.known_widths

    # Order

    def sort_by(self, column_id: str, reverse: bool = False) -> None:
        """Sort by a column of the kind; an unknown one is ignored."""
        column = self.kind.find_column(column_id) if self.kind else None
        if column is not None:
            self.rows.sort(column, reverse)
            self._cells.settle()
            self._apply_change()
            self.post_message(self.SortChanged(self))

    def sort_next(self) -> None:
        """Sort by the next column on screen, and after the last by the first."""
        ids = [slot.column.id for slot in self._cells.slots]
        if ids:
            at = ids.index(self.rows.sort_column) if self.rows.sort_column in ids else -1
            self.sort_by(ids[(at + 1) % len(ids)])

    def find_cut_text(self, column_id: str) -> str:
        """Return the whole text of a column in the selected row where it is not whole on the screen."""
        row = self.cursor.resource
        return self._cells.find_cut_text(row, column_id) if row is not None else ""

    @property
    def row_count(self) -> int:
        """The number of rows that match the filter."""
        return len(self.rows.order)

    # Keys and mouse

    def action_move(self, by: int) -> None:
        self.cursor.step(by)

    def action_mark_range(self, step: int) -> None:
        self.mark_keys.extend(step)

    def action_page(self, pages: int) -> None:
        self.cursor.turn_page(pages)

    def action_top(self) -> None:
        self.cursor.go(0)

    def action_bottom(self) -> None:
        self.cursor.go(self.row_count - 1)

    def action_columns(self, by: int) -> None:
        self._cells.scroll_columns(by)
        self.sync()

    def action_open(self) -> None:
        if self.cursor.resource is not None:
            self.cursor.hold()
            self.post_message(self.Opened(self, self.cursor.resource))
        else:
            self.post_message(self.OpenedNothing(self))

    def scroll_lines(self, lines: int) -> None:
        self.rows.view.scroll(lines)
        self.sync()

    def on_click(self, event: events.Click) -> None:
        at = event.get_content_offset(self)
        if at is None:
            return
        if at.y < HEADER_LINES:
            column = self._cells.find_column(at.x - GUTTER)
            if column is not None:
                is_sorted = column.id == self.rows.sort_column
                self.sort_by(column.id, is_sorted and not self.rows.reverse)
        elif (index := self.rows.view.top + at.y - HEADER_LINES) < self.row_count:
            self.cursor.go(index)
            if event.chain == 2:
                self.action_open()

    def watch_has_focus(self, _has_focus: bool) -> None:
        # Textual would apply the style sheet again to each of its classes, and no rule is of the focus.
        self.sync()

    # Painting

    def relayout(self) -> None:
        self._cells.set_width(self.size.width)
        self.rows.view.resize(self.size.height - HEADER_LINES)

    def drop_styles(self) -> None:
        self._styles_by_name.clear()

    def sync(self) -> None:
        self.fit()
        super().sync()

    def build_faces(self, height: int) -> list[Hashable]:
        size = Size(self.size.width, height)
        return self._table_faces.build_faces(focused=self.has_focus, placeholder=self._placeholder, size=size)

    def find_damage(self, old: Hashable, new: Hashable) -> list[CellSpan] | None:
        return self._table_faces.find_damage(old, new)

    def paint(self, face: Hashable, width: int) -> Strip:
        return self._table_faces.paint(face, width, self._styles_by_name)

    def _find_style(self, name: str) -> Style:
        if name.startswith(OF_PROFILE):
            name = get_colour_class(self.colour_of(name.removeprefix(OF_PROFILE)))
        if name.startswith("#"):
            return self.rich_style + Style(color=name)
        return self.get_component_rich_style(name) if name else self.rich_style

    # Changes

    def _apply_change(self, lost: TableRow | None = None) -> None:
        """Paint what changed, and announce when the cursor is on something else."""
        if self.size:
            self.sync()
        now = (self.cursor.key, self.cursor.resource)
        self.mark_keys.note_cursor_move()
        if now[0] != self._announced[0]:
            self._table_faces.news.discard(self._announced[0])
        if now[0] != self._announced[0] or now[1] is not self._announced[1]:
            self._announced = now
            previous = lost.resource if lost else None
            # No widget between handles it, and each would delay what is painted with the row.
            receiver = self.screen if self.is_attached else self
            receiver.post_message(self.CursorMoved(self, now[1], lost is not None, previous))
        self._ahead.schedule()

    def _on_marks_changed(self) -> None:
        self.sync()
        self.post_message(self.MarksChanged(self))
