"""Passes rows to the tables: those of each kind, and those in trouble to the triage table."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matui.console.bars.overview import Overview
    from matui.console.fleet import OpenProfiles
    from matui.console.table.kind_tables import KindTables
    from matui.live.poll.poller import Update
    from matui.live.poll.triage import TriageList
    from matui.resources.kind import Kind


class RowFeed:
    """Keeps the tables of the open profiles up to date; ``troubles`` are the rows of the triage table."""

    troubles: TriageList

    def __init__(self, tables: KindTables) -> None:
        self._tables = tables

    def reset(self) -> None:
        """Start without any row in trouble: other profiles are shown now."""
        from matui.live.poll.triage import TriageList

        self.troubles = TriageList()

    def apply(self, fleet: OpenProfiles, update: Update) -> Overview:
        """Apply an update of a poller to the table of its kind and to the triage table.

        Returns the state of the kind shown, if it has been computed, else that of the update's kind.
        """
        from matui.console.bars.overview import overview
        from matui.resources.registry import kind_by_id

        now = overview(fleet, kind_by_id(update.snapshot.kind))
        self._tables.update_rows(update, now)
        self._tables.take("triage", self.troubles.apply(update))
        if self._tables.in_triage and self._tables.kind is not None:
            now = self.fill(fleet, self._tables.kind)
        return now

    def fill(self, fleet: OpenProfiles, kind: Kind) -> Overview:
        """Load every known row into the table shown; returns the state of the kind."""
        from matui.console.bars.overview import overview

        rows = list(self.troubles.rows.values()) if self._tables.in_triage else fleet.rows(kind.id)
        now = overview(fleet, kind)
        self._tables.fill(kind.id, rows, now)
        return now

    def drop(self, profile: str) -> None:
        """Remove the rows of a profile that has been closed."""
        self._tables.drop(profile)
        self.troubles.drop(profile)
