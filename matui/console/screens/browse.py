"""The one screen: a table whose kind changes in place, and a split pane below it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import ExitStack
from functools import cached_property, partial
from time import monotonic
from typing import TYPE_CHECKING, cast

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content

from matui.console.bars import HeaderBar, KeyBar, StatusBar, TabsBar
from matui.console.clock_notice import ClockNotice
from matui.console.commands import bindings
from matui.console.dispatch import KIND_COMMANDS, Dispatcher
from matui.console.kind_tables import KindTables
from matui.console.messages import Updated
from matui.console.pane_host import PaneHost
from matui.console.panes.catalog import PANES, pane_class, why_no_pane
from matui.console.selection import Selection
from matui.console.terminal.line_rate import LineRate
from matui.console.terminal.screen import LeanScreen
from matui.console.typing_line import TypingLine
from matui.console.widgets.table_messages import CursorMoved, Opened
from matui.console.widgets.typed_messages import LineCancelled, LineChanged, LineCompletion, LineSubmitted

if TYPE_CHECKING:
    from matui.console.app import MatuiApp
    from matui.console.fleet import OpenProfiles
    from matui.console.panes.base import Pane
    from matui.console.session import ConsoleSession
    from matui.console.widgets.input_bar import InputBar
    from matui.live.snapshot import Update
    from matui.live.troubles import Troubles
    from matui.resources.kind import Kind

TICK_S = 1.0
AWAY_TICKS = 10  # of which one counts while the terminal has no focus
FOLLOWED_S = 30.0
NEXT_POLLER_S = 0.03
SOON_S = 0.05


class BrowseScreen(LeanScreen[None]):
    """Shows one kind of resource at a time and whatever the user wants to see of one of them."""

    BINDINGS = [*bindings("browse")]
    AUTO_FOCUS = ""

    def __init__(self) -> None:
        super().__init__()
        self.fleet: OpenProfiles | None = None
        self.utc = False
        self._ticks = 0
        self.rate: LineRate | None = None
        self.troubles: Troubles
        self._unwatched: list[tuple[ConsoleSession, str]] = []
        self._wanted: tuple[str, str, str] | None = None
        self.tables = KindTables(id="tables")
        self.host = PaneHost(id="pane-host")
        self._furnishing = asyncio.Lock()
        self._held = ExitStack()
        self.clock_notice = ClockNotice()
        self.selection = Selection(self.tables, self.host)
        self.typing = TypingLine(self)
        self.dispatch = Dispatcher(self)

    @cached_property
    def input(self) -> InputBar:
        """The line at the bottom in which one types."""
        from matui.console.widgets.input_bar import InputBar

        return InputBar(id="input")

    @property
    def is_typing(self) -> bool:
        """Whether the line at the bottom is open."""
        return "input" in vars(self) and self.input.is_open

    async def furnish(self) -> None:
        """Put in place what the first rows need not wait for."""
        async with self._furnishing:
            if not self.input.is_attached:
                await self.mount(self.input, before="#status")

    @property
    def matui(self) -> MatuiApp:
        """The application, as what it is."""
        return cast("MatuiApp", self.app)

    @property
    def session(self) -> ConsoleSession | None:
        """The profile of what the keys apply to; where nothing is selected, one that has the kind shown."""
        fleet = self.fleet
        if fleet is None or not fleet.members:
            return None
        kind = self.tables.kind
        of_row = fleet.for_resource(self.selection.one()) if fleet.is_multi else None
        return of_row or next(iter(fleet.with_kind(kind.id if kind else "")), fleet.primary)

    def compose(self) -> ComposeResult:
        """Lay out what can be painted at once: the bars, around the room for table and pane."""
        yield HeaderBar(id="header")
        yield TabsBar(id="tabs")
        yield Vertical(id="body")
        yield StatusBar(id="status")
        yield KeyBar(id="hints")

    def on_mount(self) -> None:
        """Say what is being opened, and start the tick that lets ages and freshness go on."""
        options = self.matui.options
        self.query_one(HeaderBar).show_opening(options.profile or ("demo" if options.demo else ""))
        self.query_one(KeyBar).show_hints(self.hints(), self.matui.keys)
        self.set_interval(TICK_S, self.tick)

    async def begin(self, fleet: OpenProfiles, kind_id: str) -> None:
        """Look at what is open, one of its kinds first; the others are polled once that has come."""
        from matui.live.troubles import Troubles

        if self.fleet is not fleet:
            self.troubles = Troubles()
        self.fleet = fleet
        fleet.blur(not self.app.app_focus)
        self.tables.now_ms = fleet.primary.now_ms
        self.tables.colour_of = fleet.colour_of
        known = fleet.kinds
        self._unwatched = [one for member in fleet.members for one in _polled(member) if one[1] != kind_id]
        wait = fleet.is_opening and kind_id in KIND_COMMANDS
        with ExitStack() as batch:
            batch.enter_context(self.app.batch_update())
            if not self.tables.is_attached:
                await self.query_one("#body").mount(self.tables, self.host)
            await self.host.close()
            await self.tables.forget()
            self.tables.dress(several=fleet.is_multi)
            await self.show_kind(kind_id if wait or kind_id in (*known, "triage") else known[0])
            if not (self.tables.is_loaded or self.app.is_headless):
                self._hold(batch.pop_all())

    def _hold(self, batch: ExitStack) -> None:
        """Paint the table with its first rows in it, if those come soon."""
        self._held.close()
        self._held = batch
        self.set_timer(SOON_S, batch.close)

    async def join(self, member: ConsoleSession) -> None:
        """Look at one more profile, beside what is shown."""
        self.show_fleet()
        kind = self.tables.kind
        self._unwatched += [one for one in _polled(member) if kind is None or one[1] != kind.id]
        self.call_after_refresh(self._watch_all)

    async def part(self, name: str, member: ConsoleSession | None) -> None:
        """Look no more at a profile that has been taken out of the fleet."""
        self._unwatched = [one for one in self._unwatched if one[0] is not member]
        if self.host.pane is not None and self.host.pane.session is member:
            await self.close_pane()
        self.tables.drop(name)
        self.troubles.drop(name)
        kind, fleet = self.tables.kind, self.fleet
        if fleet is not None and kind is not None and kind.id not in (*fleet.kinds, "triage"):
            await self.show_kind(fleet.kinds[0])
        self.show_fleet()

    def show_fleet(self) -> None:
        """Show which profiles there are now."""
        if self.fleet is not None and self.fleet.members:
            self.matui.dress_for(self.fleet)
            self.tables.dress(several=self.fleet.is_multi)
            if self.host.pane is not None:
                self.host.pane.tell_profile(self._chip_of(self.host.pane))
            self.show_bars()

    def _chip_of(self, pane: Pane) -> Content:
        """Return the profile of a pane in its colour, nothing where there is only one."""
        if self.fleet is None or not self.fleet.is_multi:
            return Content("")
        from matui.console.header import chip_style

        name = pane.resource.profile
        return Content.styled(f" {name} ", chip_style(self.fleet.colour_of(name)))

    async def show_kind(self, kind_id: str) -> None:
        """Show the table of a kind; the pane of another kind closes."""
        from matui.resources.registry import KINDS
        from matui.resources.triage import TRIAGE

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
        fleet.show(None if kind is TRIAGE else kind_id)
        if kind is TRIAGE:
            self.call_after_refresh(self._watch_all)
        table = await self.tables.show(kind)
        self._fill(fleet, kind)
        if not self.is_typing:
            table.focus()
        self.show_bars()

    def _watch_all(self) -> None:
        """Start the pollers of the kinds not shown, one after the other so that none keeps a key waiting."""
        if self._unwatched:
            member, kind_id = self._unwatched.pop(0)
            member.watch.poller(kind_id)
            self.set_timer(NEXT_POLLER_S, self._watch_all)

    def _fill(self, fleet: OpenProfiles, kind: Kind) -> None:
        from matui.console.overview import overview

        rows = list(self.troubles.rows.values()) if self.tables.in_triage else fleet.rows(kind.id)
        self.tables.fill(kind.id, rows, overview(fleet, kind))

    async def open_pane(self, command_id: str) -> None:
        """Open the pane of a command for the selected resource, and give it the focus."""
        resource = self.selection.one()
        if self.session is None or resource is None:
            self.say("Nothing is selected.", wrong=True)
            return
        await self.show_pane(pane_class(command_id)(self.session, resource))

    async def show_pane(self, pane: Pane) -> None:
        """Show a pane and give it the focus."""
        pane.set_utc(self.utc)
        pane.tell_profile(self._chip_of(pane))
        await self.host.show(pane)
        pane.focus_body()
        self.show_bars()

    async def follow(self, key: tuple[str, str, str]) -> None:
        """Put the cursor on a resource (profile, kind, id) as soon as it is there."""
        self._wanted = key
        self.set_timer(FOLLOWED_S, self._want_nothing)
        if self.tables.kind is None or self.tables.kind.id != key[1]:
            await self.show_kind(key[1])
        self._reach_wanted()

    def _want_nothing(self) -> None:
        self._wanted = None

    def _reach_wanted(self) -> None:
        table = self.tables.table
        if self._wanted is not None and table is not None and table.move_to(self._wanted):
            self._wanted = None

    async def close_pane(self) -> None:
        """Close the pane and give the focus back to the table."""
        await self.host.close()
        if self.tables.table is not None:
            self.tables.table.focus()
        self.show_bars()

    @on(Updated)
    def updated(self, event: Updated) -> None:
        """Take what a poller published into the table, the pane and the bars."""
        fleet, snapshot = self.fleet, event.update.snapshot
        member = fleet.by_name(snapshot.profile) if fleet is not None else None
        if fleet is None or member is None:
            return  # its profile has been closed meanwhile
        about = f"{snapshot.profile} {snapshot.kind}" if fleet.is_multi else snapshot.kind
        fleet.errors.note(about, snapshot.freshness.error, member.clock.now())
        self.clock_notice.look(member, partial(self.say, wrong=True))
        was_empty = not self.tables.is_loaded
        self._take(fleet, event.update)
        if was_empty and self.tables.is_loaded:
            self._held.close()
            self.hurry()
        self._reach_wanted()
        self.tables.take("triage", self.troubles.take(event.update))
        if self.tables.in_triage and self.tables.kind is not None:
            self._fill(fleet, self.tables.kind)
        if self._unwatched:
            self.call_after_refresh(self._watch_all)
        self.matui.answered(with_rows=bool(snapshot.rows))
        if "input" not in vars(self):
            self.call_after_refresh(self.furnish)
        if self.host.pane is not None:
            for resource in event.update.diff.changed:
                if resource.key == self.host.pane.resource.key:
                    self.host.pane.resource_updated(resource)
        self.show_bars()

    def _take(self, fleet: OpenProfiles, update: Update) -> None:
        from matui.console.overview import overview
        from matui.resources.registry import kind_by_id

        self.tables.update_rows(update, overview(fleet, kind_by_id(update.snapshot.kind)))

    @on(CursorMoved)
    def _row_changed(self) -> None:
        """Each row offers what its own cloud can do."""
        if self.fleet is not None and self.fleet.is_multi:
            self.query_one(KeyBar).show_hints(self.hints(), self.matui.keys)

    @on(events.DescendantFocus)
    def _focus_moved(self) -> None:
        """Other keys are worth naming where the focus is now."""
        self.show_bars()

    def tick(self) -> None:
        """Let what depends on the time alone go on; what has not changed is not repainted."""
        self._ticks += 1
        if self.rate is not None and self.pace is not None:
            self.rate.take(monotonic(), self.pace.written)
        if not self.app.app_focus and self._ticks % AWAY_TICKS:
            return
        self.tables.tick()
        if self.host.pane is not None:
            self.host.pane.tick()
        self.show_bars()

    def show_bars(self) -> None:
        """Bring header, tabs, status and key bar up to date."""
        fleet, kind = self.fleet, self.tables.kind
        if fleet is None or not fleet.members or kind is None or not self.is_mounted:
            return
        self.query_one(HeaderBar).show_place(fleet, kind)
        self.query_one(TabsBar).show_kinds(fleet, kind, self.matui.keys)
        self.query_one(StatusBar).show_state(fleet, kind, self.tables, self.matui.keys["errors"])
        self.query_one(StatusBar).show_rate("" if self.rate is None else self.rate.words)
        self.query_one(KeyBar).show_hints(self.hints(), self.matui.keys)

    def hints(self) -> Sequence[str]:
        """Return the ids of the commands worth naming in the key bar here."""
        pane, kind = self.host.pane, self.selection.kind
        if kind is None:
            return ("help", "quit")
        if pane is not None and self.selection.in_lines:
            return (*pane.HINTS, "filter", "zoom", "back", "help")
        session = self.session
        if session is None:
            return ("filter", "command", "help")
        looks = [
            command
            for command in PANES
            if command != "raw" and why_no_pane(command, kind, session.cloud) is None
        ]
        acts = [action.id for action in session.executor.offered(kind)]
        return (*looks, *acts, *self.dispatch.forms_of(kind), "filter", "command", "help")

    def show_rate(self, *, on: bool) -> None:
        """Say in the status bar how many bytes a second go to the terminal, or no longer."""
        self.rate = LineRate() if on else None
        self.show_bars()

    def say(self, words: str, *, wrong: bool = False) -> None:
        """Tell the user something that needs no answer."""
        self.notify(words, severity="warning" if wrong else "information", markup=False)

    def on_pane_said(self, event: Pane.Said) -> None:
        """Tell what a pane has to say."""
        self.say(event.words, wrong=event.wrong)

    @on(LineChanged)
    def _typed(self, event: LineChanged) -> None:
        self.typing.changed(event.mode, event.text)

    @on(LineSubmitted)
    async def _entered(self, event: LineSubmitted) -> None:
        try:
            await self.typing.submitted(event.mode, event.text)
        finally:
            self.input.release()

    @on(LineCancelled)
    def _cancelled(self) -> None:
        self.typing.cancelled()

    @on(LineCompletion)
    def _completion(self) -> None:
        self.typing.complete()

    @on(Opened)
    async def _opened(self, event: Opened) -> None:
        event.stop()
        await self.dispatch.run("detail")

    async def action_run(self, command_id: str) -> None:
        """Run a command by its id: the action of every binding."""
        await self.dispatch.run(command_id)


def _polled(member: ConsoleSession) -> list[tuple[ConsoleSession, str]]:
    """Return what is to be polled of a profile."""
    return [(member, kind) for kind in member.cloud.kinds if kind in KIND_COMMANDS]
