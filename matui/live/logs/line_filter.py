"""Selects lines of a log by pattern and by time (``--grep``, ``--since``, ``--until``). Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from matui.base.log_lines.control import render_plain_text
from matui.base.log_lines.times import TimestampParser

_MAX_PENDING = 5000


class LineQuery(NamedTuple):
    """A pattern and two times in ms since the epoch, None for no bound."""

    pattern: re.Pattern[str] | None = None
    since_ms: float | None = None
    until_ms: float | None = None

    @property
    def has_bounds(self) -> bool:
        """Whether the query has a time bound."""
        return self.since_ms is not None or self.until_ms is not None


class LineFilter:
    """Selects lines of one file, given in order.

    A line without a time belongs to the line before. Lines before the first line with a time are held back
    until it comes: they are not later than it. What cannot be judged is selected; ``unjudged`` counts it.
    ``earliest_ms`` is a time before which no line was written (ms since the epoch). ``first_ms`` and
    ``last_ms`` are the bounds of the times read, ``has_lines_in_time`` is whether any is in the query's.
    """

    def __init__(
        self, query: LineQuery, parser: TimestampParser, *, earliest_ms: float | None = None
    ) -> None:
        self.unjudged = 0
        self.has_lines_in_time = False
        self.first_ms: float | None = None
        self.last_ms: float | None = None
        self._query = query
        self._parser = parser
        self._is_in_time: bool | None = None if query.has_bounds else True
        since = query.since_ms
        self._starts_in_time = since is None or (earliest_ms is not None and earliest_ms >= since)
        self._pending: list[str] = []

    @property
    def has_times(self) -> bool:
        """Whether any line read has a time."""
        return self.first_ms is not None

    def select(self, texts: Sequence[str]) -> list[str]:
        """Return the selected lines of those held back and ``texts``."""
        selected: list[str] = []
        for text in texts:
            plain = render_plain_text(text)
            if self._query.has_bounds:
                self._apply_time(plain, selected)
            if self._is_in_time is None:
                self._pending.append(text)
                if len(self._pending) >= _MAX_PENDING:
                    selected += self.finish()
            elif self._is_in_time and self._has_pattern(plain):
                selected.append(text)
        return selected

    def finish(self) -> list[str]:
        """Return the lines held back, at the end of the log: no time was found in any of them."""
        certain = self._starts_in_time and self._query.until_ms is None
        return self._release(self._find_pending_matches(), unjudged=not certain)

    def observe(self, texts: Sequence[str]) -> bool:
        """Read lines above the first one to select, newest last; return whether one of them has a time."""
        for text in texts:
            if (ms := self._read_time(render_plain_text(text))) is not None:
                self._is_in_time = self._is_between(ms)
        return self.has_times

    def is_before(self, text: str) -> bool:
        """Return whether the line was written before ``since_ms``."""
        since, ms = self._query.since_ms, self._read_time(render_plain_text(text))
        return since is not None and ms is not None and ms < since

    def _apply_time(self, plain: str, selected: list[str]) -> None:
        ms = self._read_time(plain)
        if ms is None:
            return
        self._is_in_time = self._is_between(ms)
        if self._pending:
            since, until = self._query.since_ms, self._query.until_ms
            is_too_old = since is not None and ms < since
            is_certain = self._starts_in_time and (until is None or ms <= until)
            selected += self._release(
                [] if is_too_old else self._find_pending_matches(), unjudged=not is_certain
            )

    def _release(self, selected: list[str], *, unjudged: bool) -> list[str]:
        self._pending.clear()
        self.unjudged += len(selected) if unjudged else 0
        return selected

    def _find_pending_matches(self) -> list[str]:
        return [text for text in self._pending if self._has_pattern(render_plain_text(text))]

    def _has_pattern(self, plain: str) -> bool:
        pattern = self._query.pattern
        return pattern is None or pattern.search(plain) is not None

    def _read_time(self, plain: str) -> float | None:
        stamp = self._parser.read(plain)
        if stamp is None:
            return None
        self.first_ms = stamp.ms if self.first_ms is None else min(self.first_ms, stamp.ms)
        self.last_ms = stamp.ms if self.last_ms is None else max(self.last_ms, stamp.ms)
        self.has_lines_in_time = self.has_lines_in_time or self._is_between(stamp.ms)
        return stamp.ms

    def _is_between(self, ms: float) -> bool:
        since, until = self._query.since_ms, self._query.until_ms
        return (since is None or ms >= since) and (until is None or ms <= until)
