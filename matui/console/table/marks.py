"""The marked rows of a table."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from matui.console.table.row_order import Key, RowOrder
from matui.resources.model import Resource


class Marks:
    """Keys of the marked rows; ``changed`` is called after each change."""

    def __init__(self, order: RowOrder, changed: Callable[[], None]) -> None:
        self._order = order
        self._changed = changed
        self._keys: set[Key] = set()

    def __len__(self) -> int:
        return len(self._keys)

    def __contains__(self, key: Key) -> bool:
        return key in self._keys

    @property
    def hidden(self) -> int:
        """How many marked rows the filter hides."""
        return sum(not self._order.rows[key].shown for key in self._keys)

    @property
    def ids(self) -> frozenset[str]:
        """The ids of the marked resources."""
        return frozenset(key[2] for key in self._keys)

    @property
    def resources(self) -> tuple[Resource, ...]:
        """The marked resources in the table's order, those hidden by the filter last."""
        rows = [row for row in self._order.shown() if row.key in self._keys]
        hidden = [self._order.rows[key] for key in self._keys if not self._order.rows[key].shown]
        return tuple(row.resource for row in (*rows, *hidden))

    def toggle(self, key: Key) -> None:
        """Mark a row, or unmark it."""
        self._keys ^= {key}
        self._changed()

    def add(self, keys: Iterable[Key]) -> None:
        """Mark rows."""
        if new := set(keys) - self._keys:
            self._keys |= new
            self._changed()

    def toggle_shown(self) -> None:
        """Mark every row that the filter lets through; unmark them when all are marked."""
        shown = {row.key for row in self._order.shown()}
        if shown <= self._keys:
            self._keys -= shown
        else:
            self._keys |= shown
        self._changed()

    def clear(self) -> None:
        """Unmark all rows."""
        if self._keys:
            self._keys.clear()
            self._changed()

    def forget(self) -> None:
        """Unmark all rows without a call of ``changed``: other rows are shown now."""
        self._keys.clear()

    def drop_removed(self) -> None:
        """Unmark the rows that the table no longer has."""
        if gone := self._keys - self._order.rows.keys():
            self._keys -= gone
            self._changed()
