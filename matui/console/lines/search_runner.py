"""Searches the lines of a pane in slices, between turns of the event loop, and goes from match to match."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Protocol

from matui.console.lines.search import LineSearch, SearchState
from matui.console.lines.window import LineWindow

_SLICE_S = 0.005  # of a search that the reader waits for
_BRIEF_S = 0.0015  # of any other search
_BREAK_S = 0.25  # after the reader has moved, before such a search continues


class SearchedPane(Protocol):
    """The methods that a search calls on its pane."""

    window: LineWindow

    @property
    def first(self) -> int:
        """The number of the first line."""

    @property
    def end(self) -> int:
        """The number after the last line's."""

    @property
    def is_attached(self) -> bool:
        """Whether the pane is on a screen."""

    @property
    def filter_pending(self) -> bool:
        """Whether a filter has not yet looked at every line."""

    def step_filter(self, spent: Callable[[], bool]) -> bool:
        """Filter more lines until ``spent``; return whether lines are left."""

    def list_other_searches(self) -> Sequence[LineSearch]:
        """Return the searches that the pane runs beside the reader's."""

    def read_plain_lines(self, begin: int, end: int) -> Sequence[str]:
        """Return the texts of the lines ``begin`` to ``end`` (exclusive)."""

    def show_line(self, number: int) -> None:
        """Bring a line into view."""

    def restart_search(self) -> None:
        """Announce that more matches are known, or that another is current."""

    def sync(self) -> None:
        """Paint what has changed."""

    def set_timer(self, delay: float, callback: Callable[[], None]) -> object:
        """Call ``callback`` after ``delay`` seconds."""


class SearchRunner:
    """Runs the user's search, the pane's other searches and its filter; ``search_state`` is the user's."""

    def __init__(self, pane: SearchedPane) -> None:
        self.search_state = SearchState()
        self._pane = pane
        self._moved_at = 0.0
        self._pending = False

    @property
    def is_searching(self) -> bool:
        """Whether lines are still to be searched."""
        return any(not search.complete(self._pane.first, self._pane.end) for search in self._list_searches())

    @property
    def _is_awaited(self) -> bool:
        """Whether the reader waits for a search or a filter."""
        search = self.search_state.search
        searching = search is not None and not search.complete(self._pane.first, self._pane.end)
        return searching or self._pane.filter_pending

    def note_move(self) -> None:
        """Record that the view has moved: searches in the background pause."""
        self._moved_at = time.perf_counter()

    def restart(self) -> None:
        """Search other lines for the same pattern, from the top of the view."""
        self.search_state.current = None
        self.search_state.begin(self._pane.read_plain_lines, self._pane.window.top[0])

    def look_for(self, pattern: str) -> str:
        """Search for a regular expression, ``""`` to stop; return what is wrong with it, or ``""``."""
        wrong = self.search_state.look_for(pattern)
        if wrong:
            return wrong
        top = self._pane.window.top[0]
        self.search_state.begin(self._pane.read_plain_lines, top)
        self.run()
        if self.search_state.search is not None:
            self.go_to(self.search_state.search.find_after(top - 1))
        self._pane.restart_search()
        self._pane.sync()
        return ""

    def go_to_next(self) -> None:
        """Go to the next match, after the last to the first."""
        if self.search_state.search is not None:
            self.go_to(self.search_state.search.find_after(self._find_here()))

    def go_to_previous(self) -> None:
        """Go to the match before, before the first to the last."""
        if self.search_state.search is not None:
            self.go_to(self.search_state.search.find_before(self._find_here()))

    def _find_here(self) -> int:
        return self._pane.window.top[0] if self.search_state.current is None else self.search_state.current

    def go_to(self, number: int | None) -> None:
        """Make the match in a line the current one; None is no match."""
        if number is None:
            return
        self.search_state.current = number
        self._pane.show_line(number)
        self._pane.restart_search()

    def run(self) -> None:
        """Search for a moment, and continue in another turn of the event loop."""
        until = time.perf_counter() + (_SLICE_S if self._is_awaited else _BRIEF_S)
        before = self.search_state.count
        more = self._step(lambda: time.perf_counter() > until)
        if self.search_state.count != before:
            self._pane.restart_search()
        if more and not self._pending and self._pane.is_attached:
            self._pending = True
            has_moved = time.perf_counter() - self._moved_at < _BREAK_S
            self._pane.set_timer(_BREAK_S if has_moved and not self._is_awaited else 0.001, self._continue)

    def _step(self, spent: Callable[[], bool]) -> bool:
        """Filter and search until ``spent``; return whether lines are left."""
        more = self._pane.step_filter(spent)
        first, end = self._pane.first, self._pane.end
        return sum(search.step(first, end, spent) for search in self._list_searches()) > 0 or more

    def _list_searches(self) -> list[LineSearch]:
        own = [self.search_state.search] if self.search_state.search else []
        return [*own, *self._pane.list_other_searches()]

    def _continue(self) -> None:
        self._pending = False
        self.run()
        search = self.search_state.search
        if search is not None and self.search_state.current is None and search.matches:
            self.go_to(search.find_after(self._pane.window.top[0] - 1))
        if not self.is_searching:
            self._pane.restart_search()
