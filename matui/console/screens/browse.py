"""The one screen: a table whose kind changes in place, and a split pane below it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, cast

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical

from matui.console.bars import HeaderBar, KeyBar, StatusBar, TabsBar
from matui.console.clock_notice import ClockNotice
from matui.console.commands import bindings
from matui.console.dispatch import Dispatcher
from matui.console.kind_tables import KindTables
from matui.console.messages import Updated
from matui.console.pane_host import PaneHost
from matui.console.panes.catalog import PANES, pane_class, why_no_pane
from matui.console.screens.lean_screen import LeanScreen
from matui.console.selection import Selection
from matui.console.typing_line import TypingLine
from matui.console.widgets.input_bar import InputBar
from matui.console.widgets.table_messages import Opened

if TYPE_CHECKING:
    from matui.console.app import MatuiApp
    from matui.console.panes.base import Pane
    from matui.console.session import ConsoleSession
    from matui.live.troubles import Troubles
    from matui.resources.kind import Kind

TICK_S = 1.0
FOLLOWED_S = 30.0
NEXT_POLLER_S = 0.03


class BrowseScreen(LeanScreen[None]):
    """Shows one kind of resource at a time and whatever the user wants to see of one of them."""

    BINDINGS = [*bindings("browse")]
    AUTO_FOCUS = ""

    def __init__(self) -> None:
        super().__init__()
        self.session: ConsoleSession | None = None
        self.utc = False
        self.troubles: Troubles
        self._unwatched: list[str] = []
        self._wanted: tuple[str, str, str] | None = None
        self.tables = KindTables(id="tables")
        self.host = PaneHost(id="pane-host")
        self.input = InputBar(id="input")
        self.clock_notice = ClockNotice()
        self.selection = Selection(self.tables, self.host)
        self.typing = TypingLine(self)
        self.dispatch = Dispatcher(self)

    @property
    def matui(self) -> MatuiApp:
        """The application, as what it is."""
        return cast("MatuiApp", self.app)

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

    async def begin(self, session: ConsoleSession, kind_id: str) -> None:
        """Look at an open profile, one of its kinds first; the others are polled once that has come."""
        from matui.live.troubles import Troubles
        from matui.resources.registry import KINDS

        if not self.tables.is_attached:
            await self.query_one("#body").mount(self.tables, self.host)
            await self.mount(self.input, before="#status")
        if self.session is not session:
            self.troubles = Troubles()
        self.session = session
        session.watch.blur(not self.app.app_focus)
        self.tables.now_ms = session.now_ms
        await self.host.close()
        await self.tables.forget()
        kinds = [kind for kind in session.cloud.kinds if kind in KINDS]
        self._unwatched = [kind for kind in kinds if kind != kind_id]
        await self.show_kind(kind_id if kind_id in (*kinds, "triage") else kinds[0])

    async def show_kind(self, kind_id: str) -> None:
        """Show the table of a kind; the pane of another kind closes."""
        from matui.resources.registry import KINDS
        from matui.resources.triage import TRIAGE

        session = self.session
        if session is None:
            return
        kind = TRIAGE if kind_id == TRIAGE.id else KINDS.get(kind_id)
        if kind is None or (kind is not TRIAGE and kind_id not in session.cloud.kinds):
            self.say(f"{session.cloud.name} has no {kind_id} here.", wrong=True)
            return
        if self.tables.kind is not None and self.tables.kind.id != kind_id:
            await self.host.close()
        session.watch.show(None if kind is TRIAGE else kind_id)
        if kind is TRIAGE:
            self.call_after_refresh(self._watch_all)
        table = await self.tables.show(kind)
        self._fill(session, kind)
        if not self.input.is_open:
            table.focus()
        self.show_bars()

    def _watch_all(self) -> None:
        """Start the pollers of the kinds not shown, one after the other so that none keeps a key waiting."""
        if self.session is not None and self._unwatched:
            self.session.watch.poller(self._unwatched.pop(0))
            self.set_timer(NEXT_POLLER_S, self._watch_all)

    def _fill(self, session: ConsoleSession, kind: Kind) -> None:
        from matui.console.overview import overview

        in_triage = self.tables.in_triage
        rows = self.troubles.rows if in_triage else session.watch.poller(kind.id).snapshot.rows
        self.tables.fill(kind.id, list(rows.values()), overview(session, kind).freshness)

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
        if self.session is not None:
            snapshot, now = event.update.snapshot, self.session.clock.now()
            self.session.errors.note(snapshot.kind, snapshot.freshness.error, now)
            self.clock_notice.look(self.session, partial(self.say, wrong=True))
        self.tables.update_rows(event.update)
        self._reach_wanted()
        self.tables.take("triage", self.troubles.take(event.update))
        if self._unwatched:
            self.call_after_refresh(self._watch_all)
        if self.host.pane is not None:
            for resource in event.update.diff.changed:
                if resource.key == self.host.pane.resource.key:
                    self.host.pane.resource_updated(resource)
        self.show_bars()

    @on(events.DescendantFocus)
    def _focus_moved(self) -> None:
        """Other keys are worth naming where the focus is now."""
        self.show_bars()

    def tick(self) -> None:
        """Let what depends on the time alone go on; what has not changed is not repainted."""
        self.tables.tick()
        if self.host.pane is not None:
            self.host.pane.tick()
        self.show_bars()

    def show_bars(self) -> None:
        """Bring header, tabs, status and key bar up to date."""
        session, kind = self.session, self.tables.kind
        if session is None or kind is None or not self.is_mounted:
            return
        self.query_one(HeaderBar).show_place(session, kind)
        self.query_one(TabsBar).show_kinds(session, kind, self.matui.keys)
        self.query_one(StatusBar).show_state(session, kind, self.tables, self.matui.keys["errors"])
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

    def say(self, words: str, *, wrong: bool = False) -> None:
        """Tell the user something that needs no answer."""
        self.notify(words, severity="warning" if wrong else "information", markup=False)

    def on_pane_said(self, event: Pane.Said) -> None:
        """Tell what a pane has to say."""
        self.say(event.words, wrong=event.wrong)

    @on(InputBar.Changed)
    def _typed(self, event: InputBar.Changed) -> None:
        self.typing.changed(event.mode, event.text)

    @on(InputBar.Submitted)
    async def _entered(self, event: InputBar.Submitted) -> None:
        await self.typing.submitted(event.mode, event.text)

    @on(InputBar.Cancelled)
    def _cancelled(self) -> None:
        self.typing.cancelled()

    @on(InputBar.Completion)
    def _completion(self) -> None:
        self.typing.complete()

    @on(Opened)
    async def _opened(self, event: Opened) -> None:
        event.stop()
        await self.dispatch.run("detail")

    async def action_run(self, command_id: str) -> None:
        """Run a command by its id: the action of every binding."""
        await self.dispatch.run(command_id)
