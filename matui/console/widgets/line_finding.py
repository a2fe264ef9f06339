"""What is looked for in a pane of lines: the pattern, the lines found so far, and the one that is shown."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from matui.base.log_lines.control import LookSpan
from matui.console.widgets.line_search import LineSearch, compile_pattern, finder


class Finding:
    """A search and its current match. Nothing is looked for while ``pattern`` is None."""

    def __init__(self) -> None:
        self.text = ""
        self.pattern: re.Pattern[str] | None = None
        self.search: LineSearch | None = None
        self.current: int | None = None

    def look_for(self, text: str) -> str:
        """Take a regular expression, ``""`` for none; returns what is wrong with it, or ``""``."""
        self.text, self.current = text, None
        compiled = compile_pattern(text) if text else None
        if isinstance(compiled, str):
            return compiled
        self.pattern, self.search = compiled, None
        return ""

    def begin(self, texts: Callable[[int, int], Sequence[str]], start: int) -> None:
        """Look through lines, outwards from ``start``; ``texts`` returns those of a range."""
        self.search = LineSearch(finder(self.pattern, texts), start) if self.pattern else None

    @property
    def count(self) -> int:
        """How many lines match, as far as they have been looked at."""
        return len(self.search.matches) if self.search else 0

    @property
    def place(self) -> int:
        """The current match's place among all, from 1; 0 without one."""
        return self.search.place(self.current) if self.search else 0

    def spans(self, text: str, *, current: bool) -> tuple[LookSpan, ...]:
        """Return where the pattern is in a line's text."""
        if self.pattern is None:
            return ()
        name = "line-pane--search-current" if current else "line-pane--search"
        found = self.pattern.finditer(text)
        return tuple((*match.span(), name) for match in found if match.end() > match.start())
