"""Shows the open profiles on the browse screen: the rows of the last start, then one kind at a time."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from contextlib import ExitStack
from time import time
from typing import TYPE_CHECKING, Any, Protocol

from matui.console.first_rows import JumpReader, PaintHold, PollStarter
from matui.console.panes.split import read_shares
from matui.console.panes.stack import focus_now
from matui.console.table.row_feed import CursorFollower, RowFeed

if TYPE_CHECKING:
    from textual.app import App

    from matui.console.bars.frame import Frame
    from matui.console.bars.overview import Overview
    from matui.console.bars.prompt_controller import PromptController
    from matui.console.changes.last_start import LastStart
    from matui.console.fleet import OpenProfiles
    from matui.console.host import Application
    from matui.console.panes.split import SplitBody
    from matui.console.panes.stack import PaneStack
    from matui.console.session import ConsoleSession
    from matui.console.table.kind_tables import KindTables
    from matui.console.triage.home import TriageHome
    from matui.live.poll.poller import Update
    from matui.live.triage.item import Why
    from matui.resources.model import Resource, ResourceKey

_NAME = "tables"


class ArrangementKeeper:
    """Restores the arrangement of the tables, and writes it when it has changed."""

    def __init__(self, application: Application, tables: KindTables) -> None:
        self._application = application
        self._tables = tables
        self._kept: dict[str, Any] | None = None

    def restore(self) -> None:
        """Arrange the tables that are made later as in an earlier run."""
        self._tables.restore(self._application.kept.file.get(_NAME))

    def keep(self) -> None:
        """Write the arrangement if it differs from that of the last call."""
        arrangement = self._tables.export_arrangement()
        before, self._kept = self._kept, arrangement
        if before is not None and before != arrangement:
            self._application.kept.keep(_NAME, arrangement)


class ShownScreen(Protocol):
    """The methods called on the browse screen."""

    frame: Frame
    typing: PromptController

    @property
    def app(self) -> App[Any]:
        """The running application, as Textual sees it."""

    @property
    def triage(self) -> TriageHome:
        """The updater of triage."""

    def show_notice(self, words: str, *, wrong: bool = False) -> None:
        """Show a notification."""

    def show_bars(self, now: Overview | None = None) -> None:
        """Update header, tabs, status and key bar."""

    def run_worker(self, work: Coroutine[Any, Any, None], *, group: str, exclusive: bool) -> object:
        """Run ``work`` in a worker of the screen."""

    def call_after_refresh(self, callback: Callable[[], None]) -> object:
        """Call after the next paint."""

    def set_timer(self, delay: float, callback: Callable[[], None]) -> object:
        """Call after ``delay`` seconds."""

    def skip_frame_cap(self) -> None:
        """Paint the next change at once."""


class ShownProfiles:
    """The open profiles, ``fleet``, None before the first is open, and the kind that is shown of them."""

    def __init__(
        self,
        screen: ShownScreen,
        application: Application,
        body: SplitBody,
        tables: KindTables,
        panes: PaneStack,
    ) -> None:
        self._screen = screen
        self._application = application
        self._body = body
        self._tables = tables
        self._panes = panes
        self._last_start: LastStart | None = None
        self._follower = CursorFollower(tables, screen.set_timer)
        self._hold = PaintHold(screen.set_timer)
        self.arrangement = ArrangementKeeper(application, tables)
        self.starter = PollStarter(screen.set_timer)
        self._jump = JumpReader(screen.set_timer)
        self.feed = RowFeed(tables)
        self.fleet: OpenProfiles | None = None

    async def show_last_start(self, start: LastStart, rows: Sequence[Resource]) -> None:
        """Show the rows of the last start while the profiles are opened; nothing can be done to them."""
        from matui.resources.kinds.triage import TRIAGE
        from matui.resources.registry import KINDS

        kind = TRIAGE if start.screen == TRIAGE.id else KINDS.get(start.screen)
        if self.fleet is not None or kind is None or not rows:
            return
        self._last_start = start
        self._tables.now_ms = lambda: time() * 1000
        with self._screen.app.batch_update():
            await self._mount_tables()
            self._tables.show_profile_columns(start.accounts, several=start.is_multi)
            table = await self._tables.show(kind)
            self._tables.show_last(kind.id, rows)
            focus_now(table)
            self._body.fit_table(table.row_count)
            if self._tables.as_of is not None:
                self._screen.frame.status.show_as_of(self._tables.as_of, self._tables)
        self._screen.skip_frame_cap()

    async def show_profiles(self, fleet: OpenProfiles, kind_id: str) -> None:
        """Show the open profiles, one kind first; the others are polled after its first rows."""
        from matui.resources.registry import KINDS

        is_start, self.fleet = self.fleet is None, fleet
        self._screen.triage.adopt(fleet)
        fleet.controls.blurred = not self._screen.app.app_focus
        self._tables.now_ms = fleet.primary.get_now_ms
        self._tables.clock_corrections = fleet.triage.times.clock_corrections
        self._tables.colour_of = fleet.get_colour
        known = fleet.kinds
        self.starter.pending.clear()
        for member in fleet.members:
            self.starter.add(member, kind_id)
        wait = fleet.is_opening and kind_id in KINDS
        shown = kind_id if wait or kind_id in (*known, "triage") else known[0]
        if (shown == "triage" or not is_start) and not self.feed.is_any_awaited:  # else after its rows
            self._screen.triage.load_journals()
        with ExitStack() as batch:
            batch.enter_context(self._screen.app.batch_update())
            await self._mount_tables()
            await self._panes.host.close()
            start = self._last_start
            if start is None or start.screen != shown or not start.holds_for(fleet.names, fleet.members):
                self._last_start = None
                await self._tables.forget()
            self._show_profile_columns(fleet)
            now = await self._show_table(shown)
            shows_rows = self._tables.is_loaded or self._tables.as_of is not None
            if shows_rows or self._screen.app.is_headless:
                self._screen.show_bars(now)
            else:
                self._hold.hold(batch.pop_all(), self._screen.show_bars)
        if shows_rows:
            self._screen.skip_frame_cap()

    async def add_profile(self, member: ConsoleSession) -> None:
        """Show one more profile."""
        start = self._last_start
        if start is not None and not start.holds_for(tuple(start.accounts), (member,)):
            self.drop_rows(member.cloud.profile)
        self.show_fleet()
        self._screen.triage.load_journals()
        kind = self._tables.kind
        if self.fleet is not None and kind is not None and start is None and not self._tables.is_loaded:
            self._start_last_rows(self.fleet, kind.id)
        self.starter.add(member, kind.id if kind is not None else None)
        self._screen.call_after_refresh(self.starter.start_next)

    async def remove_profile(self, name: str, member: ConsoleSession | None) -> None:
        """Drop what is shown of a profile that has been closed."""
        self.starter.drop(member)
        if self._panes.host.pane is not None and self._panes.host.pane.session is member:
            await self._panes.close()
        if self.fleet is not None:
            self.feed.drop(self.fleet, name)
        kind, fleet = self._tables.kind, self.fleet
        if fleet is not None and kind is not None and kind.id not in (*fleet.kinds, "triage"):
            await self.show_kind(fleet.kinds[0])
        self.show_fleet()

    def load_journals(self) -> None:
        """Load what the journals know for triage, in the background."""
        self._screen.triage.load_journals()

    def drop_rows(self, name: str) -> None:
        """Drop the rows of a profile that could not be opened: those of an earlier start."""
        self._tables.drop(name)

    def explain(self, resource: Resource, why: Why) -> None:
        """Show in triage why a resource failed."""
        self._screen.triage.learn(resource, why)

    def awaits_reasons(self) -> bool:
        """Return whether reasons of failures on the screen are being fetched."""
        return self._screen.triage.awaits_reasons

    def show_bars(self) -> None:
        """Update header, tabs, status and key bar."""
        self._screen.show_bars()

    def show_fleet(self) -> None:
        """Update what shows the open profiles."""
        if self.fleet is not None and self.fleet.members:
            self._application.themes.apply_for_profiles(self.fleet)
            self._show_profile_columns(self.fleet)
            self._panes.show_profile()
            self._screen.show_bars()

    def _show_profile_columns(self, fleet: OpenProfiles) -> None:
        several = fleet.is_multi or bool(fleet.deferred)
        self._tables.show_profile_columns(fleet.names_shown, several=several)

    @property
    def holds_paint(self) -> bool:
        """Whether nothing is painted until the first rows, which bring the bars up to date."""
        return self._hold.is_held

    async def show_kind(self, kind_id: str) -> None:
        """Show the table of a kind; the pane of another kind closes."""
        self._screen.show_bars(await self._show_table(kind_id))

    async def _show_table(self, kind_id: str) -> Overview | None:
        """Show the table of a kind; return what :meth:`RowFeed.fill` returns."""
        from matui.resources.kinds.triage import TRIAGE
        from matui.resources.registry import KINDS

        fleet = self.fleet
        if fleet is None or not fleet.members:
            return None
        kind = TRIAGE if kind_id == TRIAGE.id else KINDS.get(kind_id)
        if kind is None or not (kind is TRIAGE or kind_id in fleet.kinds or fleet.is_opening):
            self._screen.show_notice(
                _explain_no_kind(fleet, kind_id, kind.label if kind else kind_id), wrong=True
            )
            return None
        if self._tables.kind is not None and self._tables.kind.id != kind_id:
            await self._panes.host.close()
        fleet.show(kind_id)
        if kind is TRIAGE:
            self._screen.call_after_refresh(self.starter.start_next)
        table = await self._tables.show(kind)
        now = self.feed.fill(fleet, kind)
        if not self._tables.is_loaded and self._tables.as_of is None:
            self._start_last_rows(fleet, kind_id)
        if not self._screen.typing.is_open:
            focus_now(table)
        return now

    def show_another_time(self) -> None:
        """Read everything as of another time of a replay, and discard what is known of the time before.

        The kind shown is read and painted before the others.
        """
        if self.fleet is None:
            return
        self.feed.restart(self.fleet)
        for member in self.fleet.members:
            member.signals.forget()
            member.pollers.restart()
        self._screen.triage.restart(self.fleet)
        kind = self._tables.kind
        self._jump.read(self.fleet, kind.id if kind is not None else "")

    def is_read_anew(self, kind_id: str) -> bool:
        """Return whether a list brings the table shown up to date; triage waits for all lists."""
        kind = self._tables.kind
        is_shown = kind is not None and kind.id == kind_id and not self.feed.is_awaited(kind_id)
        return is_shown or not self.feed.is_any_awaited

    def apply(self, fleet: OpenProfiles, update: Update) -> Overview | None:
        """Apply an update of a poller; return what :meth:`RowFeed.apply` returns."""
        was_empty, was_awaited = not self._tables.is_loaded, self.feed.is_any_awaited
        now = self.feed.apply(fleet, update)
        if was_awaited and not self.feed.is_any_awaited:
            self._screen.call_after_refresh(self._screen.triage.finish_restart)
        if not self.feed.is_awaited(update.snapshot.kind):
            self._jump.note_shown(update.snapshot.kind)
        if was_empty and self._tables.is_loaded:
            self._hold.release()
        self._follower.try_reach()
        return now

    async def follow(self, key: ResourceKey, kind_id: str | None = None) -> None:
        """Put the cursor on a resource as soon as its row exists, in the table of ``kind_id`` if given."""
        self._follower.follow(key)
        wanted = kind_id or key[1]
        if self._tables.kind is None or self._tables.kind.id != wanted:
            await self.show_kind(wanted)
        self._follower.try_reach()

    async def _mount_tables(self) -> None:
        if not self._tables.is_attached:
            self._body.shares = read_shares(self._application.kept.file.get("split"))
            self.arrangement.restore()
            await self._body.mount(self._tables, self._panes.host)

    def _start_last_rows(self, fleet: OpenProfiles, kind_id: str) -> None:
        self._screen.run_worker(self._show_last_rows(fleet, kind_id), group="last rows", exclusive=True)

    async def _show_last_rows(self, fleet: OpenProfiles, kind_id: str) -> None:
        """Show the rows of an earlier run until the cloud has answered."""
        from matui.console.changes.last_start import read_known_rows

        rows = await read_known_rows(fleet.members, kind_id)
        if self.fleet is fleet and self._tables.show_last(kind_id, rows):
            self._hold.release()
            self._screen.show_bars()


def _explain_no_kind(fleet: OpenProfiles, kind_id: str, label: str) -> str:
    """Return the sentence for a kind that no open profile lists."""
    from matui.console.commands.resources import as_sentence
    from matui.live.capabilities import explain_missing_kind

    reason = None if fleet.is_multi else explain_missing_kind(fleet.primary.cloud, kind_id)
    return as_sentence(reason or f"none of the open profiles has any {label}")
