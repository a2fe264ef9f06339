"""Goes to the matches of a search and to errors in a log, and fetches older pages until there is one."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from matui.base.text.sanitize import clean
from matui.console.lines.commands import explain_no_match, search_in

if TYPE_CHECKING:
    from matui.console.lines.search import LineSearch
    from matui.console.logs.backfill import BackfillSearch
    from matui.console.logs.host import LogHost
    from matui.console.logs.shown import ShownLog
    from matui.console.logs.view import LogView

_ALL_READ = "There are no older lines."


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
