"""What headless commands add to the journal: the rows that they have read."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matui.cli.session import Session
    from matui.live.journal.change import Scope
    from matui.live.journal.journal import Journal
    from matui.live.journal.recorder import ListRecorder
    from matui.resources.model import Resource


def record_list(
    session: Session, kind: str, rows: Collection[Resource], total: int | None, asked_at: float
) -> None:
    """Add a whole list to the journal; ``asked_at`` is when it was requested (seconds since the epoch)."""
    from matui.live.journal.change import Reading

    if session.journal is not None:
        is_whole = total is None or len(rows) >= total
        scope = _scope(session, session.journal, kind)
        keep = frozenset(row.id for row in rows)
        session.journal.record(Reading(scope, int(asked_at * 1000), rows, (), is_whole, keep))


def record_row(session: Session, kind: str, rid: str, row: Resource | None, asked_at: float) -> None:
    """Add a resource that was read by its id, None where it is gone."""
    from matui.live.journal.change import Reading

    if session.journal is not None:
        scope, at = _scope(session, session.journal, kind), int(asked_at * 1000)
        rows, missing = ((row,), ()) if row is not None else ((), (rid,))
        session.journal.record(Reading(scope, at, rows, missing, keep=frozenset({rid})))


def recorder_of(session: Session, kind: str) -> ListRecorder | None:
    """Return what records the polls of a kind, None without a journal."""
    from matui.live.journal.recorder import ListRecorder

    return ListRecorder(session.journal, kind, session.profile.name) if session.journal is not None else None


def _scope(session: Session, journal: Journal, kind: str) -> Scope:
    from matui.live.journal.change import Scope

    profile = session.profile.name
    return Scope(journal.account_of(profile), profile, kind, session.workspace)
