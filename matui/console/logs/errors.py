"""The errors of a log: searched for in the background, gone through by keys, drawn beside the scrollbar."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

from matui.base.log_lines.errors import LOOK_BACK, ErrorRules
from matui.console.lines.search import LineSearch
from matui.console.lines.search_runner import SearchedPane


class ErrorFinder:
    """Errors by the ``rules`` in the lines of a pane; ``current`` is the line of the error shown, or None.

    The pane's SearchRunner runs the ``search``, which is None until it is begun.
    """

    def __init__(self, pane: SearchedPane, rules: Callable[[], ErrorRules], run: Callable[[], None]) -> None:
        self._pane = pane
        self._rules = rules
        self._run = run
        self.search: LineSearch | None = None
        self.current: int | None = None

    @property
    def position(self) -> tuple[int, int]:
        """The place of the error shown among those found, from 1 (0 without one), and how many there are."""
        return (self.search.place(self.current), len(self.search.matches)) if self.search else (0, 0)

    def forget(self) -> None:
        """Start over: other lines are shown."""
        self.search = self.current = None

    def begin(self) -> LineSearch:
        """Search from the top of the view outwards, where that has not begun."""
        if self.search is None:
            self.search = LineSearch(self._find, self._pane.window.top[0])
        return self.search

    def go_to_next(self, *, wrap: bool = True) -> bool:
        """Go to the next error, with ``wrap`` after the last to the first; return whether there is one."""
        search, here = self._search_from_here()
        return self._go(search.find_after(here, wrap=wrap))

    def go_to_previous(self, *, wrap: bool = True) -> bool:
        """Go to the error before, at first to the last one in view; return whether there is one."""
        search, here = self._search_from_here()
        if here != self.current:
            here = max((number for number, _ in self._pane.window.list_places()), default=here) + 1
        return self._go(search.find_before(here, wrap=wrap))

    def compute_density(self, height: int) -> list[int]:
        """Return for each of ``height`` equal parts of the lines how many errors it has, as 0, 1 or 2."""
        if self.search is None or not self.search.matches:
            return []
        first, total = self._pane.first, self._pane.end - self._pane.first
        edges = [first + total * y // height for y in range(height + 1)]
        return rate_density([self.search.count(low, high) for low, high in pairwise(edges)])

    def _search_from_here(self) -> tuple[LineSearch, int]:
        search, window = self.begin(), self._pane.window
        self._run()
        if self.current is not None and any(place[0] == self.current for place in window.list_places()):
            return search, self.current
        return search, window.top[0] - 1

    def _go(self, number: int | None) -> bool:
        if number is None:
            return False
        self.current = number
        self._pane.show_line(number)
        self._pane.restart_search()
        return True

    def _find(self, begin: int, end: int) -> list[int]:
        low = max(self._pane.first, begin - LOOK_BACK)
        heads = self._rules().find_error_heads(self._pane.read_plain_lines(low, end), begin - low)
        return [low + at for at in heads]


def rate_density(counts: Sequence[int]) -> list[int]:
    """Return how thick each part of the log is with errors: 0 none, 1 some, 2 many compared with the rest."""
    most = max(counts, default=0)
    return [0 if not count else 2 if count * 3 > most and most > 1 else 1 for count in counts]
