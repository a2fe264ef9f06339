"""Which lines of a log are wanted: by what they say and by when they were written. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from matui.base.log_lines.times import TimestampParser
from matui.text import clean_log_line


@dataclass(frozen=True, slots=True)
class Wish:
    """A pattern and two moments in ms since the epoch, None for no bound."""

    pattern: re.Pattern[str] | None = None
    since_ms: float | None = None
    until_ms: float | None = None

    @property
    def timed(self) -> bool:
        """Whether times matter."""
        return self.since_ms is not None or self.until_ms is not None


class Sieve:
    """Looks at one file's lines in order; a line without a time stays with the one before."""

    def __init__(self, wish: Wish, stamper: TimestampParser) -> None:
        self._wish = wish
        self._stamper = stamper
        self._in_time = wish.since_ms is None

    def keeps(self, text: str) -> bool:
        """Whether a line is wanted."""
        plain = clean_log_line(text)
        if self._wish.timed:
            ms = self._time(plain)
            if ms is not None:
                self._in_time = self._is_in_time(ms)
        pattern = self._wish.pattern
        return self._in_time and (pattern is None or pattern.search(plain) is not None)

    def is_before(self, text: str) -> bool:
        """Whether a line was written before all that is wanted."""
        since, ms = self._wish.since_ms, self._time(clean_log_line(text))
        return since is not None and ms is not None and ms < since

    def _time(self, plain: str) -> float | None:
        stamp = self._stamper.read(plain)
        return stamp.ms if stamp else None

    def _is_in_time(self, ms: float) -> bool:
        since, until = self._wish.since_ms, self._wish.until_ms
        return (since is None or ms >= since) and (until is None or ms <= until)
