"""The rows of a table in order: sorted, filtered and kept so as single rows change. Pure.

Orders are kept per column once sorted, so that coming back to a column or a few changed rows among many
thousand cost next to nothing.

Orders of a big table made before anybody asks for them, while nothing else is to be done.
"""

from __future__ import annotations

import time
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from operator import attrgetter
from typing import Any, TypeAlias

from textual.widget import Widget

from matui.live.poll.rows import Diff
from matui.resources.kind import Column, SortKey
from matui.resources.model import Resource, ResourceKey

RowMatcher: TypeAlias = Callable[[Resource], bool]
_MANY = 400  # changed rows beyond which sorting again is cheaper than moving each
_ABSENT = ((1, ""), (1, 0.0))
_MANY_ROWS = 2000  # fewer are sorted in no time
_LATER_S = 0.6
_NEXT_S = 0.1


def get_epoch_ms() -> float:
    """Return the time by the system's clock, ms since the epoch."""
    return time.time() * 1000


class TableRow:
    """A resource and its place in the table; the same object for as long as the resource is listed."""

    __slots__ = ("key", "resource", "shown", "tie")

    def __init__(self, resource: Resource) -> None:
        self.key = resource.key
        self.shown = True
        self.take(resource)

    def take(self, resource: Resource) -> None:
        """Hold a newer state of the same resource."""
        self.resource = resource
        self.tie = (resource.name, resource.id, resource.profile)


class RowOrder:
    """All rows by key, and those that the filter lets through in the order of the sorted column."""

    def __init__(self) -> None:
        self.rows: dict[ResourceKey, TableRow] = {}
        self._column: Column | None = None
        self._reverse = False
        self._matches: RowMatcher | None = None
        self._orders: dict[str, list[TableRow]] = {}
        self._stale: dict[str, set[TableRow]] = {}
        self._by_tie: list[TableRow] = []  # of all rows, empty when it is to be made anew
        self._view: list[TableRow] = []
        self._tail = 0

    def __len__(self) -> int:
        return len(self._view)

    def reset(self, resources: Iterable[Resource], column: Column, reverse: bool) -> None:
        """Start over with other rows."""
        self.rows = {row.key: row for row in map(TableRow, resources)}
        self._orders, self._stale, self._by_tie = {}, {}, []
        self._apply_filter(self.rows.values())
        self.sort(column, reverse)

    def sort(self, column: Column, reverse: bool) -> None:
        """Order by a column; equal rows by name and id, rows without a value last either way."""
        self._column, self._reverse = column, reverse
        self._make_order(column)
        self._make_view()

    def prepare(self, columns: Iterable[Column]) -> bool:
        """Make the order of one column that has none, or an old one; whether there was such a column."""
        for column in columns:
            if column.id not in self._orders or len(self._stale.get(column.id, ())) > _MANY // 2:
                self._make_order(column)
                return True
        return False

    def filter(self, matches: RowMatcher | None) -> None:
        """Show only rows that match; None shows all."""
        self._matches = matches
        self._apply_filter(self.rows.values())
        self._make_view()

    def apply(self, changes: Diff) -> None:
        """Take over what a poll brought."""
        self._by_tie = []
        self._mark_stale(changes)
        if len(changes.added) + len(changes.removed) + len(changes.changed) > _MANY:
            self._apply_many(changes)
        else:
            self._apply_few(changes)
        self._tail = self._count_absent()

    def get_row(self, index: int) -> TableRow:
        """Return the row shown at ``index``; IndexError outside."""
        return self._view[self._map_index(index)]

    def slice_rows(self, start: int, stop: int) -> list[TableRow]:
        """Return the rows shown from ``start`` up to ``stop``."""
        return [self.get_row(index) for index in range(max(0, start), min(stop, len(self._view)))]

    def find_index(self, row: TableRow) -> int | None:
        """Return where a row is shown, or None when it is not."""
        if not row.shown or self.rows.get(row.key) is not row:
            return None
        place = self._find(self._view, row)
        return None if place is None else self._map_index(place)

    def find_insertion_index(self, row: TableRow) -> int:
        """Return the index at which ``row`` would be shown, within the rows there are."""
        place = min(
            bisect_left(self._view, self._build_entry(row), key=self._build_entry), len(self._view) - 1
        )
        return max(0, self._map_index(place)) if self._view else 0

    def list_shown(self) -> list[TableRow]:
        """All rows that the filter lets through, in order."""
        if not self._reverse:
            return list(self._view)
        present = len(self._view) - self._tail
        return self._view[:present][::-1] + self._view[present:]

    def _map_index(self, index: int) -> int:
        """Screen index to sorted index, and back."""
        present = len(self._view) - self._tail
        return present - 1 - index if self._reverse and 0 <= index < present else index

    def _sort_key(self, row: TableRow) -> Any:
        return self._column.sort(row.resource) if self._column is not None else (0, "")

    def _build_entry(self, row: TableRow) -> Any:
        return (self._sort_key(row), row.tie)

    def _apply_filter(self, rows: Iterable[TableRow]) -> None:
        matches = self._matches
        for row in rows:
            row.shown = matches is None or matches(row.resource)

    def _make_order(self, column: Column) -> None:
        stale = self._stale.pop(column.id, set())
        order = self._orders.get(column.id)
        if order is None or len(stale) > _MANY:
            self._by_tie = self._by_tie or sorted(self.rows.values(), key=attrgetter("tie"))
            self._orders[column.id] = _sort_by_groups(self._by_tie, column.sort)
        elif stale:
            order[:] = [row for row in order if row not in stale]
            for row in stale:
                if self.rows.get(row.key) is row:
                    self._insert(order, row)

    def _make_view(self) -> None:
        order = self._get_order()
        self._view = order if self._matches is None else [row for row in order if row.shown]
        self._tail = self._count_absent()

    def _get_order(self) -> list[TableRow]:
        return self._orders.setdefault(self._column.id if self._column else "", [])

    def _count_absent(self) -> int:
        if not self._view or (last := self._sort_key(self._view[-1])) not in _ABSENT:
            return 0
        return len(self._view) - bisect_left(self._view, last, key=self._sort_key)

    def _find(self, order: list[TableRow], row: TableRow) -> int | None:
        place = bisect_left(order, self._build_entry(row), key=self._build_entry)
        if place < len(order) and order[place] is row:
            return place
        # A value that compares with nothing, such as NaN, leaves no order to search in.
        return next((index for index, other in enumerate(order) if other is row), None)

    def _insert(self, order: list[TableRow], row: TableRow) -> None:
        order.insert(bisect_left(order, self._build_entry(row), key=self._build_entry), row)

    def _mark_stale(self, changes: Diff) -> None:
        here = self._column.id if self._column else ""
        touched = [
            row
            for resource in (*changes.changed, *changes.removed)
            if (row := self.rows.get(resource.key)) is not None
        ]
        for column_id in self._orders:
            if column_id != here:
                self._stale.setdefault(column_id, set()).update(touched)

    def _apply_many(self, changes: Diff) -> None:
        for resource in changes.removed:
            self.rows.pop(resource.key, None)
        for resource in (*changes.changed, *changes.added):
            if (row := self.rows.get(resource.key)) is not None:
                row.take(resource)
            else:
                row = TableRow(resource)
                self.rows[row.key] = row
        self._orders, self._stale = {}, {}
        self._apply_filter(self.rows.values())
        if self._column is not None:
            self.sort(self._column, self._reverse)

    def _apply_few(self, changes: Diff) -> None:
        for resource in changes.removed:
            if (row := self.rows.get(resource.key)) is not None:
                self._take_out(row)
                del self.rows[resource.key]
        for resource in (*changes.changed, *changes.added):
            self._put(resource)

    def _take_out(self, row: TableRow) -> None:
        order = self._get_order()
        lists = (order,) if self._view is order else (order, self._view)
        for rows in lists:
            if (place := self._find(rows, row)) is not None:
                del rows[place]

    def _put(self, resource: Resource) -> None:
        row = self.rows.get(resource.key)
        if row is None:
            row = TableRow(resource)
            self.rows[row.key] = row
            for stale in self._iterate_other_orders():
                stale.add(row)
        else:
            self._take_out(row)
            row.take(resource)
        self._apply_filter((row,))
        order = self._get_order()
        self._insert(order, row)
        if self._view is not order and row.shown:
            self._insert(self._view, row)

    def _iterate_other_orders(self) -> Iterable[set[TableRow]]:
        here = self._column.id if self._column else ""
        return [self._stale.setdefault(column_id, set()) for column_id in self._orders if column_id != here]


