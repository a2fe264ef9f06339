"""Reads the log of the job that the cursor rests on before those of the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matui.resources.unconfirmed import is_unconfirmed

if TYPE_CHECKING:
    from textual.timer import Timer
    from textual.widget import Widget

    from matui.console.fleet import OpenProfiles
    from matui.console.table.kind_tables import KindTables

_REST_S = 0.25


class ReadingAhead:
    """Waits until the cursor of ``tables`` rests on a row; ``clock`` is a widget that has timers."""

    def __init__(self, clock: Widget, tables: KindTables) -> None:
        self._clock = clock
        self._tables = tables
        self._timer: Timer | None = None

    def restart(self, fleet: OpenProfiles | None) -> None:
        """Take that the cursor has moved, or that its row has changed."""
        if self._timer is not None:
            self._timer.stop()
        if fleet is not None:
            self._timer = self._clock.set_timer(_REST_S, lambda: self._read(fleet))

    def _read(self, fleet: OpenProfiles) -> None:
        table = self._tables.table
        row = table.cursor.resource if table is not None else None
        session = fleet.for_resource(row)
        if row is not None and row.kind == "jobs" and session is not None and not is_unconfirmed(row):
            session.signals.prefer(row)
