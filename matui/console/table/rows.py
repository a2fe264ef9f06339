"""The rows of a table in their order and filter, with cursor and view held to them. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from matui.console.table.row_order import RowOrder, TableRow
from matui.live.poll.rows import Diff
from matui.resources.filters import Filter
from matui.resources.kind import Column, Kind
from matui.resources.model import Resource

_REFILTER_MS = 5000


class Hold(NamedTuple):
    """A row that must keep its line on the screen."""

    row: TableRow | None
    line: int


class Viewport:
    """The cursor's row, and ``top``, the index of the first row in view; ``page`` is the lines in view.

    With ``follows_first`` the cursor is on the first row, whichever that is, until it is ``touched``.
    """

    def __init__(self, order: RowOrder) -> None:
        self._order = order
        self.page = 1
        self.top = 0
        self.index = 0
        self.cursor: TableRow | None = None
        self.touched = False
        self.follows_first = False

    @property
    def is_cursor_in_view(self) -> bool:
        """Whether the cursor's row is in view."""
        return self.top <= self.index < self.top + self.page

    def go_home(self) -> None:
        """Start over at the first row, as before any move."""
        self.top = self.index = 0
        self.touched = False
        self.cursor = self._order.get_row(0) if len(self._order) else None

    def move_to(self, index: int) -> None:
        """Put the cursor on the row at ``index``, or the nearest there is, and bring it into view."""
        self.touched = True
        self._put(index)
        self._show_cursor()

    def turn_page(self, pages: int) -> None:
        """Move the cursor and the view by pages, each overlapping the last by a line."""
        self.touched = True
        by = pages * max(1, self.page - 1)
        self._scroll_to(self.top + by)
        self._put(self.index + by)
        self._show_cursor()

    def scroll(self, lines: int) -> None:
        """Move the view alone; the cursor stays on its row."""
        self.touched = True
        self._scroll_to(self.top + lines)

    def resize(self, page: int) -> None:
        """Take another height, keeping the cursor in view if it was."""
        was_in_view = self.is_cursor_in_view
        self.page = max(1, page)
        self._scroll_to(self.top)
        if was_in_view:
            self._show_cursor()

    def hold(self) -> Hold:
        """Remember which row must not move, before rows change."""
        if self.cursor is not None and self.is_cursor_in_view:
            return Hold(self.cursor, self.index - self.top)
        return Hold(self._order.get_row(self.top) if self.top < len(self._order) else None, 0)

    def release(self, hold: Hold) -> TableRow | None:
        """Settle after rows changed; returns the cursor's row if that is no longer shown."""
        if self.follows_first and not self.touched:
            self.go_home()
            return None
        lost = self._follow_cursor()
        if self.touched or self.top:
            row = hold.row and self._order.rows.get(hold.row.key, hold.row)
            index = self._find_index(row) if row is not None else self.top
            self._scroll_to(index - hold.line)
        if lost is not None:
            self._show_cursor()
        return lost

    def _find_index(self, row: TableRow) -> int:
        index = self._order.find_index(row)
        return self._order.find_insertion_index(row) if index is None else index

    def _follow_cursor(self) -> TableRow | None:
        if self.cursor is None:
            self._put(self.index)
            return None
        row = self._order.rows.get(self.cursor.key, self.cursor)
        index = self._order.find_index(row)
        if index is not None:
            self.cursor, self.index = row, index
            return None
        self._put(self._order.find_insertion_index(row))
        return row

    def _put(self, index: int) -> None:
        self.index = max(0, min(index, len(self._order) - 1))
        self.cursor = self._order.get_row(self.index) if len(self._order) else None

    def _show_cursor(self) -> None:
        if self.index < self.top:
            self._scroll_to(self.index)
        elif self.index >= self.top + self.page:
            self._scroll_to(self.index - self.page + 1)

    def _scroll_to(self, top: int) -> None:
        self.top = max(0, min(top, len(self._order) - self.page))


class TableRows:
    """Applies changes to the order; the row under the cursor keeps its line on the screen.

    Methods that change rows return the row under the cursor when it is no longer shown. ``ahead_of`` returns
    how far the clock of a profile's cloud is ahead of this machine's, in ms.
    """

    def __init__(
        self, now_ms: Callable[[], float], ahead_of: Callable[[str], float] = lambda _profile: 0.0
    ) -> None:
        self.order = RowOrder()
        self.view = Viewport(self.order)
        self.filter: Filter | None = None
        self.column: Column | None = None
        self.reverse = False
        self._now_ms = now_ms
        self._ahead_of = ahead_of
        self._filtered_at = 0.0

    @property
    def sort_column(self) -> str:
        """The id of the column sorted by."""
        return self.column.id if self.column else ""

    @property
    def total(self) -> int:
        """The number of rows, shown or not."""
        return len(self.order.rows)

    @property
    def resources(self) -> tuple[Resource, ...]:
        """Every resource there is, shown or not."""
        return tuple(row.resource for row in self.order.rows.values())

    @property
    def resources_in_view(self) -> tuple[Resource, ...]:
        """The resources of the rows on the screen, in their order."""
        return tuple(row.resource for row in self.list_in_view())

    def reset(self, kind: Kind) -> None:
        """Start without rows or filter, in the default order of a kind."""
        self.filter = None
        self.column = kind.find_column(kind.default_sort) or kind.columns[0]
        self.reverse = kind.default_reverse
        self.order.filter(None)
        self.order.reset((), self.column, self.reverse)
        self.view.go_home()

    def load(self, resources: Iterable[Resource]) -> TableRow | None:
        """Replace all rows."""
        if self.column is None:
            return None
        anchor = self.view.hold()
        self.order.reset(resources, self.column, self.reverse)
        return self.view.release(anchor)

    def apply(self, changes: Diff) -> TableRow | None:
        """Add, change and remove rows."""
        anchor = self.view.hold()
        self.order.apply(changes)
        return self.view.release(anchor)

    def set_filter(self, row_filter: Filter | None) -> None:
        """Show only the rows that match; None shows all."""
        self.filter = row_filter
        anchor = self.view.hold()
        now = self._filtered_at = self._now_ms()
        ahead_of = self._ahead_of
        self.order.filter(
            None if row_filter is None else lambda row: row_filter.matches(row, now + ahead_of(row.profile))
        )
        self.view.release(anchor)

    def refilter(self) -> bool:
        """Apply a filter that depends on the time every five seconds; return whether it was applied."""
        now = self._now_ms()
        if self.filter is None or not self.filter.depends_on_time or now - self._filtered_at < _REFILTER_MS:
            return False
        self.set_filter(self.filter)
        return True

    def sort(self, column: Column, reverse: bool) -> None:
        """Sort by a column."""
        self.column, self.reverse = column, reverse
        anchor = self.view.hold()
        self.order.sort(column, reverse)
        self.view.release(anchor)

    def list_in_view(self) -> list[TableRow]:
        """Return the rows in view."""
        return self.order.slice_rows(self.view.top, self.view.top + self.view.page)
