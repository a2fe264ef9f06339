"""Base of the panes of the split view: a resource, a title, workers that end with it; panes of lines."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Sequence
from datetime import UTC
from typing import Any, ClassVar, Generic, TypeVar, cast

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from matui.base.errors import MatuiError
from matui.console.bars.header import get_phase_style
from matui.console.bars.text_bar import TextBar
from matui.console.commands.registry import build_bindings
from matui.console.lines.view import LineView, Spans, run_line_command, search_in
from matui.console.messages import Mode
from matui.console.panes.rendering import render_error
from matui.console.session import ConsoleSession
from matui.console.table.widget import ResourceTable
from matui.console.terminal.filters import spell_out
from matui.console.terminal.spelling import get_charset
from matui.live.capsules import is_capsule
from matui.live.poll.freshness import Freshness, format_freshness
from matui.live.poll.loop import Timing
from matui.live.poll.loop_controls import LoopControls
from matui.live.poll.poller import PolledValue, ValuePoller
from matui.resources.columns import format_status
from matui.resources.model import Resource

T = TypeVar("T")


class Pane(Vertical):
    """A view of one resource. It starts fetching when it is mounted and stops when it is removed."""

    DEFAULT_CSS = "Pane > LineView, Pane > LogView, Pane > ResourceTable { height: 1fr; }"
    NAME = "pane"
    HINTS: tuple[str, ...] = ()
    SCOPES: tuple[str, ...] = ()
    """The scopes of the commands that the pane runs."""

    class Notice(Message):
        """The pane has something to say in the status bar."""

        def __init__(self, words: str, *, wrong: bool = False) -> None:
            super().__init__()
            self.words = words
            self.wrong = wrong

    def __init__(self, session: ConsoleSession, resource: Resource) -> None:
        super().__init__()
        self.session = session
        self.controls = LoopControls(session.pollers.controls)
        self.resource = resource
        self.table: ResourceTable | None = None
        self.utc = False
        self.search_text = ""
        self.chip = Content("")
        self._title = TextBar(classes="pane-title")
        self._status = ""

    def compose(self) -> ComposeResult:
        """Lay out the title above the body."""
        yield self._title
        yield self.build_body()

    def build_body(self) -> Widget:
        """Return the widget that shows the content; it takes the focus."""
        raise TypeError(f"{type(self).__name__} shows nothing")

    def on_mount(self) -> None:
        """Start fetching."""
        self.show_title()
        self.begin()

    async def on_unmount(self) -> None:
        """Stop fetching."""
        await self.end()

    def run_in_background(self, work: Callable[[], Coroutine[Any, Any, None]], group: str) -> None:
        """Do ``work`` in place of what is still under way in its group."""
        self.run_worker(cast("Callable[[], Awaitable[None]]", work), group=group, exclusive=True)

    def begin(self) -> None:
        """Start whatever feeds this pane."""

    async def end(self) -> None:
        """Stop it, and wait until it has stopped."""

    def focus_body(self) -> None:
        """Focus the content at once; not before the pane is mounted or after it was removed."""
        if self.is_attached and self.children:
            self.screen.set_focus(self.children[-1])

    def search(self, text: str) -> tuple[str, bool]:
        """Look for ``text``; returns what to say of it and whether it is wrong."""
        self.search_text = text
        return ("", False)

    def run_command(self, command_id: str) -> None:
        """Run a command that only a pane knows."""

    def show_notice(self, words: str, *, wrong: bool = False) -> None:
        """Show a notice."""
        self.post_message(self.Notice(words, wrong=wrong))

    def ask(self, mode: Mode, text: str = "", hint: str = "") -> None:
        """Open the prompt for a line of the pane at once: the next key may have been typed already."""
        screen: Any = self.screen
        screen.typing.open_in_pane(mode, text, hint)

    def run_with(self, command_id: str, _argument: str) -> None:
        """Run a command with what was typed after it."""
        self.run_command(command_id)

    def check_typing(self, _mode: str, _text: str) -> tuple[str, bool]:
        """Handle the text typed so far for the pane; return a notice about it and whether it is wrong."""
        return ("", False)

    def apply_input(self, _mode: str, _text: str) -> str:
        """Handle the text that was entered; return what is wrong with it, or ``""``."""
        return ""

    @property
    def is_selecting(self) -> bool:
        """Whether the keys select lines."""
        return False

    def get_found_text(self) -> str:
        """Return the line, or the whole error, that was found and is in view, or ``""``."""
        return ""

    def step_back(self) -> bool:
        """Undo the innermost thing in the pane; whether there was one."""
        searched = bool(self.search_text)
        if searched:
            self.search("")
        return searched

    def save_view(self) -> Any:
        """Return what ``restore_view`` needs to show the same again; None where there is nothing."""
        return None

    def restore_view(self, saved: Any) -> None:
        """Show what an earlier pane of this class and resource showed; called before it is mounted."""

    def action_run(self, command_id: str) -> None:
        """Run a command by its id: the action of the pane's bindings."""
        self.run_command(command_id)

    def refresh_now(self) -> None:
        """Fetch at once."""

    def tick(self) -> None:
        """Update what depends on the time alone."""

    def handle_terminal_focus(self, focused: bool) -> None:
        """Handle that the terminal has got the focus, or lost it."""

    def set_utc(self, utc: bool) -> None:
        """Show times in UTC, or in local time."""
        self.utc = utc

    def update_resource(self, resource: Resource) -> None:
        """Take the newer state of the same resource."""
        self.resource = resource
        self.show_title()

    @property
    def freshness(self) -> Freshness | None:
        """How old the content is now, and why; None of content that is not polled."""
        return None

    def show_freshness(self, freshness: Freshness) -> None:
        """Put how old the content is, and why, into the title."""
        now = self.session.clock.now()
        self.session.errors.record(f"{self.NAME} of {self.resource.name}", freshness.error, now)
        self._status = self._describe_age(freshness, now)
        self.show_title()

    def update_age(self) -> None:
        """Show the age again once it reads differently, also while a request gets no answer."""
        freshness = self.freshness
        if freshness is None or not self._status:
            return
        words = self._describe_age(freshness, self.session.clock.now())
        if words != self._status:
            self._status = words
            self.show_title()

    def _describe_age(self, freshness: Freshness, now: float) -> str:
        words = format_freshness(freshness, now)
        cloud = self.session.cloud
        if words == "live" and is_capsule(cloud):
            from matui.live.capsules.text import describe_saved

            return describe_saved(cloud, UTC if self.utc else None)
        return words

    def show_profile(self, chip: Content) -> None:
        """Name the profile in the title, or with an empty ``chip`` not."""
        self.chip = chip
        if self.is_mounted:
            self.show_title()

    def build_title_parts(self) -> list[Content]:
        """Return what stands between the name and the freshness."""
        return []

    def show_title(self) -> None:
        """Show the title; the line costs nothing when it is as before."""
        self._title.show(self.compose_title())

    def _spell(self, name: str) -> str:
        return spell_out(name, get_charset(self.app))

    def compose_title(self) -> Content:
        """Return name, status and freshness."""
        resource = self.resource
        parts = [
            Content.styled(f" {self.NAME} ", "bold $cursor-text on $cursor"),
            self.chip,
            Content.styled(f" {self._spell(resource.name)} ", "bold"),
            Content.styled(
                format_status(resource),
                get_phase_style(resource.phase),
            ),
            *self.build_title_parts(),
            Content.styled(f"  {self._status}", "$text-muted"),
        ]
        return Content("").join(parts)


