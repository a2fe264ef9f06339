"""Goes to matches, errors, moments and lines of a log, and fetches older pages until they are reached."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, tzinfo
from functools import partial
from typing import TYPE_CHECKING

from matui.base.log_lines.control import render_plain_text
from matui.base.moments import parse_moment
from matui.base.text.sanitize import clean
from matui.clouds.protocols import BudgetState
from matui.console.lines.view import explain_no_match, search_in
from matui.live.logs.file_cursor import find_last_time, find_line_at, find_next_time

if TYPE_CHECKING:
    from matui.console.lines.search import LineSearch
    from matui.console.logs.shown import LogHost, ShownLog
    from matui.console.logs.view import LogView

_SHARE = 0.7  # of the request budget that a search may use up
_ALL_READ = "There are no older lines."


class BackfillSearch:
    """One search at a time through what is not loaded yet, a page after the other until ``cancel``.

    ``ask`` loads another page, ``later`` calls back after some seconds, ``on_start`` is called when one has
    begun. While ``is_reading`` what has come is still being searched: nothing is reported as not found.
    """

    def __init__(
        self,
        ask: Callable[[], None],
        at_top: Callable[[], bool],
        is_reading: Callable[[], bool],
        budget: Callable[[], BudgetState],
        later: Callable[[float, Callable[[], None]], object],
        on_start: Callable[[], None],
    ) -> None:
        self.words = ""
        self._ask = ask
        self._at_top = at_top
        self._is_reading = is_reading
        self._budget = budget
        self._later = later
        self._on_start = on_start
        self._found: Callable[[], bool] = lambda: True
        self._then: Callable[[bool], object] = lambda _found: None
        self._resting = False
        self._waits = False

    @property
    def active(self) -> bool:
        """Whether pages are being fetched for it."""
        return bool(self.words)

    def start(self, words: str, found: Callable[[], bool], then: Callable[[bool], object]) -> None:
        """Fetch until ``found``; ``then`` learns whether it was, or all has been read without."""
        self.words, self._found, self._then, self._waits = words, found, then, False
        self.go_on()
        self._on_start()

    def wait(self, words: str, found: Callable[[], bool], then: Callable[[bool], object]) -> None:
        """Call ``then`` once ``found`` holds, without fetching anything."""
        self.words, self._found, self._then, self._waits = words, found, then, True
        self._on_start()

    def cancel(self) -> bool:
        """Stop fetching; whether anything was under way."""
        was, self.words = self.active, ""
        return was

    def go_on(self) -> None:
        """Take the next step: to be called whenever more has come."""
        if not self.active:
            return
        if self._found():
            self._end(True)
        elif self._waits:
            return
        elif self._at_top():
            if not self._is_reading():
                self._end(False)
        elif self._resting:
            return
        elif self._budget().used >= _SHARE * self._budget().limit:
            self._resting = True
            self._later(1.0, self._end_rest)
        else:
            self._ask()

    def _end_rest(self) -> None:
        self._resting = False
        self.go_on()

    def _end(self, found: bool) -> None:
        self.words = ""
        self._then(found)


class LogNavigator:
    """The search and the errors of one log pane."""

    def __init__(self, host: LogHost, view: LogView, shown: ShownLog, backfill: BackfillSearch) -> None:
        self._host = host
        self._view = view
        self._shown = shown
        self._backfill = backfill

    # The search

    def search(self, text: str) -> tuple[str, bool]:
        """Look for ``text`` in the lines held."""
        self._backfill.cancel()
        return search_in(self._host, self._view, text)

    def search_on(self) -> str:
        """Go on with the search in all that is not loaded yet."""
        if self._view.matches.search_state.search is not None and not self._shown.at_top:
            self._backfill.start("searching the rest", lambda: False, lambda _found: self._host.show_title())
        return ""

    def go_to_next_match(self, end: int | None = None) -> None:
        """Go to the next match once the lines before ``end`` were searched, None for all that are held."""
        if self._show_no_match():
            return
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
        if self._show_no_match():
            return
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
        self._backfill.start(
            "looking for a match above",
            lambda: search.find_before(here, wrap=False) is not None,
            lambda found: self._view.matches.go_to_previous() if found else self._show(_ALL_READ),
        )

    def _show_no_match(self) -> bool:
        """Show why there is no match to go to; return whether there is none."""
        reason = explain_no_match(self._view, all_read=self._shown.at_top)
        if reason:
            self._show(reason)
        return bool(reason)

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
        self._backfill.start(
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
        self._backfill.wait(
            "searching what is loaded",
            lambda: search.covers(max(low, self._view.first), end - 1),
            lambda _found: again(),
        )
        return True

    def _wait_for_end(self, again: Callable[[], None]) -> None:
        """Call ``again`` once the last lines are shown, without loading older ones meanwhile."""
        self._backfill.wait(
            f"looking for an error: {self._shown.describe_pending()}",
            lambda: not self._shown.describe_pending(),
            lambda _found: again(),
        )

    def _show(self, words: str) -> None:
        self._host.show_notice(clean(words))


class TimeNavigator:
    """Goes to moments of the log that is shown, and to the line that its pane was opened at."""

    def __init__(self, view: LogView, shown: ShownLog, backfill: BackfillSearch) -> None:
        self._view = view
        self._shown = shown
        self._backfill = backfill
        self._opened_at: tuple[str, int, float | None] | None = None

    def open_at(self, file: str, line: int, time_ms: float | None) -> None:
        """Open the log with a file at a line, counted from its first, 0; ``time_ms`` is its, None unknown."""
        self._shown.wanted = file
        self._opened_at = (file, line, time_ms)

    def show_opened(self, file: str) -> None:
        """Go to the line that the log is opened at, once, where it is of ``file``, which has been opened."""
        if self._opened_at is not None and self._opened_at[0] == file:
            (_file, line, time_ms), self._opened_at = self._opened_at, None
            self.go_to_line(line, time_ms)

    def go_to(self, text: str) -> str:
        """Go to a moment, fetching older lines until there; returns what is wrong with it, or ``""``."""
        view, stamper = self._view, self._shown.build_time_parser()
        last = find_last_time(view.shown, self.read_time)
        if last is None:
            return "No line near the end has a time."
        try:
            ms = parse_moment(text, last_ms=last, zone=self._choose_zone(stamper.zone))
        except ValueError as error:
            return f"This is {error}."
        self._go_to_moment(ms)
        return ""

    def _go_to_moment(self, ms: float) -> None:
        if self._has_reached(ms) or self._shown.at_top:
            self._show_moment(ms)
        else:
            self._backfill.start(
                "going back", lambda: self._has_reached(ms), lambda _found: self._show_moment(ms)
            )

    def go_to_line(self, line: int, time_ms: float | None) -> None:
        """Go to a line of the file, fetching older lines until there: by its time, else by its number."""
        if time_ms is not None:
            self._go_to_moment(time_ms)
        elif self._shown.at_top:
            self._show_number(line)
        else:
            self._backfill.start("going back", lambda: False, lambda _found: self._show_number(line))

    def _show_number(self, line: int) -> None:
        """Show a line by its number from the first line of the file, which is held."""
        self._view.show_top(min(self._view.shown.first + line, self._view.end - 1))

    def _choose_zone(self, written: tzinfo | None) -> tzinfo | None:
        """Return the zone in which the reader sees times."""
        times = self._view.looks.times
        return written if times in ("written", "hidden") else UTC if times == "utc" else None

    def read_time(self, text: str) -> float | None:
        """Return the time of a line, ms since the epoch, None where it has none."""
        stamp = self._view.looks.stamper.read(render_plain_text(text))
        return stamp.ms if stamp else None

    def _has_reached(self, ms: float) -> bool:
        source = self._view.shown
        first = find_next_time(source, self.read_time, source.first, source.end)
        return first is not None and first[1] <= ms

    def _show_moment(self, ms: float) -> None:
        number = find_line_at(self._view.shown, self.read_time, ms)
        self._view.show_top(min(number, self._view.end - 1))
