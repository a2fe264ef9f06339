"""The log pane: one file of a job, or all of them in the order of time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from textual import on
from textual.content import Content
from textual.widget import Widget

from matui.console.commands.registry import bindings
from matui.console.lines.commands import run_line_command
from matui.console.logs.alerts import Alerts
from matui.console.logs.export import LogExport
from matui.console.logs.navigation import LogNavigator
from matui.console.logs.shown import ShownLog
from matui.console.logs.style import TIMES, LineStyles
from matui.console.logs.title import WIDEST, LogTitle
from matui.console.logs.view import LogView
from matui.console.panes.base import Pane
from matui.console.screens.choose import ChooseScreen
from matui.console.screens.record import RecordScreen
from matui.console.session import ConsoleSession
from matui.live.logs.tail import TailState
from matui.live.poll.freshness import Freshness
from matui.resources.model import Resource

_TIMES_SAID = {
    "written": "Times are as the log has them.",
    "local": "Times are local.",
    "utc": "Times are in UTC.",
    "since": "Times count from the job's creation.",
    "hidden": "Times are hidden.",
}
_HINTS = ("follow", "next_error", "only", "merge", "next_file", "wrap", "times", "save")
_FOR_SEVERAL_FILES = ("merge", "next_file")
_ASKS = {
    "only": "a regex, !regex, rank:0-7, several with &; empty for all",
    "goto_time": "03:12, -10m, 2020-07-16 08:22",
    "pipe": "a command, such as grep -c loss; empty for a pager",
    "save": "enter saves, esc cancels",
    "alert": "a regex: alerts on a match while the terminal is not focused; empty for none",
}


def hints_for(files: int) -> tuple[str, ...]:
    """Return the commands for the key bar of a log of so many files."""
    if not files:
        return ()
    return _HINTS if files > 1 else tuple(hint for hint in _HINTS if hint not in _FOR_SEVERAL_FILES)


class LogPane(Pane):
    """Follows a job's log; opens at its newest lines, fetches older ones as the reader scrolls up."""

    NAME = "log"
    HINTS: tuple[str, ...] = _HINTS
    BINDINGS = [*bindings("lines", "log")]

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
        self.navigator = LogNavigator(session, self, self.view, self.shown)
        self._export = LogExport(session, self, self.view, self.shown, self.navigator.backfill)
        self._log_title = LogTitle(self, self.view, self.shown, self.navigator, self._export, self.alerts)
        self.view.looks = LineStyles(self.shown.build_time_parser(), resource.created_at, rules)
        self._place: tuple[str, int, float | None] | None = None
        self._commands = self._commands_by_id()

    def open_at(self, file: str, line: int, time_ms: float | None) -> None:
        """Open with a file at a line, counted from its first, 0; ``time_ms`` is the line's, None unknown."""
        self.shown.wanted = file
        self._place = (file, line, time_ms)

    def body(self) -> Widget:
        """Return the log view."""
        return self.view

    def begin(self) -> None:
        """List the files; the first is opened as soon as there is one."""
        self.session.signals.hold(self.resource)
        self.shown.start()

    async def end(self) -> None:
        """Stop the tails and the list of files."""
        self.session.signals.release(self.resource)
        self.navigator.backfill.cancel()
        await self._export.finish_held()
        await self.shown.stop()

    @property
    def freshness(self) -> Freshness | None:
        return self.shown.freshness

    def on_resize(self) -> None:
        self.show_title()

    def show_title(self) -> None:
        """Show the title, and in the key bar what the files that there are can be used for."""
        self.HINTS = hints_for(len(self.shown.files)) if self.shown.is_listed else _HINTS
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

    def title_parts(self) -> list[Content]:
        """Return the findings, the file and its place, and where the reader and the tail are."""
        found = dict.fromkeys(
            one.kind.replace("_", " ") for one in self.session.signals.findings_of(self.resource)
        )
        findings = [Content.styled(f"  ✗ {', '.join(found)}", "$text-error")] if found else []
        marks = [Content.styled(f"  {words}", style) for words, style in self._log_title.marks()]
        return [*findings, *marks]

    async def choose(self, title: str, choices: Sequence[tuple[str, str]], chosen: str) -> str | None:
        """Prompt for one of ``choices``, pairs of value and text; None when cancelled."""
        return await self.app.push_screen_wait(ChooseScreen(title, choices, chosen))

    # News of the tails

    def _on_file_left(self, file: str) -> None:
        self.navigator.leave()
        self.alerts.forget(file)

    def _on_tail(self, file: str, state: TailState) -> None:
        tail = self.shown.followed.tails.get(file)
        if tail is None:
            return
        found = self.alerts.look(file, tail.store)
        if found and not self._is_watched:
            self.alerts.raise_alert(self.app, self.resource.name, found)
        self.shown.on_news(file)
        if self.view.filter is None and self.navigator.lines.is_partial:
            self.navigator.lines.show()
        if self.view.filter is not None and self.view.base.first < self.view.base.end:
            self.view.placeholder = "No line matches."
        elif state.phase != "opening":
            self.view.placeholder = "The log is empty." if state.phase == "drained" else "No lines yet."
        if file == self.shown.file:
            self.show_freshness(state.freshness)
        if self._place is not None and self._place[0] == file and state.phase != "opening":
            (_file, line, time_ms), self._place = self._place, None
            self.navigator.go_to_line(line, time_ms)
        self.navigator.backfill.go_on()

    # The focus

    @property
    def _is_watched(self) -> bool:
        """Whether both the terminal and the pane have the focus."""
        return self.app.app_focus and self.has_focus_within

    def on_descendant_focus(self) -> None:
        """Clear the flash of an alert."""
        self.clear_flash()

    def terminal_focused(self, focused: bool) -> None:
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
        self.navigator.backfill.go_on()
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

    def resource_updated(self, resource: Resource) -> None:
        """Take over the newer state of the job; a newer version has a log of its own."""
        if resource.facts.get("version_id") == self.resource.facts.get("version_id"):
            if resource.status != self.resource.status:
                self.shown.on_status_changed()
            super().resource_updated(resource)

    def search(self, text: str) -> tuple[str, bool]:
        """Search for ``text`` in the lines held."""
        return self.navigator.search(text)

    def typing(self, mode: str, text: str) -> tuple[str, bool]:
        """Check what is being typed."""
        return self.navigator.check(mode, text)

    def apply_input(self, mode: str, text: str) -> str:
        """Apply what was typed; return what is wrong with it, or ``""``."""
        if mode == "search":
            return self.navigator.search_on()
        if mode == "only":
            return self.navigator.show_only(text)
        if mode == "goto_time":
            return self.navigator.go_to(text)
        if mode == "save":
            return self._export.save(text)
        if mode == "alert":
            return self._add_alert(text)
        self.run_in_background(partial(self._export.pipe, text), "log-pipe")
        return ""

    def _add_alert(self, text: str) -> str:
        wrong = self.alerts.add(text)
        if not wrong:
            self.show_notice(f"Alerts on {text}." if text else "Alerts on nothing any more.")
        return wrong

    @property
    def is_selecting(self) -> bool:
        """Whether the keys select lines."""
        return self.view.selecting.active

    def get_found_text(self) -> str:
        """Return the match or the error in view as the log has it, or ``""``."""
        found = self.view.find_current_line()
        return "" if found is None else self.view.get_copied_text(found)

    def step_back(self) -> bool:
        """Undo the innermost thing: a selection, a backfill, a filter, a search."""
        return self.navigator.step_back()

    # Commands

    def run_with(self, command_id: str, argument: str) -> None:
        """Run a command of the log; some take what was typed after them."""
        if command_id not in _ASKS:
            self.run_command(command_id)
        elif not argument:
            prefilled = {"only": self.navigator.lines.text, "save": self._export.default_path()}
            text = prefilled.get(command_id, "")
            if command_id == "save" and not text:
                self.show_notice("There is no log yet.", wrong=True)
                return
            self.ask(command_id, text, _ASKS[command_id])  # type: ignore[arg-type]
        elif wrong := self.apply_input(command_id, argument):
            self.show_notice(wrong, wrong=True)

    def run_command(self, command_id: str) -> None:
        """Run a command of the log."""
        command = self._commands.get(command_id)
        if command is not None:
            command()
        elif command_id in _ASKS:
            self.run_with(command_id, "")
        else:
            run_line_command(self.view, command_id)

    def _commands_by_id(self) -> dict[str, Callable[[], object]]:
        navigator, shown = self.navigator, self.shown
        choose_files = partial(shown.choose_files, navigator.lines.show)
        return {
            "follow": self.view.action_follow,
            "next_match": navigator.go_to_next_match,
            "previous_match": navigator.go_to_previous_match,
            "next_error": navigator.go_to_next_error,
            "previous_error": navigator.go_to_previous_error,
            "next_file": partial(shown.step_file, 1),
            "previous_file": partial(shown.step_file, -1),
            "merge": shown.toggle_merged,
            "choose_files": partial(self.run_in_background, choose_files, "log-choose"),
            "times": self._switch_times,
            "line_numbers": self._toggle_numbers,
            "mark_line": navigator.mark,
            "next_marked": navigator.go_to_next_marked,
            "fold_platform": partial(navigator.fold, "platform"),
            "fold_repeats": partial(navigator.fold, "repeats"),
            "ranks": self._ask_ranks,
            "json": self._toggle_json,
            "open_line": self._open_line,
            "select": navigator.select,
        }

    def _switch_times(self) -> None:
        times = TIMES[(TIMES.index(self.view.looks.times) + 1) % len(TIMES)]
        self.view.show_times(times)
        self.show_notice(_TIMES_SAID[times])

    def _ask_ranks(self) -> None:
        text = self.navigator.lines.text
        self.ask("only", f"{text} & rank:" if text else "rank:", _ASKS["only"])

    def _toggle_json(self) -> None:
        first = self.view.toggle_json()
        self.show_notice(
            "JSON lines have their message first." if first else "JSON lines are as the log has them."
        )

    def _open_line(self) -> None:
        if self.view.first < self.view.end:
            self.app.push_screen(RecordScreen(self.view, self.view.line_in_hand()))

    def _toggle_numbers(self) -> None:
        self.view.numbers = not self.view.numbers
