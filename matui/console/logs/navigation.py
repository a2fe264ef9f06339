"""Goes to matches, errors, times and marks of a log, and fetches older pages until there is one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, tzinfo
from functools import partial
from typing import TYPE_CHECKING

from matui.base.formatting import pluralize
from matui.base.log_lines.control import render_plain_text
from matui.base.moments import parse_moment
from matui.base.sanitize import clean
from matui.console.lines.commands import search_in
from matui.console.lines.search import compile_pattern
from matui.console.logs.backfill import BackfillSearch
from matui.console.logs.line_terms import parse_terms
from matui.console.logs.shown_lines import ShownLines
from matui.live.logs.time_search import find_last_time, find_line_at, find_next_time

if TYPE_CHECKING:
    from matui.console.lines.search import LineSearch
    from matui.console.logs.folding import Fold
    from matui.console.logs.host import LogHost
    from matui.console.logs.shown import ShownLog
    from matui.console.logs.view import LogView
    from matui.console.session import ConsoleSession

_FOLDED: dict[Fold, tuple[str, str]] = {
    "platform": ("The platform's own lines are folded", "The platform's own lines are shown."),
    "repeats": ("A traceback of several ranks is shown once", "Every traceback is shown."),
}
_ALL_READ = "There are no older lines."


class LogNavigator:
    """Search, errors, times, marks and filters of one log pane."""

    def __init__(self, session: ConsoleSession, host: LogHost, view: LogView, shown: ShownLog) -> None:
        self.lines = ShownLines(view, shown)
        self._host = host
        self._view = view
        self._shown = shown
        self.backfill = BackfillSearch(
            shown.load_older,
            lambda: shown.at_top,
            lambda: view.matches.is_searching,
            session.cloud.budget,
            host.set_timer,
        )

    def leave(self) -> None:
        """Another log is shown: nothing is looked for there yet but the search."""
        self.backfill.cancel()
        self._view.selecting.end()
        self.lines.forget()

    def step_back(self) -> bool:
        """Undo the innermost thing; whether there was one."""
        if self._view.selecting.active:
            self._view.selecting.end()
        elif self.backfill.cancel():
            self._host.show_title()
        elif self.lines.text:
            self.show_only("")
        elif self._host.search_text:
            self.search("")
        else:
            return False
        return True

    def _backfill_until(self, words: str, found: Callable[[], bool], then: Callable[[bool], object]) -> None:
        self.backfill.start(words, found, then)
        self._host.show_title()

    def check(self, mode: str, text: str) -> tuple[str, bool]:
        """Return what to say of a pattern that is being typed, and whether it is wrong."""
        if mode in ("only", "alert") and text:
            checked = parse_terms(text) if mode == "only" else compile_pattern(text)
            return (checked, True) if isinstance(checked, str) else ("", False)
        return ("", False)

    # The search

    def search(self, text: str) -> tuple[str, bool]:
        """Look for ``text`` in the lines held."""
        self.backfill.cancel()
        return search_in(self._host, self._view, text)

    def search_on(self) -> str:
        """Go on with the search in all that is not loaded yet."""
        if self._view.matches.search_state.search is not None and not self._shown.at_top:
            self._backfill_until("searching the rest", lambda: False, lambda _found: self._host.show_title())
        return ""

    def go_to_next_match(self, end: int | None = None) -> None:
        """Go to the next match once the lines before ``end`` were searched, None for all that are held."""
        search = self._view.matches.search_state.search
        here = self._view.matches.search_state.current
        last = search is not None and here is not None and search.find_after(here, wrap=False) is None
        end = self._view.end if end is None else end
        if (
            last
            and here is not None
            and self._wait_for_search(search, here, end, partial(self.go_to_next_match, end))
        ):
            return
        if last and not self._shown.at_top:
            self._show("This is the last match. Those above are not all loaded: N goes on upwards.")
        else:
            self._view.matches.go_to_next()

    def go_to_previous_match(self) -> None:
        """Go to the match before, fetching older lines until there is one."""
        search, here = self._view.matches.search_state.search, self._view.matches.search_state.current
        if (
            search is None
            or here is None
            or self._shown.at_top
            or search.find_before(here, wrap=False) is not None
        ):
            self._view.matches.go_to_previous()
            return
        if self._wait_for_search(search, self._view.first, here, self.go_to_previous_match):
            return
        self._backfill_until(
            "looking for a match above",
            lambda: search.find_before(here, wrap=False) is not None,
            lambda found: self._view.matches.go_to_previous() if found else self._show(_ALL_READ),
        )

    # Errors

    def go_to_next_error(self, end: int | None = None) -> None:
        """Go to the next error once the lines before ``end`` were searched, None for all that are held."""
        if self._shown.is_opening:
            self._wait_for_end(self.go_to_next_error)
            return
        errors = self._view.errors
        if errors.go_to_next(wrap=False):
            return
        end = self._view.end if end is None else end
        if self._wait_for_search(errors.search, self._view.first, end, partial(self.go_to_next_error, end)):
            return
        if not errors.go_to_next():
            words = "No error in what is loaded; ctrl+e looks above."
            self._show("The log has no error." if self._shown.at_top else words)

    def go_to_previous_error(self) -> None:
        """Go to the error before, fetching older lines until there is one."""
        if self._shown.is_opening or self._shown.ends_pending:
            self._wait_for_end(self.go_to_previous_error)
            return
        self._view.show_newest()
        errors, above = self._view.errors, self._view.window.top[0]
        if errors.go_to_previous(wrap=False):
            return
        if self._shown.describe_pending():
            self._wait_for_end(self.go_to_previous_error)
            return
        if self._wait_for_search(errors.search, self._view.first, above, self.go_to_previous_error):
            return
        if self._shown.at_top:
            if not errors.go_to_previous():
                self._show("The log has no error.")
            return
        self._backfill_until(
            "looking for an error above",
            lambda: self._view.errors.go_to_previous(wrap=False),
            lambda found: None if found else self._show(_ALL_READ),
        )

    def _wait_for_search(
        self, search: LineSearch | None, low: int, end: int, again: Callable[[], None]
    ) -> bool:
        """Call ``again`` once the lines ``low`` to ``end`` (exclusive) were searched; False if they are."""
        if search is None or low >= end or search.covers(low, end - 1):
            return False
        self.backfill.wait(
            "searching what is loaded",
            lambda: search.covers(max(low, self._view.first), end - 1),
            lambda _found: again(),
        )
        self._host.show_title()
        return True

    def _wait_for_end(self, again: Callable[[], None]) -> None:
        """Call ``again`` once the last lines are shown, without loading older ones meanwhile."""
        self.backfill.wait(
            f"looking for an error: {self._shown.describe_pending()}",
            lambda: not self._shown.describe_pending(),
            lambda _found: again(),
        )
        self._host.show_title()

    # Only some lines

    def show_only(self, text: str) -> str:
        """Show only lines that match, or all; returns what is wrong with the filter, or ``""``."""
        wrong = self.lines.set_filter(text)
        if not wrong:
            self.backfill.cancel()
            self._host.show_title()
        return wrong

    def fold(self, fold: Fold) -> None:
        """Fold lines away, or show them again."""
        on = self.lines.toggle(fold)
        words, shown = _FOLDED[fold]
        count = self.lines.folding.count(fold)
        found = pluralize(count, "line") if count else "none"
        self._show(f"{words}: {found} so far." if on else shown)
        self._host.show_title()

    # Times

    def go_to(self, text: str) -> str:
        """Go to a moment, fetching older lines until there; returns what is wrong with it, or ``""``."""
        view, stamper = self._view, self._shown.build_time_parser()
        last = find_last_time(view.shown, self._time)
        if last is None:
            return "No line near the end has a time."
        try:
            ms = parse_moment(text, last_ms=last, zone=self._zone(stamper.zone))
        except ValueError as error:
            return f"This is {error}."
        self._go_to_moment(ms)
        return ""

    def _go_to_moment(self, ms: float) -> None:
        if self._has_reached(ms) or self._shown.at_top:
            self._show_moment(ms)
        else:
            self._backfill_until(
                "going back", lambda: self._has_reached(ms), lambda _found: self._show_moment(ms)
            )

    def go_to_line(self, line: int, time_ms: float | None) -> None:
        """Go to a line of the file, fetching older lines until there: by its time, else by its number."""
        if time_ms is not None:
            self._go_to_moment(time_ms)
        elif self._shown.at_top:
            self._show_number(line)
        else:
            self._backfill_until("going back", lambda: False, lambda _found: self._show_number(line))

    def _show_number(self, line: int) -> None:
        """Show a line by its number from the first line of the file, which is held."""
        self._view.show_top(min(self._view.shown.first + line, self._view.end - 1))

    def _zone(self, written: tzinfo | None) -> tzinfo | None:
        """Return the zone in which the reader sees times."""
        times = self._view.looks.times
        return written if times in ("written", "hidden") else UTC if times == "utc" else None

    def _time(self, text: str) -> float | None:
        stamp = self._view.looks.stamper.read(render_plain_text(text))
        return stamp.ms if stamp else None

    def _has_reached(self, ms: float) -> bool:
        source = self._view.shown
        first = find_next_time(source, self._time, source.first, source.end)
        return first is not None and first[1] <= ms

    def _show_moment(self, ms: float) -> None:
        number = find_line_at(self._view.shown, self._time, ms)
        self._view.show_top(min(number, self._view.end - 1))

    # Marks and selections

    def mark(self) -> None:
        """Mark the line that is meant, or take its mark back."""
        if self._view.first >= self._view.end:
            self._show("There is no line to mark.")
            return
        marked = self._view.toggle_mark()
        self._show("Marked; ' goes from mark to mark." if marked else "The mark is gone.")

    def go_to_next_marked(self) -> None:
        """Go to the next marked line."""
        if self._view.marked and self._view.first >= self._view.end:
            self._show("The filter shows no line.")
        elif not self._view.go_to_next_marked():
            self._show("No line is marked: M marks one.")

    def select(self) -> None:
        """Begin to select lines with the keys, or stop."""
        view = self._view
        if view.selecting.active:
            view.selecting.end()
        elif view.first < view.end:
            view.selecting.begin(view.here())
            self._show("The arrows select lines; c copies them, esc stops.")

    def _show(self, words: str) -> None:
        self._host.show_notice(clean(words))
