"""The rows of a table in their order and filter, with cursor and view anchored to their rows. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from matui.console.table.row_order import Changes, Row, RowFilter, RowOrder
from matui.console.table.viewport import Viewport
from matui.resources.kind import Column, Kind
from matui.resources.model import Resource

_REFILTER_MS = 5000


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
        self.filter: RowFilter | None = None
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
        """How many rows there are, shown or not."""
        return len(self.order.rows)

    @property
    def resources(self) -> tuple[Resource, ...]:
        """Every resource there is, shown or not."""
        return tuple(row.resource for row in self.order.rows.values())

    @property
    def resources_in_view(self) -> tuple[Resource, ...]:
        """The resources of the rows on the screen, in their order."""
        return tuple(row.resource for row in self.in_view())

    def reset(self, kind: Kind) -> None:
        """Start without rows or filter, in the default order of a kind."""
        self.filter = None
        self.column = kind.column(kind.default_sort) or kind.columns[0]
        self.reverse = kind.default_reverse
        self.order.filter(None)
        self.order.reset((), self.column, self.reverse)
        self.view.home()

    def load(self, resources: Iterable[Resource]) -> Row | None:
        """Replace all rows."""
        if self.column is None:
            return None
        anchor = self.view.hold()
        self.order.reset(resources, self.column, self.reverse)
        return self.view.release(anchor)

    def apply(self, changes: Changes) -> Row | None:
        """Add, change and remove rows."""
        anchor = self.view.hold()
        self.order.apply(changes)
        return self.view.release(anchor)

    def set_filter(self, row_filter: RowFilter | None) -> None:
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
        due = bool(getattr(self.filter, "ticks", False)) and now - self._filtered_at >= _REFILTER_MS
        if due:
            self.set_filter(self.filter)
        return due

    def sort(self, column: Column, reverse: bool) -> None:
        """Sort by a column."""
        self.column, self.reverse = column, reverse
        anchor = self.view.hold()
        self.order.sort(column, reverse)
        self.view.release(anchor)

    def in_view(self) -> list[Row]:
        """Return the rows in view."""
        return self.order.between(self.view.top, self.view.top + self.view.page)
