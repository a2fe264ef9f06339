"""The log pane: one file of a job, or all of them in the order of time."""

from __future__ import annotations

from collections.abc import Sequence

from textual import on
from textual.content import Content
from textual.widget import Widget

from matui.console.commands.registry import build_bindings
from matui.console.logs.alerts import Alerts
from matui.console.logs.commands import LogCommands, LogParts
from matui.console.logs.export import LogExport
from matui.console.logs.files import read_found_text
from matui.console.logs.navigation import BackfillSearch, LogNavigator, TimeNavigator
from matui.console.logs.shown import ShownLog
from matui.console.logs.shown_lines import ShownLines
from matui.console.logs.style import LineStyles
from matui.console.logs.title import WIDEST, LogTitle
from matui.console.logs.view import LogView
from matui.console.panes.base import Pane
from matui.console.screens.dialogs import ChooseScreen
from matui.console.session import ConsoleSession
from matui.live.logs.tail import TailState
from matui.live.poll.freshness import Freshness
from matui.resources.model import Resource

_HINTS = ("follow", "next_error", "only", "merge", "next_file", "wrap", "times", "save")
_FOR_SEVERAL_FILES = ("merge", "next_file")


def list_hints(files: int) -> tuple[str, ...]:
    """Return the commands for the key bar of a log of so many files."""
    if not files:
        return ()
    return _HINTS if files > 1 else tuple(hint for hint in _HINTS if hint not in _FOR_SEVERAL_FILES)