class PolledPane(Pane, Generic[T]):
    """Fetches its content at the cadence of the resource's kind. A subclass shows what came.

    ``LEAST_CADENCE_S`` is the shortest time between two fetches in seconds, however often the kind is polled.
    """

    LEAST_CADENCE_S: ClassVar[float] = 0.0

    def __init__(self, session: ConsoleSession, resource: Resource) -> None:
        super().__init__(session, resource)
        self._feed: ValuePoller[T] | None = None

    async def fetch(self) -> T:
        """Fetch the content."""
        raise TypeError(f"{type(self).__name__} fetches nothing")

    def receive(self, state: PolledValue[T]) -> None:
        """Show what was fetched, or why there is nothing."""
        raise TypeError(f"{type(self).__name__} cannot show {state!r}")

    def begin(self) -> None:
        """Start fetching."""
        self._feed = ValuePoller(
            self.fetch,
            timing=Timing(
                self.session.clock,
                self.session.rng,
                max(self.LEAST_CADENCE_S, self.session.get_pane_cadence(self.resource.kind)),
                self.controls,
            ),
            publish=self.receive,
        )
        self._feed.start()

    @property
    def freshness(self) -> Freshness | None:
        return self._feed.state.freshness if self._feed else None

    async def end(self) -> None:
        """Stop fetching."""
        if self._feed:
            self._feed.stop()

    def refresh_now(self) -> None:
        """Fetch at once."""
        if self._feed:
            self._feed.controls.trigger()


class LinesPane(Pane):
    """Shows lines, which can be searched and wrapped."""

    HINTS: tuple[str, ...] = ("wrap",)
    SCOPES: tuple[str, ...] = ("lines",)
    BINDINGS = [*build_bindings("lines")]

    def __init__(self, session: ConsoleSession, resource: Resource) -> None:
        super().__init__(session, resource)
        self.view = LineView()

    def build_body(self) -> Widget:
        """Return the line view."""
        return self.view

    def search(self, text: str) -> tuple[str, bool]:
        """Look for ``text`` in the lines."""
        return search_in(self, self.view, text)

    def run_command(self, command_id: str) -> None:
        """Move among matches, wrap, or go to an end."""
        if words := run_line_command(self.view, command_id):
            self.show_notice(words)


class PolledLinesPane(LinesPane, PolledPane[T]):
    """Shows what was last fetched as lines. A subclass says what to fetch and how to put it."""

    def __init__(self, session: ConsoleSession, resource: Resource) -> None:
        super().__init__(session, resource)
        self._value: T | None = None
        self._failure: MatuiError | None = None

    def build_lines(self, value: T) -> Sequence[Spans]:
        """Put the content into lines."""
        raise TypeError(f"{type(self).__name__} cannot show {value!r}")

    def begin(self) -> None:
        """Start fetching."""
        self.view.set_lines([(("  loading …", "muted"),)])
        super().begin()

    def set_utc(self, utc: bool) -> None:
        """Show times in the other zone."""
        super().set_utc(utc)
        self.show_value()

    def on_resize(self, _event: events.Resize) -> None:
        """Lay the lines out anew for the new width."""
        self.show_value()

    def show_value(self) -> None:
        """Show the content as it was last fetched, or why there is none."""
        if self._value is not None:
            self.view.set_lines(self.build_lines(self._value))
        elif self._failure is not None:
            self.view.set_lines(render_error(self._failure, self.size.width))

    def receive(self, state: PolledValue[T]) -> None:
        """Show the content, or why there is none."""
        if state.value is not None:
            self._value = state.value
        else:
            self._failure = state.freshness.error
        self.show_value()
        self.show_freshness(state.freshness)
