"""The marked rows of a table, and its cursor, which is held to a resource and marks rows. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from matui.console.table.row_order import RowOrder
from matui.console.table.rows import TableRows
from matui.resources.model import Resource, ResourceKey


class Marks:
    """Keys of the marked rows; ``changed`` is called after each change."""

    def __init__(self, order: RowOrder, changed: Callable[[], None]) -> None:
        self._order = order
        self._changed = changed
        self._keys: set[ResourceKey] = set()

    def __len__(self) -> int:
        return len(self._keys)

    def __contains__(self, key: ResourceKey) -> bool:
        return key in self._keys

    @property
    def hidden(self) -> int:
        """The number of marked rows that the filter hides."""
        return sum(not self._order.rows[key].shown for key in self._keys)

    @property
    def ids(self) -> frozenset[str]:
        """The ids of the marked resources."""
        return frozenset(key[2] for key in self._keys)

    @property
    def resources(self) -> tuple[Resource, ...]:
        """The marked resources in the table's order, those hidden by the filter last."""
        rows = [row for row in self._order.list_shown() if row.key in self._keys]
        hidden = [self._order.rows[key] for key in self._keys if not self._order.rows[key].shown]
        return tuple(row.resource for row in (*rows, *hidden))

    def toggle(self, key: ResourceKey) -> None:
        """Mark a row, or unmark it."""
        self._keys ^= {key}
        self._changed()

    def add(self, keys: Iterable[ResourceKey]) -> None:
        """Mark rows."""
        if new := set(keys) - self._keys:
            self._keys |= new
            self._changed()

    def toggle_shown(self) -> None:
        """Mark every row that the filter lets through; unmark them when all are marked."""
        shown = {row.key for row in self._order.list_shown()}
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


class TableCursor:
    """The selected row; ``moved`` is called after each move."""

    def __init__(self, rows: TableRows, moved: Callable[[], None]) -> None:
        self._order = rows.order
        self._view = rows.view
        self._moved = moved

    @property
    def resource(self) -> Resource | None:
        """The resource under the cursor in its newest state."""
        return self._view.cursor.resource if self._view.cursor else None

    @property
    def key(self) -> ResourceKey | None:
        """The key (profile, kind, id) of the resource under the cursor."""
        return self._view.cursor.key if self._view.cursor else None

    @property
    def id(self) -> str | None:
        """The id of the resource under the cursor."""
        return self.key[2] if self.key else None

    @property
    def is_at_end(self) -> bool:
        """Whether the cursor is on the last row."""
        return self._view.index >= len(self._order) - 1

    @property
    def is_alone(self) -> bool:
        """Whether no other row is shown."""
        return len(self._order) <= 1

    @property
    def is_held(self) -> bool:
        """Whether the cursor stays on its resource, and does not follow the first row."""
        return self._view.touched or not self._view.follows_first

    def hold(self) -> None:
        """Keep the cursor on its resource from now on: something is done with it."""
        self._view.touched = True

    def follow_first(self) -> None:
        """Keep the cursor on the first row, whichever that is, until :meth:`hold` or a move."""
        self._view.follows_first = True

    def move_to(self, key: ResourceKey) -> bool:
        """Move to a resource; False when it is not shown."""
        row = self._order.rows.get(key)
        index = self._order.find_index(row) if row else None
        if index is not None:
            self.go(index)
        return index is not None

    def go(self, index: int) -> None:
        """Move to the row at ``index``, or to the nearest there is."""
        self._view.move_to(index)
        self._moved()

    def step(self, by: int) -> None:
        """Move by some rows, down when positive."""
        self.go(self._view.index + by)

    def turn_page(self, pages: int) -> None:
        """Move by pages, down when positive."""
        self._view.turn_page(pages)
        self._moved()


class MarkKeys:
    """Marks rows from the cursor on, as the keys do."""

    def __init__(self, marks: Marks, cursor: TableCursor) -> None:
        self._marks = marks
        self._cursor = cursor
        self._last: ResourceKey | None = None

    def toggle(self) -> None:
        """Mark the row under the cursor, or unmark it, and go on to the next.

        The last row, reached by marking downwards, stays marked however often the key repeats.
        """
        key = self._cursor.key
        if key is None or key == self._last:
            return
        self._marks.toggle(key)
        is_alone = self._cursor.is_alone
        self._cursor.step(1)
        if key == self._cursor.key and key in self._marks and not is_alone:
            self._last = key

    def extend(self, step: int) -> None:
        """Mark the row under the cursor and the one ``step`` rows on, and move there."""
        passed = [self._cursor.key]
        self._cursor.step(step)
        passed.append(self._cursor.key)
        self._marks.add(key for key in passed if key is not None)

    def toggle_all(self) -> None:
        """Mark all rows that the filter lets through, or unmark them when all are marked."""
        self._cursor.hold()
        self._marks.toggle_shown()

    def note_cursor_move(self) -> None:
        """Allow the last row to be unmarked once the cursor has been on another."""
        if self._cursor.key != self._last:
            self._last = None
