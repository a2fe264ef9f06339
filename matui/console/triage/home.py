"""Keeps triage up to date: what time changes, the health of the lists, what rows lack, acknowledgements."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from matui.console.triage.open_triage import OpenTriage, TriageHost
from matui.console.triage.readers import ReasonReader, TimeReader, UsageReader
from matui.console.triage.recorded import RecordedNotes, TriageHistory
from matui.live.audit.trail import Actor
from matui.live.capabilities import choose_helping_command
from matui.live.triage.from_records import find_acknowledgements
from matui.live.triage.health import list_healths
from matui.live.triage.item import Acknowledgement, Thresholds, Why
from matui.resources.kinds.triage import LISTS, TRIAGE
from matui.resources.model import Resource

if TYPE_CHECKING:
    from matui.console.fleet import OpenProfiles
    from matui.console.table.kind_tables import KindTables
    from matui.console.table.row_feed import RowFeed
    from matui.live.journal.journal import Journal
    from matui.live.recording.playback import Playback
    from matui.resources.model import ResourceKey

_SHARE_TICKS = 5  # seconds between two looks for reasons that other processes found
_NOTES_TICKS = 60  # seconds between two looks for acknowledgements of other processes
_CROWDED_TICKS = 3  # seconds between two searches for what many profiles lack
REFRESH_TICKS = 10  # seconds between two judgements of what time alone changes


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


class _Readers(NamedTuple):
    """What fetches more about the rows of triage."""

    reasons: ReasonReader
    times: TimeReader
    usage: UsageReader


class TriageHome:
    """Feeds the triage of the open profiles."""

    def __init__(
        self, host: TriageHost, tables: KindTables, feed: RowFeed, *, playback: Playback | None = None
    ) -> None:
        self._host = host
        self._playback = playback
        self._tables = tables
        self._feed = feed
        self._ticks = 0
        self._triage = OpenTriage(host, feed)
        self._history = TriageHistory(playback)
        self._replayed = RecordedNotes() if playback is not None else None
        self._readers: _Readers | None = None
        self.acknowledgements = Acknowledgements(host, self._triage, tables)

    def adopt(self, fleet: OpenProfiles) -> None:
        """Use the thresholds of the settings, and show the keys of the user."""
        session = fleet.primary
        fleet.triage.limits = Thresholds(**dict(session.settings.triage))
        fleet.triage.annotate = self._annotate
        if self._readers is None:
            triage, history, clock = self._triage, self._history, session.clock
            times = TimeReader(triage, self._tables, history, self._host.show_bars, clock)
            self._readers = _Readers(
                ReasonReader(triage, history, self._replayed, times, clock),
                times,
                UsageReader(triage, clock, times.details),
            )

    def restart(self, fleet: OpenProfiles) -> None:
        """Begin anew for another time of a replay; the journals are loaded once every list has been read."""
        if self._playback is not None:
            self._playback.hold_reading()
        if self._replayed is not None:
            self._replayed.forget()
        for reader in self._readers or ():
            reader.cancel()
        self._readers = None
        self._ticks = -1  # the next tick judges what time alone changes
        self.adopt(fleet)

    def finish_restart(self) -> None:
        """Load the journals, and ask for what the rows lack, once the lists have been read anew."""
        if self._playback is not None:
            self._playback.release_reading()
        self._show_recorded()
        self.load_journals()
        self.ask_for_reasons()

    def load_journals(self) -> None:
        """Load the states and acknowledgements of the journals of the open profiles, in the background."""
        self._host.run_worker(self._load_journals(), group="triage")

    async def _load_journals(self) -> None:
        fleet = self._triage.fleet
        if fleet is None:
            return
        self._triage.show(await self._history.load(fleet))
        await self.acknowledgements.load()
        await self._read_reasons()
        self._history.is_loaded = True

    async def _read_reasons(self) -> None:
        fleet = self._host.fleet
        if fleet is not None:
            await self._history.read_reasons(fleet)

    def tick(self) -> None:
        """Reevaluate from time to time, and ask for reasons of the rows in view."""
        fleet = self._triage.fleet
        if fleet is None:
            return
        self._ticks += 1
        if self._ticks % REFRESH_TICKS == 0:
            now = fleet.primary.get_now_ms()
            self._triage.show(fleet.triage.refresh(now, list_healths(fleet.iterate_polled_lists())))
            if self._tables.in_triage:
                self._feed.fill(fleet, TRIAGE)
        if self._ticks % _NOTES_TICKS == 0:
            if self._readers is not None:
                self._readers.times.forget_gone(fleet.triage)
            self._host.run_worker(self.acknowledgements.load(), group="triage")
        self._show_recorded()
        is_playing = self._playback is not None and self._playback.is_playing
        if is_playing and self._readers is not None and self._ticks % _SHARE_TICKS == 0:
            self._readers.times.retry()  # the recorded console may have read the time by now
        if not fleet.is_crowded or self._ticks % _CROWDED_TICKS == 0:
            self.ask_for_reasons()

    def ask_for_reasons(self) -> None:
        """Fetch what the rows of triage lack; nothing while paused.

        First the times of the rows in view that nobody knows, which decide the order (not where a small
        budget is short of reasons), and the flavors that waiting rows need; then reasons, those with few
        requests first; then the other times; last how much of quotas and pools is in use.
        """
        fleet, table = self._host.fleet, self._tables.table
        if fleet is None or table is None or self._readers is None:
            return
        reasons, times, usage = self._readers
        if fleet.controls.paused or fleet.controls.blurred or not self._tables.in_triage:
            reasons.note_lacking(fleet.triage, ())
            self._slow_polls(fleet)
            if not (fleet.controls.paused or fleet.controls.blurred):
                times.ask_for_ends(fleet.triage)
            return
        cursor = [table.cursor.resource] if table.cursor.resource is not None else []
        rows = {row.key: row for row in (*cursor, *table.rows.resources_in_view)}
        board = fleet.triage
        times.load_known_ends(fleet)
        lacking = reasons.find_lacking(fleet, rows.values())
        reasons.note_lacking(board, lacking)
        self._slow_polls(fleet)
        times.ask_for_unknown(board, {key: row for key, row in rows.items() if key[0] not in reasons.short})
        usage.ask_for_flavors(fleet, rows)
        if lacking and self._ticks % _SHARE_TICKS == 0:
            self._host.run_worker(self._read_reasons(), group="triage-reasons")
        first = cursor if table.cursor.is_held else ()
        reasons.ask(fleet, lacking, first, is_awaited=bool(self._tables.filter_text))
        if not reasons.is_behind:
            times.ask(board, {**rows, **board.rows})
            if not times.is_behind:
                usage.ask(fleet)

    def _slow_polls(self, fleet: OpenProfiles) -> None:
        """Poll seldom where a small budget is short of the reasons of rows in view."""
        short = self._readers.reasons.short if self._readers is not None else ()
        for member in fleet.members:
            member.pollers.controls.yielding = member.cloud.profile in short

    @property
    def awaits_reasons(self) -> bool:
        """Whether rows on the screen lack a reason that is fetched as soon as the budget allows."""
        fleet, table = self._host.fleet, self._tables.table
        if fleet is None or table is None or self._readers is None or not self._tables.in_triage:
            return False
        if fleet.controls.paused or fleet.controls.blurred:
            return False
        reasons = self._readers.reasons
        return reasons.is_behind or bool(reasons.find_lacking(fleet, table.rows.resources_in_view))

    @property
    def is_idle(self) -> bool:
        """Whether nothing is being fetched."""
        return all(reader.is_idle for reader in self._readers or ())

    async def close(self) -> None:
        """Stop fetching."""
        for reader in self._readers or ():
            await reader.close()

    def learn(self, row: Resource, why: Why | None) -> None:
        """Show why a row is in trouble, and keep it for the report."""
        self._triage.learn(row, why)

    def _show_recorded(self) -> None:
        """Show the reasons and acknowledgements that were known at the time of a replay."""
        fleet, replayed = self._triage.fleet, self._replayed
        if fleet is not None and replayed is not None:
            for diff in replayed.apply(fleet):
                self._triage.show(diff)

    def _annotate(self, row: Resource) -> Resource:
        member = self._triage.find_member(row)
        is_list = row.kind == LISTS.id
        command = (
            row.get_text("help") if member is None or is_list else choose_helping_command(member.cloud, row)
        )
        keys = self._host.map_command_keys()
        key = keys.get(command, "") or keys.get("why", "") or ":"
        return replace(row, facts={**row.facts, "help_key": key.split()[0]})