class LogPane(Pane):
    """Follows a job's log; opens at its newest lines, fetches older ones as the reader scrolls up."""

    NAME = "log"
    HINTS: tuple[str, ...] = _HINTS
    SCOPES = ("log", "lines")
    BINDINGS = [*build_bindings("lines", "log")]

    def __init__(self, session: ConsoleSession, resource: Resource) -> None:
        super().__init__(session, resource)
        self.view = LogView()
        settings = session.settings.logs
        rules = settings.compile_error_rules()
        self.alerts = Alerts(settings.alerts, settings.alert_by, session.clock.monotonic, rules)
        self.shown = ShownLog(
            session,
            self,
            self.view,
            controls=self.controls,
            on_tail=self._on_tail,
            on_file_left=self._on_file_left,
        )
        self.view.is_whole = lambda: self.shown.at_top
        backfill = BackfillSearch(
            self.shown.load_older,
            lambda: self.shown.at_top,
            lambda: self.view.matches.is_searching,
            session.cloud.get_budget,
            self.set_timer,
            self.show_title,
        )
        self.parts = LogParts(
            self.view,
            self.shown,
            ShownLines(self.view, self.shown, rules),
            backfill,
            LogNavigator(self, self.view, self.shown, backfill),
            TimeNavigator(self.view, self.shown, backfill),
            LogExport(session, self, self.view, self.shown, backfill),
            self.alerts,
        )
        self._log_title = LogTitle(self, self.parts)
        self.view.looks = LineStyles(self.shown.build_time_parser(), resource.created_at, rules)
        self._commands = LogCommands(self, self.parts)

    def open_at(self, file: str, line: int, time_ms: float | None) -> None:
        """Open with a file at a line, counted from its first, 0; ``time_ms`` is the line's, None unknown."""
        self.parts.times.open_at(file, line, time_ms)

    def build_body(self) -> Widget:
        """Return the log view."""
        return self.view

    def begin(self) -> None:
        """List the files; the first is opened as soon as there is one."""
        self.session.signals.hold(self.resource)
        self.shown.start()

    async def end(self) -> None:
        """Stop the tails and the list of files."""
        self.session.signals.release(self.resource)
        self.parts.backfill.cancel()
        await self.parts.export.finish_held()
        await self.shown.stop()

    @property
    def freshness(self) -> Freshness | None:
        return self.shown.freshness

    def on_resize(self) -> None:
        self.show_title()

    def show_title(self) -> None:
        """Show the title, and in the key bar what the files that there are can be used for."""
        self.HINTS = list_hints(len(self.shown.files)) if self.shown.is_listed else _HINTS
        super().show_title()

    def compose_title(self) -> Content:
        """Return the title; the name of the file gives way to where the reader and the tail are."""
        self._log_title.widest_file, self._log_title.is_narrow = WIDEST, False
        title = super().compose_title()
        width = self.size.width or self.app.size.width
        over = title.cell_length - width
        if over > 0:
            self._log_title.shorten_file(over)
            title = super().compose_title()
        if title.cell_length > width:
            self._log_title.is_narrow = True
            title = super().compose_title()
        return title

    def build_title_parts(self) -> list[Content]:
        """Return the findings, the file and its place, and where the reader and the tail are."""
        found = dict.fromkeys(
            one.kind.replace("_", " ") for one in self.session.signals.find_findings(self.resource)
        )
        findings = [Content.styled(f"  ✗ {', '.join(found)}", "$text-error")] if found else []
        marks = [Content.styled(f"  {words}", style) for words, style in self._log_title.build_marks()]
        return [*findings, *marks]

    async def choose(self, title: str, choices: Sequence[tuple[str, str]], chosen: str) -> str | None:
        """Prompt for one of ``choices``, pairs of value and text; None when cancelled."""
        return await self.app.push_screen_wait(ChooseScreen(title, choices, chosen))

    # News of the tails

    def _on_file_left(self, file: str) -> None:
        self.parts.backfill.cancel()
        self.view.selecting.end()
        self.parts.lines.forget()
        self.alerts.forget(file)

    def _on_tail(self, file: str, state: TailState) -> None:
        tail = self.shown.followed.tails.get(file)
        if tail is None:
            return
        found = self.alerts.look(file, tail.store)
        if found and not self._is_watched:
            self.alerts.raise_alert(self.app, self.resource.name, found)
        self.shown.on_news(file)
        if self.view.filter is None and self.parts.lines.is_partial:
            self.parts.lines.show()
        if self.view.filter is not None and self.view.base.first < self.view.base.end:
            self.view.placeholder = "No line matches."
        elif state.phase != "opening":
            self.view.placeholder = "The log is empty." if state.phase == "drained" else "No lines yet."
        if file == self.shown.file:
            self.show_freshness(state.freshness)
        if state.phase != "opening":
            self.parts.times.show_opened(file)
        self.parts.backfill.go_on()

    # The focus

    @property
    def _is_watched(self) -> bool:
        """Whether both the terminal and the pane have the focus."""
        return self.app.app_focus and self.has_focus_within

    def on_descendant_focus(self) -> None:
        """Clear the flash of an alert."""
        self.clear_flash()

    def handle_terminal_focus(self, focused: bool) -> None:
        """Clear the flash of an alert once the terminal has the focus again."""
        if focused:
            self.clear_flash()

    def clear_flash(self) -> None:
        """Clear the flash of an alert."""
        if self.alerts.flashing:
            self.alerts.flashing = ""
            self.show_title()

    # Messages of the view

    @on(LogView.ReachedTop)
    def _on_reached_top(self, event: LogView.ReachedTop) -> None:
        event.stop()
        self.shown.load_older()

    @on(LogView.NewBelow)
    @on(LogView.SearchChanged)
    def _on_counted(self, event: LogView.NewBelow | LogView.SearchChanged) -> None:
        event.stop()
        self.parts.backfill.go_on()
        self.show_title()

    @on(LogView.FollowChanged)
    def _on_follow_changed(self, event: LogView.FollowChanged) -> None:
        event.stop()
        if self.view.follow:
            self.shown.followed.reset_idle()
        self.shown.note_reader()
        self.show_title()

    # Requests of the screen

    def refresh_now(self) -> None:
        """Poll for new lines and files at once."""
        self.shown.refresh()

    def update_resource(self, resource: Resource) -> None:
        """Take over the newer state of the job; a newer version has a log of its own."""
        if resource.facts.get("version_id") == self.resource.facts.get("version_id"):
            if resource.status != self.resource.status:
                self.shown.on_status_changed()
            super().update_resource(resource)

    def search(self, text: str) -> tuple[str, bool]:
        """Search for ``text`` in the lines held."""
        return self.parts.navigator.search(text)

    def check_typing(self, mode: str, text: str) -> tuple[str, bool]:
        """Check what is being typed."""
        return self._commands.check(mode, text)

    def apply_input(self, mode: str, text: str) -> str:
        """Apply what was typed; return what is wrong with it, or ``""``."""
        return self._commands.apply_input(mode, text)

    @property
    def is_selecting(self) -> bool:
        """Whether the keys select lines."""
        return self.view.selecting.active

    def get_found_text(self) -> str:
        """Return the match or the error in view as the log has it, of a traceback all lines, or ``""``."""
        return read_found_text(self.view, self.shown.merged)

    def step_back(self) -> bool:
        """Undo the innermost thing: a selection, a backfill, a filter, a search."""
        return self._commands.step_back()

    def run_with(self, command_id: str, argument: str) -> None:
        """Run a command of the log; some take what was typed after them."""
        self._commands.run_with(command_id, argument)

    def run_command(self, command_id: str) -> None:
        """Run a command of the log."""
        self._commands.run(command_id)
