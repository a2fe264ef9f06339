"""Acknowledgements of what is in triage: shown at once, and kept in the journals."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from matui.console.triage.open_triage import OpenTriage, TriageHost
from matui.live.audit.trail import Actor
from matui.live.triage.from_records import find_acknowledgements
from matui.live.triage.item import Acknowledgement
from matui.resources.model import Resource

if TYPE_CHECKING:
    from matui.console.fleet import OpenProfiles
    from matui.console.table.kind_tables import KindTables
    from matui.live.journal.journal import Journal
    from matui.resources.model import ResourceKey


class Acknowledgements:
    """Acknowledges rows of triage and takes that back, also what other processes have acknowledged."""

    def __init__(self, host: TriageHost, triage: OpenTriage, tables: KindTables) -> None:
        self._host = host
        self._triage = triage
        self._tables = tables

    async def load(self) -> None:
        """Show what any process has acknowledged; without a journal it is in this process alone."""
        fleet = self._triage.fleet
        if fleet is None:
            return
        journals = [journal for journal in fleet.journals if journal.is_on]
        if not journals:
            return
        known: dict[ResourceKey, tuple[Acknowledgement, str]] = {}
        for journal in journals:
            known |= await asyncio.to_thread(find_acknowledgements, journal)
        if fleet.members:
            self._triage.show(fleet.triage.load_acknowledgements(known, fleet.primary.get_now_ms()))

    def acknowledge(self, targets: Sequence[Resource], note: str) -> None:
        """Acknowledge what is in triage among the targets."""
        fleet, rows = self._triage.fleet, self._list_in_trouble(targets)
        if fleet is None or not rows:
            return
        now = fleet.primary.get_now_ms()
        table = self._tables.table
        if table is not None and table.cursor.key in {row.key for row in rows}:
            table.action_move(1)  # what is acknowledged goes to the end; the cursor goes on to the next
        seen = Acknowledgement(Actor.from_environment(os.environ).user, now, note)
        self._triage.show(fleet.triage.acknowledge(rows, seen, now))
        self._report(f"Acknowledged: {_format_names(rows, fleet)}.")

        def write(journal: Journal, row: Resource) -> None:
            journal.acknowledge(row, seen.by, note, about=row.get_text("what"))

        self._host.run_worker(self._write(rows, write), group="acknowledge")

    def take_back(self, targets: Sequence[Resource]) -> None:
        """Remove acknowledgements."""
        fleet, rows = self._triage.fleet, self._list_in_trouble(targets)
        if fleet is None or not rows:
            return
        self._triage.show(fleet.triage.acknowledge(rows, None, fleet.primary.get_now_ms()))
        self._report(f"No longer acknowledged: {_format_names(rows, fleet)}.")

        def write(journal: Journal, row: Resource) -> None:
            journal.withdraw(row, about=row.get_text("what"))

        self._host.run_worker(self._write(rows, write), group="acknowledge")

    def cover(self, targets: Sequence[Resource]) -> bool:
        """Return whether every target in triage is acknowledged."""
        rows = self._list_in_trouble(targets)
        return bool(rows) and all(row.get_text("ack_by") for row in rows)

    def _list_in_trouble(self, targets: Iterable[Resource]) -> list[Resource]:
        fleet = self._triage.fleet
        if fleet is None:
            return []
        return [row for target in targets if (row := fleet.triage.rows.get(target.key)) is not None]

    def _report(self, words: str) -> None:
        self._host.show_notice(words)
        self._host.show_bars()

    async def _write(self, rows: Sequence[Resource], write: Callable[[Journal, Resource], None]) -> None:
        """Write to the journal of each row's profile."""
        fleet = self._host.fleet
        for row in rows:
            member = fleet.find_for_resource(row) if fleet is not None else None
            if member is None:
                continue
            await asyncio.to_thread(write, member.journal, row)
            if not member.journal.is_on:
                self._host.show_notice("Without a journal it is forgotten at the end.", wrong=True)
                return
            if member.journal.is_failing:
                self._host.show_notice(
                    "The journal cannot be written: it is forgotten at the end.", wrong=True
                )
                return


def _format_names(rows: Sequence[Resource], fleet: OpenProfiles) -> str:
    if len(rows) > 1:
        return f"{len(rows)} resources"
    return f"{rows[0].name} of {rows[0].profile}" if fleet.is_multi else rows[0].name
