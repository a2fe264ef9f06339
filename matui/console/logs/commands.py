"""The commands of a log pane: those that act at once, and those that take what is typed after them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, cast

from matui.base.text.formatting import pluralize
from matui.console.lines.search import compile_pattern
from matui.console.lines.view import run_line_command
from matui.console.logs.shown_lines import parse_terms
from matui.console.logs.style import TIMES
from matui.console.screens.record import RecordScreen

if TYPE_CHECKING:
    from matui.console.logs.alerts import Alerts
    from matui.console.logs.export import LogExport
    from matui.console.logs.navigation import BackfillSearch, LogNavigator, TimeNavigator
    from matui.console.logs.shown import LogHost, ShownLog
    from matui.console.logs.shown_lines import Fold, ShownLines
    from matui.console.logs.view import LogView
    from matui.console.messages import Mode

_TIMES_SAID = {
    "written": "Times are as the log has them.",
    "local": "Times are local.",
    "utc": "Times are in UTC.",
    "since": "Times count from the job's creation.",
    "hidden": "Times are hidden.",
}
_ASKS = {
    "only": "a regex, !regex, rank:0-7, several with &; empty for all",
    "goto_time": "03:12, -10m, 2020-07-16 08:22",
    "pipe": "a command, such as grep -c loss; empty for a pager",
    "save": "enter saves, esc cancels",
    "alert": "a regex: alerts on a match while the terminal is not focused; empty for none",
}
_NO_LINE = "There is no line yet."
_FOLDED: dict[Fold, tuple[str, str]] = {
    "platform": ("The platform's own lines are folded", "The platform's own lines are shown."),
    "repeats": ("A traceback of several ranks is shown once", "Every traceback is shown."),
}


class LogParts(NamedTuple):
    """The parts of a log pane."""

    view: LogView
    shown: ShownLog
    lines: ShownLines
    backfill: BackfillSearch
    navigator: LogNavigator
    times: TimeNavigator
    export: LogExport
    alerts: Alerts


class LogCommands:
    """Runs the commands of a log on the parts of its pane; ``host`` asks for what is to be typed."""

    def __init__(self, host: LogHost, parts: LogParts) -> None:
        self._host = host
        self._parts = parts
        self._view = parts.view
        self._by_id = self._map_commands()

    def run(self, command_id: str) -> None:
        """Run a command, or open the prompt for what it takes."""
        command = self._by_id.get(command_id)
        if command is not None:
            command()
        elif command_id in _ASKS:
            self.run_with(command_id, "")
        elif words := run_line_command(self._view, command_id):
            self._host.show_notice(words)

    def run_with(self, command_id: str, argument: str) -> None:
        """Run a command of the log; some take what was typed after them."""
        if command_id not in _ASKS:
            self.run(command_id)
        elif not argument:
            prefilled = {"only": self._parts.lines.text, "save": self._parts.export.suggest_path()}
            text = prefilled.get(command_id, "")
            if command_id == "save" and not text:
                self._host.show_notice("There is no log yet.", wrong=True)
                return
            self._host.ask(cast("Mode", command_id), text, _ASKS[command_id])
        elif wrong := self.apply_input(command_id, argument):
            self._host.show_notice(wrong, wrong=True)

    # What is typed

    def check(self, mode: str, text: str) -> tuple[str, bool]:
        """Return what to say of a pattern that is being typed, and whether it is wrong."""
        if mode in ("only", "alert") and text:
            checked = parse_terms(text) if mode == "only" else compile_pattern(text)
            return (checked, True) if isinstance(checked, str) else ("", False)
        return ("", False)

    def apply_input(self, mode: str, text: str) -> str:
        """Apply what was typed; return what is wrong with it, or ``""``."""
        parts = self._parts
        if mode == "search":
            return parts.navigator.search_on()
        if mode == "only":
            return self._show_only(text)
        if mode == "goto_time":
            return parts.times.go_to(text)
        if mode == "save":
            return parts.export.save(text)
        if mode == "alert":
            return self._add_alert(text)
        self._host.run_in_background(partial(parts.export.pipe, text), "log-pipe")
        return ""

    def _show_only(self, text: str) -> str:
        wrong = self._parts.lines.set_filter(text)
        if not wrong:
            self._parts.backfill.cancel()
            self._host.show_title()
        return wrong

    def _add_alert(self, text: str) -> str:
        wrong = self._parts.alerts.add(text)
        if not wrong:
            self._host.show_notice(f"Alerts on {text}." if text else "Alerts on nothing any more.")
        return wrong

    def step_back(self) -> bool:
        """Undo the innermost thing: a selection, a backfill, a filter, a search; whether there was one."""
        if self._view.selecting.active:
            self._view.selecting.end()
        elif self._parts.backfill.cancel():
            self._host.show_title()
        elif self._parts.lines.text:
            self._show_only("")
        elif self._host.search_text:
            self._parts.navigator.search("")
        else:
            return False
        return True

    # What acts at once

    def _map_commands(self) -> dict[str, Callable[[], object]]:
        navigator, shown = self._parts.navigator, self._parts.shown
        choose_files = partial(shown.choose_files, self._parts.lines.show)
        return {
            "follow": self._view.action_follow,
            "next_match": navigator.go_to_next_match,
            "previous_match": navigator.go_to_previous_match,
            "next_error": navigator.go_to_next_error,
            "previous_error": navigator.go_to_previous_error,
            "next_file": partial(shown.step_file, 1),
            "previous_file": partial(shown.step_file, -1),
            "merge": shown.toggle_merged,
            "choose_files": partial(self._host.run_in_background, choose_files, "log-choose"),
            "times": self._switch_times,
            "line_numbers": self._toggle_numbers,
            "mark_line": self._mark,
            "next_marked": self._go_to_next_marked,
            "fold_platform": partial(self._fold, "platform"),
            "fold_repeats": partial(self._fold, "repeats"),
            "ranks": self._ask_ranks,
            "json": self._toggle_json,
            "open_line": self._open_line,
            "select": self._select,
        }

    def _switch_times(self) -> None:
        times = TIMES[(TIMES.index(self._view.looks.times) + 1) % len(TIMES)]
        self._view.show_times(times)
        self._host.show_notice(_TIMES_SAID[times])

    def _fold(self, fold: Fold) -> None:
        """Fold lines away, or show them again."""
        lines = self._parts.lines
        on = lines.toggle(fold)
        words, shown = _FOLDED[fold]
        count = lines.folding.count(fold)
        found = pluralize(count, "line") if count else "none"
        self._host.show_notice(f"{words}: {found} so far." if on else shown)
        self._host.show_title()

    def _mark(self) -> None:
        """Mark the line that is meant, or take its mark back."""
        if self._view.first >= self._view.end:
            self._host.show_notice(_NO_LINE)
            return
        marked = self._view.toggle_mark()
        self._host.show_notice("Marked; ' goes from mark to mark." if marked else "The mark is gone.")

    def _go_to_next_marked(self) -> None:
        if self._view.marked and self._view.first >= self._view.end:
            self._host.show_notice("The filter shows no line.")
        elif not self._view.go_to_next_marked():
            self._host.show_notice("No line is marked: M marks one.")

    def _select(self) -> None:
        """Begin to select lines with the keys, or stop."""
        view = self._view
        if view.selecting.active:
            view.selecting.end()
        elif view.first < view.end:
            view.selecting.begin(view.find_here())
            self._host.show_notice("The arrows select lines; c copies them, esc stops.")
        else:
            self._host.show_notice(_NO_LINE)

    def _ask_ranks(self) -> None:
        text = self._parts.lines.text
        self._host.ask("only", f"{text} & rank:" if text else "rank:", _ASKS["only"])

    def _toggle_json(self) -> None:
        first = self._view.toggle_json()
        self._host.show_notice(
            "JSON lines have their message first." if first else "JSON lines are as the log has them."
        )

    def _open_line(self) -> None:
        if self._view.first < self._view.end:
            self._host.app.push_screen(RecordScreen(self._view, self._view.find_line_in_hand()))
        else:
            self._host.show_notice(_NO_LINE)

    def _toggle_numbers(self) -> None:
        self._view.numbers = not self._view.numbers
        if self._view.first >= self._view.end:
            self._host.show_notice(f"Line numbers are {'shown' if self._view.numbers else 'hidden'}.")
