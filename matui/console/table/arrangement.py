"""Keeps the orders and filters of the tables from run to run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matui.console.host import Application
    from matui.console.table.kind_tables import KindTables

_NAME = "tables"


class ArrangementKeeper:
    """Restores the arrangement of the tables, and writes it when it has changed."""

    def __init__(self, application: Application, tables: KindTables) -> None:
        self._application = application
        self._tables = tables
        self._kept: dict[str, Any] | None = None

    def restore(self) -> None:
        """Arrange the tables that are made later as in an earlier run."""
        self._tables.restore(self._application.memory.get(_NAME))

    def keep(self) -> None:
        """Write the arrangement if it differs from that of the last call."""
        arrangement = self._tables.arrangement()
        before, self._kept = self._kept, arrangement
        if before is not None and before != arrangement:
            self._application.keep(_NAME, arrangement)
