"""Puts the cursor on a resource that has no row yet, once the row exists."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matui.console.browse_view import ResourceKey
    from matui.console.table.kind_tables import KindTables

FOLLOWED_S = 30.0


class CursorFollower:
    """The resource that the cursor is to go to, for at most 30 seconds."""

    def __init__(self, tables: KindTables, call_later: Callable[[float, Callable[[], None]], object]) -> None:
        self._tables = tables
        self._call_later = call_later
        self._wanted: ResourceKey | None = None

    def follow(self, key: ResourceKey) -> None:
        """Wait for the row of a resource."""
        self._wanted = key
        self._call_later(FOLLOWED_S, self._give_up)

    def try_reach(self) -> None:
        """Move the cursor if the row exists now."""
        table = self._tables.table
        if self._wanted is not None and table is not None and table.cursor.move_to(self._wanted):
            self._wanted = None

    def _give_up(self) -> None:
        self._wanted = None
