"""Changes as rows of a table, as JSON, and as events; the stretches of time in which lists were polled."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from matui.base.text.formatting import format_duration, format_iso_utc
from matui.base.text.sanitize import clean
from matui.live.journal.change import SPAN_EVERY_MS, Change, Reading, Span
from matui.live.journal.recording import ensure_account_number
from matui.resources.columns import choose_state_word, shorten_status
from matui.resources.detail import Event
from matui.resources.kinds.changes import NUMBER
from matui.resources.model import Phase, Resource
from matui.resources.times import STATE_SINCE

if TYPE_CHECKING:
    import sqlite3

_LONGEST_PAUSE_MS = 20 * 60_000  # kinds that are never shown are polled every ten minutes and more
_JOIN_MS = 120_000
GONE = "gone"
_SHORTEST_GAP_MS = 180_000
_MOST_GAPS = 500
SOURCE = "journal"
_TROUBLE = (Phase.FAILED, Phase.DEGRADED)


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


def build_change_row(change: Change, profile: str = "") -> Resource:
    """Return a change as a row of the kind of its resource; ``profile`` is the name it is open by."""
    after = shorten_status(change.after) if change.after is not None else GONE
    phase = change.after_phase or (Phase.STOPPED if change.after is None else Phase.UNKNOWN)
    before = choose_state_word(change.before, "")
    return Resource(
        kind=change.kind,
        id=str(change.number),
        name=clean(change.name),
        status=clean(after),
        phase=phase,
        cloud=change.account.cloud,
        profile=profile or change.profile,
        workspace=clean(change.workspace),
        owner=clean(change.owner),
        created_at=change.seen_at,
        facts={
            NUMBER: change.number,
            STATE_SINCE: change.seen_at,
            "happened_at": change.dated_at,
            "is_exact": change.is_exact,
            "before": clean(before),
            "from": f"{clean(before)} {change.before_phase or ''}".strip(),
            "to": f"{clean(after)} {change.after_phase or ''}".strip(),
            "reason": clean(change.reason),
            "code": clean(change.code),
            "source": change.source,
            "resource_id": change.id,
        },
    )


def build_gaps(watched: Iterable[Span], since: int, until: int) -> list[Resource]:
    """Return the stretches of three minutes and more between two moments that no span covers, as rows."""
    gaps = [gap for gap in find_unwatched(watched, since, until) if gap.end - gap.start >= _SHORTEST_GAP_MS]
    return [_build_gap(gap) for gap in gaps[-_MOST_GAPS:]]


def _build_gap(gap: Span) -> Resource:
    return Resource(
        kind="unwatched",
        id=f"unwatched-{gap.start}",
        name="not watched",
        status=f"for {format_duration((gap.end - gap.start) / 1000)}",
        phase=Phase.UNKNOWN,
        cloud="",
        profile="",
        created_at=gap.end,
        facts={NUMBER: -1, "happened_at": gap.start, STATE_SINCE: gap.end},
    )


def serialize_change(change: Change) -> dict[str, Any]:
    """Return a change as JSON values, times in UTC.

    ``happened_at`` is null where nothing states it, as of what is gone.
    """
    return {
        "seen_at": format_iso_utc(change.seen_at),
        "happened_at": format_iso_utc(change.happened_at) if change.after is not None else None,
        "profile": change.profile,
        "kind": change.kind,
        "id": change.id,
        "name": change.name,
        "owner": change.owner,
        "workspace": change.workspace,
        "from": change.before,
        "to": change.after,
        "from_phase": change.before_phase.value if change.before_phase is not None else None,
        "to_phase": change.after_phase.value if change.after_phase is not None else None,
        "reason": change.reason,
        "code": change.code,
        "source": change.source,
    }


def serialize_span(span: Span) -> dict[str, Any]:
    """Return a span as JSON values."""
    return {"from": format_iso_utc(span.start), "to": format_iso_utc(span.end)}


def merge_timeline(
    events: Sequence[Event], changes: Iterable[Change], ahead_ms: float = 0.0
) -> tuple[Event, ...]:
    """Return the events of the cloud in their order, and between them the changes by their time.

    Times are by the clock of the cloud, which is ``ahead_ms`` ahead of this machine's.
    """
    times = accumulate((event.at or 0 for event in events), max)
    dated = [(at, 0, event) for at, event in zip(times, events, strict=True)]
    told = (format_as_event(change, ahead_ms) for change in changes)
    dated += [(change.at or 0, 1, change) for change in told]
    return tuple(event for _, _, event in sorted(dated, key=lambda each: each[:2]))


def format_as_event(change: Change, ahead_ms: float = 0.0) -> Event:
    """Return a change as an event by the clock of the cloud, which is ``ahead_ms`` ahead of this machine's.

    One whose time its cloud does not state has the time when it was seen, and is not ``exact``; nor is that
    of a resource that is gone.
    """
    before, after = choose_state_word(change.before, "new"), choose_state_word(change.after, GONE)
    code = change.code if change.code not in change.reason else ""
    why = ", ".join(part for part in (change.reason, code) if part)
    by = ", after an action from here" if change.source == "action" else ""
    text = f"{before} → {after}{by}{f': {why}' if why else ''}"
    happened = change.happened_at
    at = int((happened if happened is not None else change.seen_at) + ahead_ms)
    return Event(at, clean(text), change.after_phase in _TROUBLE, SOURCE, exact=change.is_exact)
