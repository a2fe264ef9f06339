"""Fetches older pages of a log, a page after the other, until what is looked for has come."""

from __future__ import annotations

from collections.abc import Callable

from matui.clouds.protocols import BudgetState

_SHARE = 0.7  # of the request budget that a search may use up


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
