"""Fetch why rows of triage are in trouble, and since when; how much of quotas and pools is in use."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Collection, Container, Iterable, Iterator, Mapping
from importlib import import_module
from itertools import chain, islice
from typing import TYPE_CHECKING, NamedTuple

from matui.clouds.protocols import Describes
from matui.console.triage.open_triage import OpenTriage, TriageReader
from matui.live.poll.rows import Diff
from matui.live.triage.fetch_queue import FetchQueue, compute_urgent_limit, is_small
from matui.live.triage.fetch_usage import (
    EVERY_S,
    count_usage_requests,
    fetch_usage,
    find_flavors,
    iterate_detail_rows,
    iterate_flavor_rows,
    iterate_usage_rows,
    lacks_flavor_name,
    pack_usage,
)
from matui.live.triage.item import Usage, Why
from matui.live.triage.reasons import count_usual_requests
from matui.live.triage.state_times import (
    CLOCK_AHEAD_MS,
    ReadDetails,
    StatedTime,
    fetch_time,
    find_known_end,
    find_stated_time,
    lacks_bound,
    lacks_since,
    was_seen_to_enter,
)
from matui.resources.kinds.triage import build_since_key
from matui.resources.model import Resource

if TYPE_CHECKING:
    from matui.base.clock import Clock
    from matui.console.fleet import OpenProfiles
    from matui.console.session import ConsoleSession
    from matui.console.table.kind_tables import KindTables
    from matui.console.triage.recorded import RecordedNotes, TriageHistory
    from matui.live.triage.board import TriageBoard
    from matui.resources.detail import Detail
    from matui.resources.model import ResourceKey

_NEW_MS = 600_000  # what failed since then is explained first
_MOST_WAITING = 50
_MOST_URGENT = 10
_MOST_TIMELESS = 500
_FIRST_AFTER_S = 60.0  # the budget of the first minute is for the reasons of the rows on the screen
_WITH_FLAVORS = ("jobs", "notebooks", "services")
_WITH_USAGE = ("workspaces", "pools")
_KINDS = (*_WITH_FLAVORS, *_WITH_USAGE)


class ReasonReader(TriageReader[Why | None]):
    """Fetches why rows are in trouble where no process has found it: the newest failures first."""

    def __init__(
        self,
        triage: OpenTriage,
        history: TriageHistory,
        replayed: RecordedNotes | None,
        times: TimeReader,
        clock: Clock,
    ) -> None:
        super().__init__(
            FetchQueue(self._fetch, triage.get_budget, triage.learn, clock, requests=self._count_requests)
        )
        self._triage = triage
        self._times = times
        self._brief: frozenset[str] = frozenset()  # the profiles that lack more than their budget allows
        self.short: frozenset[str] = frozenset()
        """The profiles whose small budget is short of reasons that were not sought yet."""
        self._history = history
        self._replayed = replayed

    def find_lacking(self, fleet: OpenProfiles, rows: Iterable[Resource]) -> list[Resource]:
        """Return the rows without a reason; none before the journals have been read."""
        if not self._history.is_loaded:
            return []
        lacking = list(filter(fleet.triage.lacks_why, rows))
        if (replayed := self._replayed) is not None:
            lacking = [row for row in lacking if not replayed.cover(fleet, row)]
        return lacking

    def note_lacking(self, board: TriageBoard, lacking: Iterable[Resource]) -> None:
        """Find the profiles whose small budget goes to the reasons of rows that lack any."""
        needed: Counter[str] = Counter()
        for row in lacking:
            budget = self._triage.get_budget(row)
            if budget is not None and is_small(budget) and not board.has_sought_why(row):
                needed[row.profile] += count_usual_requests(row, is_brief=True)
                if needed[row.profile] > budget.limit // 4:
                    self.short |= {row.profile}
        self.short &= needed.keys()

    def ask(
        self,
        fleet: OpenProfiles,
        lacking: Collection[Resource],
        first: Collection[Resource],
        *,
        is_awaited: bool = False,
    ) -> None:
        """Show the reasons that any process has found, and request the others: those of ``first`` first.

        Then the newest failures, then those with few requests. Where none was sought yet, or somebody waits
        for them, as after a filter, the first ten are urgent. Where the budget does not allow all of them,
        fewer logs are read of each.
        """
        board = fleet.triage
        if lacking:
            found = self._history.reasons.iterate_known(row.key for row in lacking)
            self._triage.show(board.load_reasons(found, fleet.primary.get_now_ms()))
            lacking = list(filter(board.lacks_why, lacking))

        def order(row: Resource) -> tuple[bool, bool, int]:
            since = build_since_key(row)
            is_old = since is None or board.evidence.get_cloud_now_ms(row.profile) - since > _NEW_MS
            return (row not in first, is_old, self._count_requests(row))

        self._brief = self._find_crowded_profiles(lacking)
        sources = [board.sources.get(row.key) for row in sorted(lacking, key=order)]
        found_sources = [source for source in sources if source is not None]
        urgent = [row for row in found_sources[:_MOST_URGENT] if is_awaited or not board.has_sought_why(row)]
        self._queue.replace_waiting(found_sources, urgent={row.key for row in urgent})

    def _find_crowded_profiles(self, lacking: Collection[Resource]) -> frozenset[str]:
        """Return the profiles whose budget does not allow the whole logs of all rows without a reason."""
        needed: Counter[str] = Counter()
        crowded = set()
        for row in lacking:
            needed[row.profile] += count_usual_requests(row)
            budget = self._triage.get_budget(row)
            if budget is not None and budget.used + needed[row.profile] > compute_urgent_limit(budget):
                crowded.add(row.profile)
        return frozenset(crowded)

    def _count_requests(self, row: Resource) -> int:
        return count_usual_requests(row, is_brief=row.profile in self._brief)

    async def _fetch(self, row: Resource) -> Why | None:
        member = self._triage.find_member(row)
        if member is None:
            return None
        is_brief = row.profile in self._brief
        logs = member.settings.logs
        # What reads logs takes long to import: after the first rows, in a thread so that keys still work.
        await asyncio.to_thread(import_module, "matui.live.triage.fetch_why")
        from matui.live.triage.fetch_why import fetch_why

        why = await fetch_why(
            member.cloud,
            row,
            clock=member.cloud_clock,
            new_parser=lambda: logs.build_time_parser(row.created_at),
            rules=logs.compile_error_rules(),
            details=self._times.details,
            is_brief=is_brief,
        )
        self._times.learn(row)
        return why


class TimeReader(TriageReader[StatedTime | None]):
    """Fetches since when rows are in their state, for triage and for the table shown."""

    def __init__(
        self,
        triage: OpenTriage,
        tables: KindTables,
        history: TriageHistory,
        show_bars: Callable[[], None],
        clock: Clock,
    ) -> None:
        super().__init__(
            FetchQueue(self._fetch, triage.get_budget, self._publish, clock, requests=_count_requests)
        )
        self._triage = triage
        self._tables = tables
        self._history = history
        self._show_bars = show_bars
        self.details = ReadDetails(clock)
        self._timeless: set[tuple[ResourceKey, str]] = set()  # rows without a time to be had, with status

    def ask(
        self, board: TriageBoard, rows: Mapping[ResourceKey, Resource], *, most: int | None = _MOST_WAITING
    ) -> None:
        """Request the times that rows of triage lack, of the first ``most`` of them; None for all."""
        self._queue.replace_waiting(islice(self._find_lacking(board, rows), most))

    def ask_for_unknown(self, board: TriageBoard, rows: Mapping[ResourceKey, Resource]) -> None:
        """Request the times of rows that no poll saw enter their state; what it saw is a poll too late."""
        lacking = self._find_lacking(board, rows)
        self._queue.replace_waiting(row for row in lacking if not was_seen_to_enter(row))

    def learn(self, row: Resource) -> None:
        """Show since when a row is in its state where the details that were read for its reason say so."""
        detail = self.details.find(row)
        if detail is not None and lacks_since(row):
            self._publish(row, find_stated_time(row, detail.resource))

    def ask_for_ends(self, board: TriageBoard) -> None:
        """Request when jobs ended that the filter of the table shown leaves out for it."""
        lacking = []
        for row in self._tables.find_without_time():
            if not lacks_since(row) or (row.key, row.status) in self._timeless:
                continue
            end = find_known_end(self._history.ends, row)
            if end is None:
                lacking.append(row)
            else:
                self._show_date(board, row, end)
        lacking.sort(key=lambda row: -(row.created_at or 0))
        self._queue.replace_waiting(lacking[:_MOST_WAITING])

    def load_known_ends(self, fleet: OpenProfiles) -> None:
        """Apply the ends that any process has read of rows in triage."""
        board, ends = fleet.triage, self._history.ends
        for row in list(self._find_lacking(board, board.rows)) if ends else ():
            end = find_known_end(ends, row)
            if end is not None:
                self._triage.show(board.set_since(row, end, fleet.primary.get_now_ms()))

    def retry(self) -> None:
        """Ask again about rows without a time to be had."""
        self._timeless.clear()

    def forget_gone(self, board: TriageBoard) -> None:
        """Drop what is remembered of resources that are not in trouble any more, and old details."""
        self.details.drop_old()
        if len(self._timeless) > _MOST_TIMELESS:
            self._timeless = {one for one in self._timeless if one[0] in board.sources}

    def _find_lacking(self, board: TriageBoard, keys: Iterable[ResourceKey]) -> Iterator[Resource]:
        for key in keys:
            row = board.sources.get(key)
            if row is None or (row.key, row.status) in self._timeless:
                continue
            if lacks_since(row) or lacks_bound(row):
                yield row

    async def _fetch(self, row: Resource) -> StatedTime | None:
        member, fleet = self._triage.find_member(row), self._triage.fleet
        if member is None or fleet is None:
            return None
        details = self.details if fleet.triage.lacks_why(row) else None
        return await fetch_time(member.cloud, row, details)

    def _publish(self, row: Resource, stated: StatedTime | None) -> None:
        fleet = self._triage.fleet
        if fleet is None:
            return
        member = fleet.find_for_resource(row) or fleet.primary
        if stated is None or stated.at > member.get_cloud_now_ms() + CLOCK_AHEAD_MS:
            self._timeless.add((row.key, row.status))
        elif stated.is_bound:
            self._triage.show(fleet.triage.set_bound(row, stated.at, fleet.primary.get_now_ms()))
        else:
            member.journal.note_end(row, stated.at)
            self._show_date(fleet.triage, row, stated.at)

    def _show_date(self, board: TriageBoard, row: Resource, since: float) -> None:
        """Show since when a row is in its state, in triage and in the table of its kind."""
        fleet = self._triage.fleet
        if fleet is not None:
            self._triage.show(board.set_since(row, since, fleet.primary.get_now_ms()))
            if not self._tables.in_triage:
                self._tables.take(row.kind, Diff(changed=(board.times.add_to(row),)))
                self._show_bars()


def _count_requests(row: Resource) -> int:
    return 1 if lacks_since(row) else count_usual_requests(row)


class _Readable(NamedTuple):
    """What may be read of a profile, found for the versions of its lists and the flavors sold out."""

    found_for: tuple[tuple[int, ...], frozenset[str]]
    flavors: tuple[Resource, ...]
    details: tuple[Resource, ...]
    usages: tuple[Resource, ...]


class UsageReader(TriageReader[Usage | None]):
    """Reads how much of quotas and pools is in use, each every ten minutes, in the order of the profiles."""

    def __init__(self, triage: OpenTriage, clock: Clock, details: ReadDetails) -> None:
        super().__init__(
            FetchQueue(self._fetch, triage.get_budget, self._publish, clock, requests=count_usage_requests)
        )
        self._triage = triage
        self._clock = clock
        self._begins_at = clock.monotonic() + _FIRST_AFTER_S
        self._asked_at: dict[ResourceKey, float] = {}
        self._readable: dict[str, _Readable] = {}
        self._details = details
        details.on_read = self._learn

    def ask_for_flavors(self, fleet: OpenProfiles, in_view: Container[ResourceKey]) -> None:
        """Request what shows whether waiting rows lack a flavor: the flavors, the details of rows in view.

        It takes few requests, and without it such a row is not ranked, or as something else.
        """
        self._queue.replace_waiting(self._iterate_due(fleet, in_view))

    def ask(self, fleet: OpenProfiles) -> None:
        """Request what was not requested in the last ten minutes, failures included."""
        now = self._clock.monotonic()
        self._asked_at = {key: at for key, at in self._asked_at.items() if now - at < EVERY_S}
        if now >= self._begins_at:
            self._queue.replace_waiting(self._iterate_due(fleet))

    def _iterate_due(
        self, fleet: OpenProfiles, in_view: Container[ResourceKey] | None = None
    ) -> Iterator[Resource]:
        """Yield what is due; with ``in_view`` only flavors, and the details of waiting rows in view."""
        now = self._clock.monotonic()
        for member in fleet.members:
            readable = self._find_readable(fleet, member)
            details, usages = readable.details, readable.usages
            if in_view is not None:
                details, usages = tuple(row for row in details if row.key in in_view), ()
            for row in (*readable.flavors, *details, *usages):
                asked_at = self._asked_at.get(row.key)
                if asked_at is None or now - asked_at >= EVERY_S:
                    yield row

    def _find_readable(self, fleet: OpenProfiles, member: ConsoleSession) -> _Readable:
        """Return what may be read of a profile; it is found again when one of its lists has changed."""
        cloud, get_poller = member.cloud, member.pollers.get_poller
        sold_out = fleet.triage.evidence.sold_out.get(cloud.profile, frozenset())
        versions = tuple(get_poller(kind).version for kind in _KINDS if kind in cloud.kinds)
        known = self._readable.get(cloud.profile)
        if known is None or known.found_for != (versions, sold_out):
            waiting = list(chain.from_iterable(_iterate_rows(member, kind) for kind in _WITH_FLAVORS))
            workspaces, pools = (_iterate_rows(member, kind) for kind in _WITH_USAGE)
            known = self._readable[cloud.profile] = _Readable(
                (versions, sold_out),
                tuple(iterate_flavor_rows(cloud, waiting)),
                tuple(iterate_detail_rows(cloud, waiting, sold_out)),
                tuple(iterate_usage_rows(cloud, workspaces, pools)),
            )
        return known

    async def _fetch(self, row: Resource) -> Usage | None:
        self._asked_at[row.key] = self._clock.monotonic()
        member = self._triage.find_member(row)
        if member is None:
            return None
        if row.kind == "jobs" and isinstance(member.cloud, Describes):
            return find_flavors((await self._details.describe(member.cloud, row)).resource)
        return await fetch_usage(member.cloud, row)

    def _learn(self, row: Resource, detail: Detail) -> None:
        """Take the flavor of a row out of details that were read for its time or its reason."""
        if lacks_flavor_name(row):
            self._asked_at[row.key] = self._clock.monotonic()
            self._publish(row, find_flavors(detail.resource))

    def _publish(self, row: Resource, usage: Usage | None) -> None:
        fleet = self._triage.fleet
        member = fleet.find_for_resource(row) if fleet is not None else None
        if usage is not None and fleet is not None and member is not None:
            member.journal.note_usage(row, pack_usage(usage))
            self._triage.show(fleet.triage.set_usage(row, usage, fleet.primary.get_now_ms()))


def _iterate_rows(member: ConsoleSession, kind: str) -> Iterable[Resource]:
    if kind not in member.cloud.kinds:
        return ()
    return member.pollers.get_poller(kind).rows.values()
