"""Keeps triage up to date: time, health of the lists, reasons for the rows in view, acknowledgements."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Coroutine, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from importlib import import_module
from itertools import islice
from typing import TYPE_CHECKING, Any, Protocol

from matui.console.triage.recorded import RecordedNotes, find_first_steps, record_notes
from matui.console.triage.usage import UsageReader
from matui.live.audit.trail import Actor
from matui.live.capabilities import helping_command
from matui.live.poll.rows import Diff
from matui.live.triage.fetch_queue import FetchQueue
from matui.live.triage.from_records import (
    SharedReasons,
    find_acknowledgements,
    read_ends,
    read_steps,
)
from matui.live.triage.health import list_healths
from matui.live.triage.item import Acknowledgement, Thresholds, Why
from matui.live.triage.reasons import most_requests
from matui.live.triage.state_times import (
    CLOCK_AHEAD_MS,
    StatedTime,
    fetch_time,
    find_known_end,
    lacks_bound,
    lacks_since,
)
from matui.resources.kinds.triage import LISTS, TRIAGE, order_since
from matui.resources.model import Resource

if TYPE_CHECKING:
    from matui.clouds.protocols import BudgetState
    from matui.console.fleet import OpenProfiles
    from matui.console.table.kind_tables import KindTables
    from matui.console.table.row_feed import RowFeed
    from matui.live.journal.change import StoredEnd
    from matui.live.journal.journal import Journal
    from matui.live.recording.playback import Playback
    from matui.live.triage.board import TriageBoard
    from matui.live.triage.from_records import KnownSteps, RecordedSteps
    from matui.resources.model import ResourceKey

_SHARE_TICKS = 5  # seconds between two looks for reasons that other processes found
_NEW_MS = 600_000  # what failed since then is explained first
_NOTES_TICKS = 60  # seconds between two looks for acknowledgements of other processes
_MOST_WAITING = 50
_MOST_TIMELESS = 500
_CROWDED_TICKS = 3  # seconds between two searches for what many profiles lack
REFRESH_TICKS = 10  # seconds between two judgements of what time alone changes


class TriageHost(Protocol):
    """The methods that triage calls on the browse screen."""

    @property
    def fleet(self) -> OpenProfiles | None:
        """The open profiles."""

    def command_keys(self) -> Mapping[str, str]:
        """Return the keys of each command, as people read them."""

    def show_notice(self, words: str, *, wrong: bool = False) -> None:
        """Show a notification."""

    def show_bars(self) -> None:
        """Update header, tabs, status and key bar."""

    def run_worker(self, work: Coroutine[Any, Any, None], *, group: str) -> object:
        """Run ``work`` in a worker of the screen."""


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
        self._whys: FetchQueue[Why | None] | None = None
        self._times: FetchQueue[StatedTime | None] | None = None
        self._usage: UsageReader | None = None
        self._shared = SharedReasons()
        self._has_loaded = False
        self._recorded: RecordedSteps | None = None
        self._replayed = RecordedNotes() if playback is not None else None
        self._noted: set[str] = set()  # the profiles of which notes were recorded
        self._ends: dict[ResourceKey, StoredEnd] = {}
        self._timeless: set[tuple[ResourceKey, str]] = (
            set()
        )  # rows whose time cannot be had, with their status

    def adopt(self, fleet: OpenProfiles) -> None:
        """Use the thresholds of the settings, and show the keys of the user."""
        session = fleet.primary
        fleet.triage.limits = Thresholds(**dict(session.settings.triage))
        fleet.triage.annotate = self._annotate
        if self._whys is None:
            clock = session.clock
            self._whys = FetchQueue(self._fetch_why, self._budget, self.learn, clock, requests=most_requests)
            self._times = FetchQueue(
                self._fetch_since,
                self._budget,
                self._timed,
                clock,
                requests=lambda row: 1 if lacks_since(row) else most_requests(row),
            )
            self._usage = UsageReader(lambda: self._host.fleet, self._budget, self._show, clock)
        if not self._feed.is_any_awaited:
            self.load_journals()

    def restart(self, fleet: OpenProfiles) -> None:
        """Begin anew for another time of a replay; the journals are loaded once every list has been read."""
        if self._playback is not None:
            self._playback.hold_reading()
        if self._replayed is not None:
            self._replayed.forget()
        for queue in (self._whys, self._times, self._usage):
            if queue is not None:
                queue.cancel()
        self._whys = self._times = self._usage = None
        self._timeless.clear()
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
        fleet = self._host.fleet
        if fleet is None or not fleet.members:
            return
        steps = []
        ends: dict[ResourceKey, StoredEnd] = {}
        for journal in fleet.journals:
            steps += await asyncio.to_thread(read_steps, journal)
            ends |= await asyncio.to_thread(read_ends, journal)
        self._ends = ends
        recorded = await self._read_recorded_steps()
        if self._playback is not None:
            steps += find_first_steps(self._playback.recording, fleet.triage.sources.values())
        steps = sorted((*steps, *recorded.steps), key=lambda step: step.at)
        stays = recorded.stays if self._recorded is not None else None
        self._show(fleet.triage.load_journal(steps, fleet.primary.now_ms(), stays))
        await self._load_acknowledgements()
        await self._load_reasons()
        self._has_loaded = True

    async def _load_reasons(self) -> None:
        fleet = self._host.fleet
        if fleet is not None:
            await asyncio.to_thread(self._shared.read, fleet.journals)

    async def _read_recorded_steps(self) -> KnownSteps:
        """Return the changes of a replay up to its time; a jump passes over them without a poll."""
        from matui.live.triage.from_records import KnownSteps, RecordedSteps

        playback = self._playback
        if playback is None or playback.at_ms <= playback.recording.from_ms:
            return KnownSteps([], {})
        if self._recorded is None:
            read = playback.read_changes
            self._recorded = await asyncio.to_thread(lambda: RecordedSteps(read().changes, playback.give_way))
        return self._recorded.up_to(playback.at_ms)

    async def _load_acknowledgements(self) -> None:
        fleet = self._host.fleet
        if fleet is None or not fleet.members:
            return
        journals = [journal for journal in fleet.journals if journal.is_on]
        if not journals:
            return  # what was acknowledged is in this process alone
        known: dict[ResourceKey, tuple[Acknowledgement, str]] = {}
        for journal in journals:
            known |= await asyncio.to_thread(find_acknowledgements, journal)
        if fleet.members:
            self._show(fleet.triage.load_acknowledgements(known, fleet.primary.now_ms()))

    def tick(self) -> None:
        """Reevaluate from time to time, and ask for reasons of the rows in view."""
        fleet = self._host.fleet
        if fleet is None or not fleet.members:
            return
        self._ticks += 1
        if self._ticks % REFRESH_TICKS == 0:
            now = fleet.primary.now_ms()
            self._show(fleet.triage.refresh(now, list_healths(fleet.polled_lists())))
            if self._tables.in_triage:
                self._feed.fill(fleet, TRIAGE)
        if self._ticks % _NOTES_TICKS == 0:
            self._forget_gone(fleet.triage)
            self._host.run_worker(self._load_acknowledgements(), group="triage")
        self._show_recorded()
        if self._playback is not None and self._playback.is_playing and self._ticks % _SHARE_TICKS == 0:
            self._timeless.clear()  # the recorded console may have read the time by now
        if not fleet.is_crowded or self._ticks % _CROWDED_TICKS == 0:
            self.ask_for_reasons()

    def ask_for_reasons(self) -> None:
        """Fetch what the rows of triage lack; nothing while paused.

        First the times of the rows in view, which decide the order, and the flavors that waiting rows need;
        then reasons, those with few requests first; then the times of rows out of view; last how much of
        quotas and pools is in use.
        """
        fleet, table = self._host.fleet, self._tables.table
        if fleet is None or table is None or self._whys is None or self._times is None:
            return
        if fleet.controls.paused or fleet.controls.blurred:
            return
        if not self._tables.in_triage:
            self._ask_for_ends(fleet.triage, self._times)
            return
        cursor = [table.cursor.resource] if table.cursor.resource is not None else []
        rows = {row.key: row for row in (*cursor, *table.rows.resources_in_view)}
        board = fleet.triage
        self._load_known_ends(board)
        self._times.replace_waiting(self._without_time(board, rows))
        if self._usage is not None:
            self._usage.ask_for_flavors(fleet, rows)
        lacking = self._without_reason(board, rows)
        if table.cursor.is_held:
            lacking.sort(key=lambda row: row not in cursor)
        self._whys.replace_waiting(source for row in lacking if (source := board.source(row.key)) is not None)
        if not self._whys.is_behind:
            self._times.replace_waiting(
                islice(self._without_time(board, {**rows, **board.rows}), _MOST_WAITING)
            )
            if self._usage is not None and not self._times.is_behind:
                self._usage.ask(fleet)

    def _ask_for_ends(self, board: TriageBoard, times: FetchQueue[StatedTime | None]) -> None:
        """Fetch when jobs ended that the filter of the table shown leaves out for it."""
        lacking = []
        for row in self._tables.find_without_time():
            if not lacks_since(row) or (row.key, row.status) in self._timeless:
                continue
            end = find_known_end(self._ends, row)
            if end is None:
                lacking.append(row)
            else:
                self._date(board, row, end)
        lacking.sort(key=lambda row: -(row.created_at or 0))
        times.replace_waiting(lacking[:_MOST_WAITING])

    def _without_reason(self, board: TriageBoard, rows: Mapping[ResourceKey, Resource]) -> list[Resource]:
        """Return the rows whose reason no process has found: the newest failures, then by requests."""
        lacking = list(filter(board.lacks_why, rows.values()))
        fleet = self._host.fleet
        if not lacking or fleet is None or not fleet.members:
            return []
        if (replayed := self._replayed) is not None:
            lacking = [row for row in lacking if not replayed.cover(fleet, row)]
        if not self._has_loaded:
            return []
        if self._ticks % _SHARE_TICKS == 0:
            self._host.run_worker(self._load_reasons(), group="triage-reasons")
        now = fleet.primary.now_ms()
        self._show(board.load_reasons(self._shared.of(row.key for row in lacking), now))
        lacking = list(filter(board.lacks_why, lacking))

        def order(row: Resource) -> tuple[bool, int]:
            since = order_since(row)
            return (since is None or board.evidence.now_of(row.profile) - since > _NEW_MS, most_requests(row))

        return sorted(lacking, key=order)

    def _forget_gone(self, board: TriageBoard) -> None:
        """Drop what is remembered of resources that are not in trouble any more."""
        if len(self._timeless) > _MOST_TIMELESS:
            self._timeless = {one for one in self._timeless if board.source(one[0]) is not None}

    def _without_time(self, board: TriageBoard, keys: Iterable[ResourceKey]) -> Iterator[Resource]:
        for key in keys:
            row = board.source(key)
            if row is None or (row.key, row.status) in self._timeless:
                continue
            if lacks_since(row) or lacks_bound(row):
                yield row

    def _load_known_ends(self, board: TriageBoard) -> None:
        """Apply the ends that any process has read of rows in triage."""
        fleet = self._host.fleet
        if not self._ends or fleet is None:
            return
        for row in list(self._without_time(board, board.rows)):
            end = find_known_end(self._ends, row)
            if end is not None:
                self._show(board.set_since(row, end, fleet.primary.now_ms()))

    @property
    def is_idle(self) -> bool:
        """Whether nothing is being fetched."""
        return all(queue is None or queue.is_idle for queue in (self._whys, self._times, self._usage))

    async def close(self) -> None:
        """Stop fetching."""
        if self._whys is not None and self._times is not None:
            await self._whys.close()
            await self._times.close()
        if self._usage is not None:
            await self._usage.close()

    # Acknowledgements

    def acknowledge(self, targets: Sequence[Resource], note: str) -> None:
        """Acknowledge what is in triage among the targets; if all are acknowledged, remove that."""
        fleet, rows = self._host.fleet, self._in_trouble(targets)
        if fleet is None or not rows:
            return
        now = fleet.primary.now_ms()
        table = self._tables.table
        if table is not None and table.cursor.key in {row.key for row in rows}:
            table.action_move(1)  # what is acknowledged goes to the end; the cursor goes on to the next
        seen = Acknowledgement(_user_name(), now, note)
        self._show(fleet.triage.acknowledge(rows, seen, now))
        self._host.show_notice(f"Acknowledged: {_names(rows)}.")
        self._host.show_bars()

        def write(journal: Journal, row: Resource) -> None:
            journal.acknowledge(row, seen.by, note, about=row.text_fact("what"))

        self._host.run_worker(self._write(rows, write), group="acknowledge")

    async def _write(self, rows: Sequence[Resource], write: Callable[[Journal, Resource], None]) -> None:
        """Write to the journal of each row's profile."""
        fleet = self._host.fleet
        for row in rows:
            member = fleet.for_resource(row) if fleet is not None else None
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

    def take_back(self, targets: Sequence[Resource]) -> None:
        """Remove acknowledgements."""
        fleet, rows = self._host.fleet, self._in_trouble(targets)
        if fleet is not None and rows:
            self._show(fleet.triage.acknowledge(rows, None, fleet.primary.now_ms()))
            self._host.show_notice(f"No longer acknowledged: {_names(rows)}.")
            self._host.show_bars()

            def write(journal: Journal, row: Resource) -> None:
                journal.withdraw(row, about=row.text_fact("what"))

            self._host.run_worker(self._write(rows, write), group="acknowledge")

    def are_acknowledged(self, targets: Sequence[Resource]) -> bool:
        """Return whether every target in triage is acknowledged."""
        rows = self._in_trouble(targets)
        return bool(rows) and all(row.text_fact("ack_by") for row in rows)

    def _in_trouble(self, targets: Iterable[Resource]) -> list[Resource]:
        fleet = self._host.fleet
        if fleet is None:
            return []
        return [row for target in targets if (row := fleet.triage.rows.get(target.key)) is not None]

    # Inside

    def _show(self, diff: Diff) -> None:
        self._feed.show_trouble(diff)
        fleet = self._host.fleet
        if diff and fleet is not None:
            record_notes(fleet, diff, self._noted)

    def _show_recorded(self) -> None:
        """Show the reasons and acknowledgements that were known at the time of a replay."""
        fleet, replayed = self._host.fleet, self._replayed
        if fleet is not None and fleet.members and replayed is not None:
            for diff in replayed.apply(fleet):
                self._show(diff)

    def _annotate(self, row: Resource) -> Resource:
        fleet = self._host.fleet
        member = fleet.for_resource(row) if fleet is not None else None
        is_list = row.kind == LISTS.id
        command = row.text_fact("help") if member is None or is_list else helping_command(member.cloud, row)
        keys = self._host.command_keys()
        key = keys.get(command, "") or keys.get("why", "") or ":"
        return replace(row, facts={**row.facts, "help_key": key.split()[0]})

    async def _fetch_since(self, row: Resource) -> StatedTime | None:
        fleet = self._host.fleet
        member = fleet.for_resource(row) if fleet is not None else None
        if member is None:
            return None
        return await fetch_time(member.cloud, row)

    def _timed(self, row: Resource, stated: StatedTime | None) -> None:
        fleet = self._host.fleet
        if fleet is None or not fleet.members:
            return
        member = fleet.for_resource(row) or fleet.primary
        if stated is None or stated.at > member.cloud_now_ms() + CLOCK_AHEAD_MS:
            self._timeless.add((row.key, row.status))
        elif stated.is_bound:
            self._show(fleet.triage.set_bound(row, stated.at, fleet.primary.now_ms()))
        else:
            member.journal.note_end(row, stated.at)
            self._date(fleet.triage, row, stated.at)

    def _date(self, board: TriageBoard, row: Resource, since: float) -> None:
        """Show since when a row is in its state, in triage and in the table of its kind."""
        fleet = self._host.fleet
        if fleet is not None and fleet.members:
            self._show(board.set_since(row, since, fleet.primary.now_ms()))
            if not self._tables.in_triage:
                self._tables.take(row.kind, Diff(changed=(board.times.add_to(row),)))
                self._host.show_bars()

    async def _fetch_why(self, row: Resource) -> Why | None:
        fleet = self._host.fleet
        member = fleet.for_resource(row) if fleet is not None else None
        if member is None:
            return None
        logs = member.settings.logs
        # What reads logs takes long to import: after the first rows, in a thread so that keys still work.
        await asyncio.to_thread(import_module, "matui.live.triage.fetch_why")
        from matui.live.triage.fetch_why import fetch_why

        return await fetch_why(
            member.cloud,
            row,
            clock=member.cloud_clock,
            new_parser=lambda: logs.new_time_parser(row.created_at),
            rules=logs.compile_error_rules(),
        )

    def _budget(self, row: Resource) -> BudgetState | None:
        fleet = self._host.fleet
        member = fleet.for_resource(row) if fleet is not None else None
        return member.cloud.budget() if member is not None else None

    def learn(self, row: Resource, why: Why | None) -> None:
        """Show why a row is in trouble, and keep it for the report."""
        fleet = self._host.fleet
        if fleet is not None and fleet.members:
            member = fleet.for_resource(row)
            if why is not None and member is not None:
                member.journal.note_reason(row, why.text, why.source)
            self._show(fleet.triage.set_why(row, why, fleet.primary.now_ms()))


def _user_name() -> str:
    return Actor.from_environment(os.environ).user


def _names(rows: Sequence[Resource]) -> str:
    return rows[0].name if len(rows) == 1 else f"{len(rows)} resources"
