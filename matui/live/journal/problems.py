"""What is wrong with the journal, reported once."""

from __future__ import annotations

from collections.abc import Callable


class JournalProblems:
    """The last problem of a journal, ``""`` for none; ``on_problem`` is called with each new one.

    A loss is reported once until something has been written, be it by reading or by writing.
    """

    def __init__(self, on_problem: Callable[[str], None] | None = None) -> None:
        self.last = ""
        self.on_problem = on_problem
        self.is_losing = False
        self._reported: set[str] = set()

    def report(self, words: str) -> None:
        """Report a problem, unless it has been."""
        if words in self._reported:
            return
        self._reported.add(words)
        self.last = words
        if self.on_problem is not None:
            self.on_problem(words)

    def report_loss(self, words: str) -> None:
        """Report that reading or writing fails, once until something has been written."""
        self.last = words
        if not self.is_losing:
            self.is_losing = True
            self.report(words)

    def end_loss(self) -> None:
        """Note that something has been written."""
        self.is_losing = False
