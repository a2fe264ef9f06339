"""Selects lines of a log by pattern and by time (``--grep``, ``--since``, ``--until``). Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from matui.base.log_lines.control import plain_text
from matui.base.log_lines.times import TimestampParser


@dataclass(frozen=True, slots=True)
class LineQuery:
    """A pattern and two moments in ms since the epoch, None for no bound."""

    pattern: re.Pattern[str] | None = None
    since_ms: float | None = None
    until_ms: float | None = None

    @property
    def has_bounds(self) -> bool:
        """Whether the query has a time bound."""
        return self.since_ms is not None or self.until_ms is not None


class LineFilter:
    """Selects lines of one file, given in order; a line without a time belongs to the line before."""

    def __init__(self, query: LineQuery, parser: TimestampParser) -> None:
        self._query = query
        self._parser = parser
        self._in_time = query.since_ms is None

    def matches(self, text: str) -> bool:
        """Return whether the line is selected."""
        plain = plain_text(text, whole=True)
        if self._query.has_bounds:
            ms = self._time(plain)
            if ms is not None:
                self._in_time = self._is_in_time(ms)
        pattern = self._query.pattern
        return self._in_time and (pattern is None or pattern.search(plain) is not None)

    def is_before(self, text: str) -> bool:
        """Return whether the line was written before ``since_ms``."""
        since, ms = self._query.since_ms, self._time(plain_text(text, whole=True))
        return since is not None and ms is not None and ms < since

    def _time(self, plain: str) -> float | None:
        stamp = self._parser.read(plain)
        return stamp.ms if stamp else None

    def _is_in_time(self, ms: float) -> bool:
        since, until = self._query.since_ms, self._query.until_ms
        return (since is None or ms >= since) and (until is None or ms <= until)
