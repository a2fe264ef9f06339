"""Orders of a big table made before anybody asks for them, while nothing else is to be done."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from textual.widget import Widget

from matui.console.widgets.row_order import RowOrder
from matui.resources.kind import Column

_MANY_ROWS = 2000  # fewer are sorted in no time
_LATER_S = 0.6
_NEXT_S = 0.1


class SortAhead:
    """Prepares the ``order`` of a table for its ``columns``."""

    def __init__(self, table: Widget, order: RowOrder, columns: Callable[[], Sequence[Column]]) -> None:
        self._table = table
        self._order = order
        self._columns = columns
        self._waits = False
        self._touched_at = 0.0

    def soon(self) -> None:
        """Begin once nothing has happened for a while: rows have come or changed, or the cursor has moved."""
        self._touched_at = time.monotonic()
        if not self._waits and len(self._order.rows) >= _MANY_ROWS and self._table.is_attached:
            self._wait(_LATER_S)

    def _wait(self, seconds: float) -> None:
        self._waits = True
        self._table.set_timer(seconds, self._one)

    def _one(self) -> None:
        self._waits = False
        if time.monotonic() - self._touched_at < _LATER_S / 2:
            self._wait(_LATER_S)
        elif self._order.prepare(self._columns()):
            self._wait(_NEXT_S)
