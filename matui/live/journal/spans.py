"""The stretches of time in which lists were polled: extended while polling goes on, never a row a poll."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from matui.live.journal.change import SPAN_EVERY_MS, Reading, Span
from matui.live.journal.recording import ensure_account_number

if TYPE_CHECKING:
    import sqlite3

_LONGEST_PAUSE_MS = 20 * 60_000  # kinds that are never shown are polled every ten minutes and more
_JOIN_MS = 120_000


class SpanWriter:
    """Extends the span of each list that this process polls."""

    def __init__(self) -> None:
        self._open: dict[tuple[int, str], tuple[int, int]] = {}

    def forget(self) -> None:
        """Begin new spans, because the database has been replaced."""
        self._open.clear()

    def write(self, connection: sqlite3.Connection, reading: Reading) -> None:
        """Extend the span of a reading's list, or begin one; the caller has begun a transaction."""
        number = ensure_account_number(connection, reading.scope.account)
        key = (number, reading.scope.kind)
        span, end = self._open.get(key, (0, 0))
        at = reading.read_at
        if span and 0 <= at - end < SPAN_EVERY_MS:
            return
        if span and 0 <= at - end <= _LONGEST_PAUSE_MS:
            updated = connection.execute("UPDATE spans SET end_at=max(end_at, ?) WHERE id=?", (at, span))
            if not updated.rowcount:
                span = 0
        else:
            span = 0
        self._open[key] = (span or self._begin(connection, key, at), at)

    @staticmethod
    def _begin(connection: sqlite3.Connection, key: tuple[int, str], at: int) -> int:
        """Return the number of a span that ends just before, of any process, else of a new one."""
        found = connection.execute(
            "SELECT id FROM spans WHERE account=? AND kind=? AND end_at>=? AND start_at<=?"
            " ORDER BY end_at DESC LIMIT 1",
            (*key, at - _JOIN_MS, at),
        ).fetchone()
        if found is not None:
            connection.execute("UPDATE spans SET end_at=max(end_at, ?) WHERE id=?", (at, found[0]))
            return int(found[0])
        added = connection.execute(
            "INSERT INTO spans(account, kind, start_at, end_at) VALUES(?,?,?,?)", (*key, at, at)
        )
        return int(added.lastrowid or 0)


def merge(spans: Iterable[tuple[int, int]]) -> tuple[Span, ...]:
    """Return spans sorted and without overlap. Pure."""
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, end))
        else:
            merged.append(Span(start, end))
    return tuple(merged)


def find_unwatched(spans: Iterable[Span], since: int, until: int) -> tuple[Span, ...]:
    """Return the stretches between two moments that no span covers. Pure."""
    gaps: list[Span] = []
    at = since
    for span in spans:
        if span.start > at:
            gaps.append(Span(at, min(span.start, until)))
        at = max(at, span.end)
    if at < until:
        gaps.append(Span(at, until))
    return tuple(gap for gap in gaps if gap.end > gap.start)
