"""The main screen: the table of one kind, and a split pane below it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property, partial
from time import monotonic
from typing import TYPE_CHECKING

from textual import events, on
from textual.app import ComposeResult

from matui.console.bars.frame import Frame
from matui.console.bars.prompt_controller import PromptController
from matui.console.changes.unseen import Unseen
from matui.console.commands.dispatch import BrowseParts, Dispatcher
from matui.console.commands.registry import build_bindings, build_explained_bindings
from matui.console.early_input import TypedAhead
from matui.console.interrupts import Cancellations
from matui.console.logs.saving import LogSaves, SaveRequested
from matui.console.messages import (
    CursorMoved,
    LineCancelled,
    LineChanged,
    LineCompletion,
    LineSubmitted,
    Opened,
    Updated,
)
from matui.console.notices import ClockNotice
from matui.console.panes.split import PaneHost, SplitBody
from matui.console.panes.stack import PaneStack
from matui.console.shown_profiles import ShownProfiles
from matui.console.table.kind_tables import KindTables
from matui.console.table.row_feed import ReadingAhead
from matui.console.table.selection import Selection
from matui.console.terminal.screen import DiffScreen
from matui.console.terminal.toasts import ToastRoom

if TYPE_CHECKING:
    from matui.console.bars.overview import Overview
    from matui.console.commands.command_line import CommandLine
    from matui.console.fleet import OpenProfiles
    from matui.console.host import Application
    from matui.console.panes.base import Pane
    from matui.console.session import ConsoleSession
    from matui.console.triage.home import TriageHome
    from matui.live.poll.poller import Snapshot

TICK_S = 1.0
PAINT_S = 0.1  # between the first answer and what is started after its rows
AWAY_TICKS = 10  # ticks per update while the terminal has no focus


class BrowseScreen(DiffScreen[None]):
    """Shows the table of one kind, and a pane about one resource."""

    BINDINGS = [*build_bindings("browse"), *build_explained_bindings()]
    AUTO_FOCUS = ""

    def __init__(self, application: Application) -> None:
        super().__init__()
        self._application = application
        self._ticks = 0
        self._rest_started = False
        self.tables = KindTables(id="tables")
        self._reading = ReadingAhead(self, self.tables)
        self.host = PaneHost(id="pane-host")
        self._body = SplitBody(id="body")
        self.clock_notice = ClockNotice()
        self.cancellations = Cancellations()
        self.unseen = Unseen()
        self.typed_ahead = TypedAhead(monotonic)
        self.saves = LogSaves(self)
        self.selection = Selection(self.tables, self.host)
        self.panes = PaneStack(self.host, self.tables, self.selection, lambda: self.fleet, self.show_bars)
        self.typing = PromptController(self, self.tables, self.host, self.selection)
        self.dispatch = Dispatcher(
            BrowseParts(application, self, self._body, self.tables, self.host, self.selection, self.typing)
        )
        self.frame = Frame(
            application, self.tables, self.unseen, self.dispatch.list_hints, self.typing.open_mode
        )
        self.shown = ShownProfiles(self, application, self._body, self.tables, self.panes)

    @property
    def fleet(self) -> OpenProfiles | None:
        """The open profiles, or None before the first one is open."""
        return self.shown.fleet

    @cached_property
    def triage(self) -> TriageHome:
        """The updater of triage, built with the first profile."""
        from matui.console.triage.home import TriageHome

        return TriageHome(self, self.tables, self.shown.feed, playback=self._application.playback)

    @property
    def has_cancellable(self) -> bool:
        """Whether esc cancels something: the prompt, a search, or work in progress."""
        pane = self.host.pane
        return (
            self.typing.is_open or bool(self.cancellations) or (pane is not None and bool(pane.search_text))
        )

    @property
    def session(self) -> ConsoleSession | None:
        """The profile of the selected resource; without one, the first profile that has the kind shown."""
        fleet = self.fleet
        if fleet is None or not fleet.members:
            return None
        kind = self.tables.kind
        of_row = fleet.find_for_resource(self.selection.get_one()) if fleet.is_multi else None
        return of_row or next(iter(fleet.find_with_kind(kind.id if kind else "")), fleet.primary)

    def compose(self) -> ComposeResult:
        """Lay out the bars around the empty body; table and pane are mounted later."""
        yield self.frame.header
        yield self.frame.tabs
        yield self._body
        yield self.frame.status
        yield self.frame.keys

    def find_toast_room(self) -> ToastRoom:
        """Return the lower end of the table, or of the pane: its last lines are those followed."""
        table = self.tables.table if self.host.pane is None else None
        return ToastRoom(self._body, table.free_lines if table is not None else 0)

    def on_mount(self) -> None:
        """Show what is being opened, and start the timer that updates ages and freshness."""
        self.frame.show_opening()
        self.set_interval(TICK_S, self.tick)

    @on(Updated)
    def show_update(self, event: Updated) -> None:
        """Apply what a poller published to the table, the pane and the bars."""
        fleet, update = self.fleet, event.update
        member = fleet.find_by_name(update.snapshot.profile) if fleet is not None else None
        if fleet is None or member is None:
            return  # its profile has been closed meanwhile
        if update.snapshot.rows is not member.pollers.get_rows(update.snapshot.kind):
            return  # its list is read anew
        self._note_errors(fleet, member, update.snapshot)
        if fleet.is_crowded and not self.shown.feed.has_news(update):
            self._continue_start(with_rows=bool(update.snapshot.rows))
            return  # the next tick shows its age
        was_empty = not self.tables.is_loaded
        now = self.shown.apply(fleet, update)
        if was_empty and self.tables.is_loaded:
            self.skip_frame_cap()
        self._continue_start(with_rows=bool(update.snapshot.rows))
        self.host.update_resource(update.diff)
        if fleet.is_crowded and not was_empty:
            return  # the next tick updates the bars: with many profiles that takes longer than the row
        if self.shown.is_read_anew(update.snapshot.kind):
            self.triage.ask_for_reasons()
            self.show_bars(now)

    def _note_errors(self, fleet: OpenProfiles, member: ConsoleSession, snapshot: Snapshot) -> None:
        """Add the error of a poll to the error log, and warn of a wrong clock."""
        about = f"{snapshot.profile} {snapshot.kind}" if fleet.is_multi else snapshot.kind
        now = member.clock.now()
        fleet.errors.record(about, snapshot.freshness.error, now)
        whose = fleet.build_prefix(member.cloud.profile)
        wrong_clock = self.clock_notice.check(
            member.cloud, lambda words: self.show_notice(f"{whose}{words}", wrong=True)
        )
        member.errors.record("clock", wrong_clock, now)

    def _continue_start(self, *, with_rows: bool) -> None:
        """Start what was deferred until the first answer, once its rows have had time to be painted."""
        if self._rest_started or self.app.is_headless:
            self._start_rest(with_rows=with_rows)
        else:
            self.set_timer(PAINT_S, partial(self._start_rest, with_rows=with_rows))

    def _start_rest(self, *, with_rows: bool) -> None:
        """Start pollers, the rest of the demo and the prompt."""
        self._rest_started = True
        if self.shown.starter.pending:
            self.call_after_refresh(self.shown.starter.start_next)
        self._application.on_first_rows(with_rows=with_rows)
        if not self.typing.is_built:
            self.call_after_refresh(self.typing.mount)

    @on(CursorMoved)
    def _show_row(self, event: CursorMoved) -> None:
        """Update the key bar: each row forbids other commands; and what the status bar has of the row."""
        event.stop()
        if self.tables.in_triage or self.tables.cut_profile:
            self.show_bars()
        elif self.fleet is not None and not self.shown.holds_paint:
            self.frame.show_keys()
        self._reading.restart(self.fleet)

    @on(events.DescendantFocus)
    def _show_focus(self) -> None:
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
        if not self.typing.is_open and self.fleet is not None:
            self.shown.arrangement.keep()
        if self.host.pane is not None:
            self.host.pane.tick()
            self.host.pane.update_age()
        self.show_bars()
        self.arrange_toasts()

    def _note_look(self) -> None:
        """Take the kind shown as looked at while nothing is over it and the terminal has the focus."""
        fleet, kind = self.fleet, self.tables.kind
        if fleet is not None and fleet.members and kind is not None:
            is_seen = self.app.app_focus and self.app.screen is self
            self.unseen.look(kind.id if is_seen else "", fleet.primary.clock.monotonic())

    def show_bars(self, now: Overview | None = None) -> None:
        """Update header, tabs, status and key bar; ``now`` is used if it is of the kind shown."""
        fleet, kind = self.fleet, self.tables.kind
        if fleet is None or not fleet.members or kind is None:
            return
        if not (self.is_mounted and self._application.is_running) or self.shown.holds_paint:
            return
        from matui.console.bars.overview import build_overview

        if self.tables.table is not None:
            self._body.fit_table(self.tables.table.row_count)
        if now is None or now.kind_id != kind.id:
            now = build_overview(fleet, kind)
        self.frame.show(fleet, kind, now, saving=self.saves.status, utc=self.panes.utc)

    def toggle_rate(self) -> None:
        """Show in the status bar how many bytes a second go to the terminal, or stop showing it."""
        if self.flow is None and not self.app.is_headless:
            self.show_notice("The output rate is not measured on stock Textual.", wrong=True)
            return
        self.frame.toggle_rate()
        self.show_bars()

    def show_notice(self, words: str, *, wrong: bool = False) -> None:
        """Show a notification."""
        self.notify(words, severity="warning" if wrong else "information", markup=False)

    def on_pane_notice(self, event: Pane.Notice) -> None:
        """Show a notification of a pane, with its profile where several are open."""
        fleet, pane = self.fleet, self.host.pane
        whose = fleet.build_prefix(pane.resource.profile) if fleet is not None and pane is not None else ""
        self.show_notice(f"{whose}{event.words}", wrong=event.wrong)

    @on(LineChanged)
    def _change_line(self, event: LineChanged) -> None:
        self.typing.change(event.mode, event.text)

    @on(LineSubmitted)
    async def _submit_line(self, event: LineSubmitted) -> None:
        await self.typing.submit(event.mode, event.text)

    @on(LineCancelled)
    def _cancel_line(self) -> None:
        self.typing.cancel()

    @on(LineCompletion)
    def _complete_line(self) -> None:
        self.typing.complete()

    @on(SaveRequested)
    def _start_save(self, event: SaveRequested) -> None:
        event.stop()
        self.saves.start(event.save)

    async def on_unmount(self) -> None:
        """Stop the saves in progress, and fetching reasons."""
        if self.fleet is not None:
            await self.triage.close()
        await self.saves.close()

    def map_command_keys(self) -> Mapping[str, str]:
        """Return the keys of each command, as people read them."""
        return self._application.keys

    @on(SplitBody.Resized)
    def _keep_split(self, event: SplitBody.Resized) -> None:
        event.stop()
        self._application.kept.keep("split", event.shares._asdict())

    @on(Opened)
    async def _open_row(self, event: Opened) -> None:
        event.stop()
        await self.dispatch.run("why" if self.tables.in_triage else "detail")

    def build_command_line(self) -> CommandLine:
        """Return the parser of commands, with the arguments known now."""
        return self.dispatch.build_command_line()

    async def run_command(self, command_id: str, argument: str = "") -> None:
        """Run a command."""
        await self.dispatch.run(command_id, argument)

    async def action_click(self, command_id: str, argument: str) -> None:
        """Run the command of a part of a bar; the filter that is set already is cleared."""
        if self.typing.is_open:
            self.typing.leave()
        if command_id == "filter" and argument and argument == self.tables.filter_text:
            self.typing.filter("")
        else:
            await self.dispatch.run(command_id, argument)

    async def action_run(self, command_id: str) -> None:
        """Run a command by its id: the action of every binding."""
        await self.dispatch.run(command_id)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave a key of a pane's command to the command of the screen that has it."""
        if action == "explain":
            return parameters[0] in self._application.explained_commands
        return super().check_action(action, parameters)

    def action_explain(self, command_id: str) -> None:
        """Show why a key of a pane does nothing where the focus is."""
        self.show_notice(self.dispatch.explain_unhandled(command_id), wrong=True)
