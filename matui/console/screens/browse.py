"""The main screen: the table of one kind, and a split pane below it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from functools import cached_property, partial
from time import monotonic, time
from typing import TYPE_CHECKING

from textual import events, on
from textual.app import ComposeResult
from textual.content import Content

from matui.console.bars.frame import Frame
from matui.console.bars.prompt_controller import PromptController
from matui.console.cancellation import Cancellations
from matui.console.changes.unseen import Unseen
from matui.console.clock_notice import ClockNotice
from matui.console.commands.dispatch import Dispatcher
from matui.console.commands.registry import bindings
from matui.console.commands.typed_ahead import TypedAhead
from matui.console.logs.saving import LogSaves, SaveRequested
from matui.console.messages import LineCancelled, LineChanged, LineCompletion, LineSubmitted, Updated
from matui.console.paint_hold import PaintHold
from matui.console.panes.split import PaneHost, SplitBody, shares_from
from matui.console.panes.trail import PaneTrail
from matui.console.poll_starter import PollStarter
from matui.console.reading_ahead import ReadingAhead
from matui.console.table.arrangement import ArrangementKeeper
from matui.console.table.cursor_follower import CursorFollower
from matui.console.table.kind_tables import KindTables, Selection
from matui.console.table.messages import CursorMoved, Opened
from matui.console.table.row_feed import RowFeed
from matui.console.terminal.screen import DiffScreen

if TYPE_CHECKING:
    from matui.console.bars.overview import Overview
    from matui.console.bars.prompt import InputBar
    from matui.console.browse_view import ResourceKey
    from matui.console.changes.last_start import LastStart
    from matui.console.commands.command_line import CommandLine
    from matui.console.fleet import OpenProfiles
    from matui.console.host import Application
    from matui.console.messages import Mode
    from matui.console.panes.base import Pane
    from matui.console.session import ConsoleSession
    from matui.console.triage.home import TriageHome
    from matui.live.poll.poller import Snapshot
    from matui.resources.model import Resource

TICK_S = 1.0
AWAY_TICKS = 10  # ticks per update while the terminal has no focus


class BrowseScreen(DiffScreen[None]):
    """Shows the table of one kind, and a pane about one resource."""

    BINDINGS = [*bindings("browse")]
    AUTO_FOCUS = ""

    def __init__(self, application: Application) -> None:
        super().__init__()
        self._application = application
        self.fleet: OpenProfiles | None = None
        self.utc = False
        self._ticks = 0
        self._last_start: LastStart | None = None
        self._trail = PaneTrail()
        self.tables = KindTables(id="tables")
        self._reading = ReadingAhead(self, self.tables)
        self.host = PaneHost(id="pane-host")
        self._body = SplitBody(id="body")
        self._mounting_prompt = asyncio.Lock()
        self.feed = RowFeed(self.tables)
        self.starter = PollStarter(self.set_timer)
        self._follower = CursorFollower(self.tables, self.set_timer)
        self._hold = PaintHold(self.set_timer)
        self.clock_notice = ClockNotice()
        self.cancellations = Cancellations()
        self.unseen = Unseen()
        self.typed_ahead = TypedAhead(monotonic)
        self.saves = LogSaves(self)
        self._arrangement = ArrangementKeeper(application, self.tables)
        self.selection = Selection(self.tables, self.host)
        self.typing = PromptController(self, self.tables, self.host, self.selection)
        self.dispatch = Dispatcher(
            application, self, self._body, self.tables, self.host, self.selection, self.typing
        )
        self.frame = Frame(application, self.tables, self.unseen, self.dispatch.hints, self._prompt_mode)

    @cached_property
    def input(self) -> InputBar:
        """The prompt, built when it is first used."""
        from matui.console.bars.prompt import InputBar

        return InputBar(id="input")

    @cached_property
    def triage(self) -> TriageHome:
        """What keeps triage up to date, built with the first profile."""
        from matui.console.triage.home import TriageHome

        return TriageHome(self, self.tables, self.feed)

    @property
    def is_typing(self) -> bool:
        """Whether the prompt is open."""
        return "input" in vars(self) and self.input.is_open

    @property
    def has_cancellable(self) -> bool:
        """Whether esc cancels something: the prompt, a search, or work in progress."""
        pane = self.host.pane
        return self.is_typing or bool(self.cancellations) or (pane is not None and bool(pane.search_text))

    def _prompt_mode(self) -> Mode | None:
        return self.input.mode if self.is_typing else None

    async def mount_prompt(self) -> None:
        """Mount the prompt, which the first rows need not wait for."""
        async with self._mounting_prompt:
            if not self.input.is_attached:
                await self.mount(self.input, before="#status")

    @property
    def session(self) -> ConsoleSession | None:
        """The profile of the selected resource; without one, the first profile that has the kind shown."""
        fleet = self.fleet
        if fleet is None or not fleet.members:
            return None
        kind = self.tables.kind
        of_row = fleet.for_resource(self.selection.one()) if fleet.is_multi else None
        return of_row or next(iter(fleet.with_kind(kind.id if kind else "")), fleet.primary)

    def compose(self) -> ComposeResult:
        """Lay out the bars around the empty body; table and pane are mounted later."""
        yield self.frame.header
        yield self.frame.tabs
        yield self._body
        yield self.frame.status
        yield self.frame.keys

    def on_mount(self) -> None:
        """Show what is being opened, and start the timer that updates ages and freshness."""
        self.frame.show_opening()
        self.set_interval(TICK_S, self.tick)

    async def show_last_start(self, start: LastStart, rows: Sequence[Resource]) -> None:
        """Show the rows of the last start while the profiles are opened; nothing can be done to them."""
        from matui.resources.kinds.triage import TRIAGE
        from matui.resources.registry import KINDS

        kind = TRIAGE if start.screen == TRIAGE.id else KINDS.get(start.screen)
        if self.fleet is not None or kind is None or not rows:
            return
        self._last_start = start
        self.tables.now_ms = lambda: time() * 1000
        with self.app.batch_update():
            await self._mount_tables()
            self.tables.show_profile_columns(start.accounts, several=start.is_multi)
            table = await self.tables.show(kind)
            self.tables.show_last(kind.id, rows)
            table.focus()
        self._body.fit_table(table.row_count)
        if self.tables.as_of is not None:
            self.frame.status.show_as_of(self.tables.as_of)

    async def _mount_tables(self) -> None:
        if not self.tables.is_attached:
            self._body.shares = shares_from(self._application.memory.get("split"))
            self._arrangement.restore()
            await self._body.mount(self.tables, self.host)

    async def show_profiles(self, fleet: OpenProfiles, kind_id: str) -> None:
        """Show the open profiles, one kind first; the others are polled after its first rows."""
        from matui.resources.registry import KINDS

        self.fleet = fleet
        self.triage.adopt(fleet)
        fleet.controls.blurred = not self.app.app_focus
        self.tables.now_ms = fleet.primary.now_ms
        self.tables.colour_of = fleet.colour_of
        known = fleet.kinds
        self.starter.pending.clear()
        for member in fleet.members:
            self.starter.add(member, kind_id)
        wait = fleet.is_opening and kind_id in KINDS
        shown = kind_id if wait or kind_id in (*known, "triage") else known[0]
        with ExitStack() as batch:
            batch.enter_context(self.app.batch_update())
            await self._mount_tables()
            await self.host.close()
            start = self._last_start
            if start is None or start.screen != shown or not start.holds_for(fleet.names, fleet.members):
                self._last_start = None
                await self.tables.forget()
            self.tables.show_profile_columns(fleet.names_shown, several=fleet.is_multi)
            await self.show_kind(shown)
            shows_rows = self.tables.is_loaded or self.tables.as_of is not None
            if not (shows_rows or self.app.is_headless):
                self._hold.hold(batch.pop_all())

    async def add_profile(self, member: ConsoleSession) -> None:
        """Show one more profile."""
        start = self._last_start
        if start is not None and not start.holds_for(tuple(start.accounts), (member,)):
            self.drop_rows(member.cloud.profile)
        self.show_fleet()
        self.triage.load_journals()
        kind = self.tables.kind
        self.starter.add(member, kind.id if kind is not None else None)
        self.call_after_refresh(self.starter.start_next)

    async def remove_profile(self, name: str, member: ConsoleSession | None) -> None:
        """Drop what is shown of a profile that has been closed."""
        self.starter.drop(member)
        if self.host.pane is not None and self.host.pane.session is member:
            await self.close_pane()
        if self.fleet is not None:
            self.feed.drop(self.fleet, name)
        kind, fleet = self.tables.kind, self.fleet
        if fleet is not None and kind is not None and kind.id not in (*fleet.kinds, "triage"):
            await self.show_kind(fleet.kinds[0])
        self.show_fleet()

    def drop_rows(self, name: str) -> None:
        """Drop the rows of a profile that could not be opened: those of an earlier start."""
        self.tables.drop(name)

    def show_fleet(self) -> None:
        """Update what shows the open profiles."""
        if self.fleet is not None and self.fleet.members:
            self._application.themes.apply_for_profiles(self.fleet)
            self.tables.show_profile_columns(self.fleet.names_shown, several=self.fleet.is_multi)
            if self.host.pane is not None:
                self.host.pane.show_profile(self._chip_of(self.host.pane))
            self.show_bars()

    def _chip_of(self, pane: Pane) -> Content:
        """Return the profile of a pane in its colour; empty where there is only one profile."""
        if self.fleet is None or not self.fleet.is_multi:
            return Content("")
        from matui.console.bars.header import chip_style

        name = pane.resource.profile
        return Content.styled(f" {name} ", chip_style(self.fleet.colour_of(name)))

    async def show_kind(self, kind_id: str) -> None:
        """Show the table of a kind; the pane of another kind closes."""
        from matui.resources.kinds.triage import TRIAGE
        from matui.resources.registry import KINDS

        fleet = self.fleet
        if fleet is None or not fleet.members:
            return
        kind = TRIAGE if kind_id == TRIAGE.id else KINDS.get(kind_id)
        if kind is None or not (kind is TRIAGE or kind_id in fleet.kinds or fleet.is_opening):
            whose = "None of the open profiles" if fleet.is_multi else fleet.primary.cloud.name
            self.say(f"{whose} has {'any' if fleet.is_multi else 'no'} {kind_id} here.", wrong=True)
            return
        if self.tables.kind is not None and self.tables.kind.id != kind_id:
            await self.host.close()
        fleet.show(kind_id)
        if kind is TRIAGE:
            self.call_after_refresh(self.starter.start_next)
        table = await self.tables.show(kind)
        now = self.feed.fill(fleet, kind)
        if not self.tables.is_loaded and self.tables.as_of is None:
            self.run_worker(self._show_last_rows(fleet, kind_id), group="last rows", exclusive=True)
        if not self.is_typing:
            table.focus()
        self.show_bars(now)

    async def _show_last_rows(self, fleet: OpenProfiles, kind_id: str) -> None:
        """Show the rows of an earlier run until the cloud has answered."""
        from matui.console.changes.warm_start import read_last_rows

        rows = await read_last_rows(fleet.members, kind_id)
        if self.fleet is fleet and self.tables.show_last(kind_id, rows):
            self._hold.release()
            self.show_bars()

    async def show_pane(self, pane: Pane) -> None:
        """Show a pane and give it the focus; one opened out of another goes back to that."""
        outer = self.host.pane
        if outer is None or not self.selection.in_pane:
            self._trail.clear()
        else:
            self._trail.add(outer, pane)
        await self._mount_pane(pane)

    async def _mount_pane(self, pane: Pane) -> None:
        pane.set_utc(self.utc)
        pane.show_profile(self._chip_of(pane))
        await self.host.show(pane)
        pane.focus_body()
        self.show_bars()

    async def follow(self, key: ResourceKey) -> None:
        """Put the cursor on a resource as soon as its row exists."""
        self._follower.follow(key)
        if self.tables.kind is None or self.tables.kind.id != key[1]:
            await self.show_kind(key[1])
        self._follower.try_reach()

    async def leave_pane(self) -> None:
        """Go back to the pane out of which this one was opened; without one, close it."""
        if self._trail:
            await self._mount_pane(self._trail.pop(self.host.pane))
        else:
            await self.close_pane()

    async def close_pane(self) -> None:
        """Close the pane and give the focus back to the table."""
        self._trail.clear()
        await self.host.close()
        if self.tables.table is not None:
            self.tables.table.focus()
        self.show_bars()

    @on(Updated)
    def updated(self, event: Updated) -> None:
        """Apply what a poller published to the table, the pane and the bars."""
        fleet, update = self.fleet, event.update
        member = fleet.by_name(update.snapshot.profile) if fleet is not None else None
        if fleet is None or member is None:
            return  # its profile has been closed meanwhile
        self._note_errors(fleet, member, update.snapshot)
        if fleet.is_crowded and not self.feed.has_news(update):
            self._continue_start(with_rows=bool(update.snapshot.rows))
            return  # the next tick shows its age
        was_empty = not self.tables.is_loaded
        now = self.feed.apply(fleet, update)
        if was_empty and self.tables.is_loaded:
            self._hold.release()
            self.skip_frame_cap()
        self._follower.try_reach()
        self._continue_start(with_rows=bool(update.snapshot.rows))
        self.host.update_resource(update.diff)
        if fleet.is_crowded and not was_empty:
            return  # the next tick updates the bars: with many profiles that takes longer than the row
        self.triage.ask_for_reasons()
        self.show_bars(now)

    def _note_errors(self, fleet: OpenProfiles, member: ConsoleSession, snapshot: Snapshot) -> None:
        """Add the error of a poll to the error log, and warn of a wrong clock."""
        about = f"{snapshot.profile} {snapshot.kind}" if fleet.is_multi else snapshot.kind
        fleet.errors.record(about, snapshot.freshness.error, member.clock.now())
        self.clock_notice.check(member, partial(self.say, wrong=True))

    def _continue_start(self, *, with_rows: bool) -> None:
        """Start what was deferred until the first answer: pollers, the rest of the demo, the prompt."""
        if self.starter.pending:
            self.call_after_refresh(self.starter.start_next)
        self._application.on_first_rows(with_rows=with_rows)
        if "input" not in vars(self):
            self.call_after_refresh(self.mount_prompt)

    @on(CursorMoved)
    def _row_changed(self) -> None:
        """Update the key bar: each cloud offers other commands."""
        if self.fleet is not None and self.fleet.is_multi:
            self.frame.show_keys()
        self._reading.restart(self.fleet)

    @on(events.DescendantFocus)
    def _focus_moved(self) -> None:
        """Update the bars for the widget that has the focus."""
        self.show_bars()

    def tick(self) -> None:
        """Update what depends on the time; what has not changed is not repainted."""
        self._ticks += 1
        if self.flow is not None:
            self.frame.add_written(self.flow.written)
        if not self.app.app_focus and self._ticks % AWAY_TICKS:
            return
        self.tables.tick()
        self._note_look()
        if self.fleet is not None:
            self.triage.tick()
        if not self.is_typing and self.fleet is not None:
            self._arrangement.keep()
        if self.host.pane is not None:
            self.host.pane.tick()
        self.show_bars()

    def _note_look(self) -> None:
        """Take the kind shown as looked at while nothing is over it and the terminal has the focus."""
        fleet, kind = self.fleet, self.tables.kind
        if fleet is not None and fleet.members and kind is not None:
            is_seen = self.app.app_focus and self.app.screen is self
            self.unseen.look(kind.id if is_seen else "", fleet.primary.clock.monotonic())

    def show_bars(self, now: Overview | None = None) -> None:
        """Update header, tabs, status and key bar; ``now`` is used if it is of the kind shown."""
        fleet, kind = self.fleet, self.tables.kind
        if fleet is None or not fleet.members or kind is None or not self.is_mounted:
            return
        from matui.console.bars.overview import overview

        if self.tables.table is not None:
            self._body.fit_table(self.tables.table.row_count)
        if now is None or now.kind_id != kind.id:
            now = overview(fleet, kind)
        self.frame.show(fleet, kind, now, saving=self.saves.status, utc=self.utc)

    def toggle_rate(self) -> None:
        """Show in the status bar how many bytes a second go to the terminal, or stop showing it."""
        if self.flow is None and not self.app.is_headless:
            self.say("The output rate is not measured on stock Textual.", wrong=True)
            return
        self.frame.toggle_rate()
        self.show_bars()

    def say(self, words: str, *, wrong: bool = False) -> None:
        """Show a notification."""
        self.notify(words, severity="warning" if wrong else "information", markup=False)

    def on_pane_said(self, event: Pane.Said) -> None:
        """Show a notification of a pane."""
        self.say(event.words, wrong=event.wrong)

    @on(LineChanged)
    def _typed(self, event: LineChanged) -> None:
        self.typing.change(event.mode, event.text)

    @on(LineSubmitted)
    async def _entered(self, event: LineSubmitted) -> None:
        try:
            await self.typing.submit(event.mode, event.text)
        finally:
            self.input.release()

    @on(LineCancelled)
    def _cancelled(self) -> None:
        self.typing.cancel()

    @on(LineCompletion)
    def _completion(self) -> None:
        self.typing.complete()

    @on(SaveRequested)
    def _save_requested(self, event: SaveRequested) -> None:
        event.stop()
        self.saves.start(event.save)

    async def on_unmount(self) -> None:
        """Stop the saves in progress, and fetching reasons."""
        if self.fleet is not None:
            await self.triage.close()
        await self.saves.close()

    def command_keys(self) -> Mapping[str, str]:
        """Return the keys of each command, as people read them."""
        return self._application.keys

    @on(SplitBody.Resized)
    def _split_resized(self, event: SplitBody.Resized) -> None:
        event.stop()
        self._application.keep("split", event.shares._asdict())

    @on(Opened)
    async def _opened(self, event: Opened) -> None:
        event.stop()
        await self.dispatch.run("why" if self.tables.in_triage else "detail")

    def command_line(self) -> CommandLine:
        """Return the parser of commands, with the arguments known now."""
        return self.dispatch.command_line()

    async def run_command(self, command_id: str, argument: str = "") -> None:
        """Run a command."""
        await self.dispatch.run(command_id, argument)

    async def action_click(self, command_id: str, argument: str) -> None:
        """Run the command of a part of a bar; the filter that is set already is cleared."""
        if self.is_typing:
            self.typing.leave()
        if command_id == "filter" and argument and argument == self.tables.filter_text:
            self.typing.filter("")
        else:
            await self.dispatch.run(command_id, argument)

    async def action_run(self, command_id: str) -> None:
        """Run a command by its id: the action of every binding."""
        await self.dispatch.run(command_id)