def _sort_by_groups(rows: Sequence[TableRow], sort: Callable[[Resource], SortKey]) -> list[TableRow]:
    """Sort by keys of (group, value), group by group: bare values compare far faster than pairs."""
    groups: dict[int, tuple[list[Any], list[TableRow]]] = {}
    for row in rows:
        group, value = sort(row.resource)
        values, members = groups.get(group) or groups.setdefault(group, ([], []))
        values.append(value)
        members.append(row)
    ordered: list[TableRow] = []
    for group in sorted(groups):
        ordered += _sort_by_value(*groups[group])
    return ordered


def _sort_by_value(values: list[Any], rows: list[TableRow]) -> list[TableRow]:
    """Sort rows by their values; where those are few and come again and again, only they are compared."""
    different = set(values)
    if len(different) * 8 > len(values):
        return [rows[at] for at in sorted(range(len(values)), key=values.__getitem__)]
    same: dict[Any, list[TableRow]] = {value: [] for value in sorted(different)}
    for value, row in zip(values, rows, strict=True):
        same[value].append(row)
    return list(chain.from_iterable(same.values()))


class SortAhead:
    """Prepares the ``order`` of a table for its ``columns``."""

    def __init__(self, table: Widget, order: RowOrder, columns: Callable[[], Sequence[Column]]) -> None:
        self._table = table
        self._order = order
        self._columns = columns
        self._waits = False
        self._touched_at = 0.0

    def schedule(self) -> None:
        """Begin once nothing has happened for a while: rows have come or changed, or the cursor has moved."""
        self._touched_at = time.monotonic()
        if not self._waits and len(self._order.rows) >= _MANY_ROWS and self._table.is_attached:
            self._wait(_LATER_S)

    def _wait(self, seconds: float) -> None:
        self._waits = True
        self._table.set_timer(seconds, self._sort_one)

    def _sort_one(self) -> None:
        self._waits = False
        if time.monotonic() - self._touched_at < _LATER_S / 2:
            self._wait(_LATER_S)
        elif self._order.prepare(self._columns()):
            self._wait(_NEXT_S)
