"""Passes rows to the tables: of each kind, of what needs a person; follows the cursor to rows that come."""

from __future__ import annotations

from asyncio import TimerHandle, get_running_loop
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.widget import Widget

    from matui.console.bars.overview import Overview
    from matui.console.fleet import OpenProfiles
    from matui.console.table.kind_tables import KindTables
    from matui.live.poll.poller import Update
    from matui.live.poll.rows import Diff
    from matui.resources.kind import Kind
    from matui.resources.model import Resource, ResourceKey

FOLLOWED_S = 30.0
_REST_S = 0.25


class RowFeed:
    """Keeps the tables of the open profiles up to date, and the triage of the fleet."""

    def __init__(self, tables: KindTables) -> None:
        self._tables = tables
        self._restarted: set[tuple[str, str]] = set()

    def restart(self, fleet: OpenProfiles) -> None:
        """Discard what is known besides the lists, which are read anew."""
        self._restarted |= {
            (part.profile, part.kind)
            for part in fleet.iterate_polled_lists()
            if part.freshness.fetched_at is not None or part.freshness.error is not None
        }
        fleet.triage.restart()

    def is_awaited(self, kind_id: str) -> bool:
        """Return whether a profile's list of a kind is still to be read anew."""
        return any(kind == kind_id for _profile, kind in self._restarted)

    @property
    def is_any_awaited(self) -> bool:
        """Whether any list is still to be read anew."""
        return bool(self._restarted)

    def has_news(self, update: Update) -> bool:
        """Return whether an update of a poller changes anything in the tables."""
        is_restarted = (update.snapshot.profile, update.snapshot.kind) in self._restarted
        return bool(update.diff) or is_restarted or not self._is_settled(update)

    def _is_settled(self, update: Update) -> bool:
        return all(map(self._tables.is_settled, (update.snapshot.kind, "triage")))

    def apply(self, fleet: OpenProfiles, update: Update) -> Overview | None:
        """Apply an update of a poller to the table of its kind and to the triage table.

        Returns the state of the kind shown, if it has been computed, else that of the update's kind; None
        for many profiles whose tables need nothing but the changed rows.
        """
        from matui.clouds.protocols import compute_clock_correction_ms

        board, now_ms = fleet.triage, fleet.primary.get_now_ms()
        if (member := fleet.find_by_name(update.snapshot.profile)) is not None:
            board.correct_clock(update.snapshot.profile, compute_clock_correction_ms(member.cloud))
        if (update.snapshot.profile, update.snapshot.kind) in self._restarted:
            return self._apply_restarted(fleet, update, now_ms)
        board.times.observe(update.diff, now_ms)
        update = update._replace(diff=board.times.add_to_diff(update.diff))
        in_trouble = board.apply(update.diff, now_ms)

        def iterate_rows() -> Iterable[Resource]:
            return map(board.times.add_to, fleet.list_rows(update.snapshot.kind))

        if fleet.is_crowded and self._is_settled(update):
            self._tables.update_rows(update, None, iterate_rows)
            self.show_trouble(in_trouble)
            if self._is_settled(update):
                return None
        from matui.console.bars.overview import build_overview
        from matui.resources.registry import get_kind

        now = build_overview(fleet, get_kind(update.snapshot.kind))
        self._tables.update_rows(update, now, iterate_rows)
        self.show_trouble(in_trouble)
        if self._tables.in_triage and self._tables.kind is not None:
            now = self.fill(fleet, self._tables.kind)
        self._tables.confirm("triage", update)
        return now

    def _apply_restarted(self, fleet: OpenProfiles, update: Update, now_ms: float) -> Overview:
        """Apply an update of a list that is read anew; its table is loaded once every profile's has come."""
        from matui.console.bars.overview import build_overview
        from matui.live.poll.rows import Diff
        from matui.resources.kinds.triage import TRIAGE
        from matui.resources.registry import get_kind

        board, snapshot = fleet.triage, update.snapshot
        rows = tuple(snapshot.rows.values())
        board.times.observe(Diff(added=rows), now_ms)
        dated = tuple(map(board.times.add_to, rows))
        self.show_trouble(board.replace_list(snapshot.profile, snapshot.kind, dated, now_ms))
        if snapshot.complete or snapshot.freshness.error is not None:
            self._restarted.discard((snapshot.profile, snapshot.kind))
        now = build_overview(fleet, get_kind(snapshot.kind))
        if not self.is_awaited(snapshot.kind):
            every_row = map(board.times.add_to, fleet.list_rows(snapshot.kind))
            self._tables.load_again(snapshot.kind, every_row, now)
        in_triage = self._tables.in_triage
        if self._restarted and not in_triage:
            return now
        triage = build_overview(fleet, TRIAGE)
        if not self._restarted:
            self._tables.load_again(TRIAGE.id, board.rows.values(), triage)
        elif in_triage:
            self._tables.fill(TRIAGE.id, board.rows.values(), triage)
        return triage if in_triage else now

    def show_trouble(self, diff: Diff) -> None:
        """Apply a change of triage to its table."""
        if diff:
            self._tables.take("triage", diff)

    def fill(self, fleet: OpenProfiles, kind: Kind) -> Overview:
        """Load every known row into the table shown; returns the state of the kind."""
        from matui.console.bars.overview import build_overview

        board = fleet.triage
        in_triage = self._tables.in_triage
        rows = list(board.rows.values()) if in_triage else map(board.times.add_to, fleet.list_rows(kind.id))
        now = build_overview(fleet, kind)
        self._tables.fill(kind.id, rows, now)
        return now

    def drop(self, fleet: OpenProfiles, profile: str) -> None:
        """Remove the rows of a profile that has been closed."""
        self._restarted = {one for one in self._restarted if one[0] != profile}
        self._tables.drop(profile)
        fleet.triage.drop(profile)


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
