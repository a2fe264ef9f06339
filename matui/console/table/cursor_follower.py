"""Follows the cursor: moves it to a row that comes later, and reads first the log of the row it rests on."""

from __future__ import annotations

from asyncio import TimerHandle, get_running_loop
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.widget import Widget

    from matui.console.fleet import OpenProfiles
    from matui.console.table.kind_tables import KindTables
    from matui.resources.model import ResourceKey

FOLLOWED_S = 30.0
_REST_S = 0.25


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


class ReadingAhead:
    """Waits until the cursor of ``tables`` rests on a row, while ``screen`` is mounted.

    A timer of Textual's is a task; at each key one would be started, and the one before cancelled.
    """

    def __init__(self, screen: Widget, tables: KindTables) -> None:
        self._screen = screen
        self._tables = tables
        self._timer: TimerHandle | None = None

    def restart(self, fleet: OpenProfiles | None) -> None:
        """Wait again: the cursor has moved, or its row has changed."""
        if self._timer is not None:
            self._timer.cancel()
        if fleet is not None:
            self._timer = get_running_loop().call_later(_REST_S, self._read, fleet)

    def _read(self, fleet: OpenProfiles) -> None:
        from matui.resources.model import is_unconfirmed

        table = self._tables.table if self._screen.is_attached else None
        row = table.cursor.resource if table is not None else None
        session = fleet.find_for_resource(row)
        if row is not None and row.kind == "jobs" and session is not None and not is_unconfirmed(row):
            session.signals.prefer(row)
