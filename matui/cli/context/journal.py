"""Journal entries of headless commands: the rows that they have read, and what they acted on."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matui.cli.context.session import Session
    from matui.live.actions.executor import Executor
    from matui.live.journal.change import ListScope
    from matui.live.journal.journal import Journal
    from matui.live.journal.recorder import ListRecorder
    from matui.resources.model import Resource

_MOST_KEPT = 200  # a warm start shows the newest rows
_MOST_REREADS = 20


def record_list(
    session: Session, kind: str, rows: Collection[Resource], total: int | None, asked_at: float
) -> None:
    """Add a whole list at the end; ``asked_at`` is when it was requested (seconds since the epoch)."""

    def record(journal: Journal) -> None:
        from matui.live.journal.change import Reading

        is_whole = total is None or len(rows) >= total
        keep = frozenset(row.id for row in islice(rows, _MOST_KEPT))
        journal.record(
            Reading(_build_scope(session, journal, kind), int(asked_at * 1000), rows, (), is_whole, keep)
        )

    if session.journal is not None:
        session.journal.record_at_end(record)


def record_found(session: Session, rows: Collection[Resource], asked_at: float) -> None:
    """Add resources that were read by their ids at the end."""

    def record(journal: Journal) -> None:
        for row in rows:
            _record_row(session, journal, row.kind, row.id, row, asked_at)

    if session.journal is not None:
        session.journal.record_at_end(record)


def record_row(session: Session, kind: str, rid: str, row: Resource | None, asked_at: float) -> None:
    """Add a resource that was read by its id at once, None where it is gone."""
    if session.journal is not None:
        _record_row(session, session.journal.opened, kind, rid, row, asked_at)


def note_sent(session: Session, resource: Resource, read_at: float, sent_at: float | None) -> None:
    """Record that an action was sent at ``sent_at`` to a resource that was read at or after ``read_at``.

    Both are in seconds since the epoch.
    """
    if session.journal is not None:
        journal = session.journal.opened
        _record_row(session, journal, resource.kind, resource.id, resource, read_at)
        journal.note_action(session.profile.name, resource.kind, resource.id, sent_at)
        session.journal.acted.append(resource)


async def finish_actions(session: Session, executor: Executor) -> None:
    """Read what was acted on once more: the ends go to the audit, the states to the journal.

    Every outcome is printed by now: this waits neither for the request budget nor longer than for one answer.
    """
    if session.cloud.get_budget().holds_polls:
        return
    with suppress(TimeoutError):
        async with asyncio.timeout(session.profile.read_timeout):
            await _read_ends(session, executor)


async def _read_ends(session: Session, executor: Executor) -> None:
    seen: set[tuple[str, str]] = set()

    def on_read(kind: str, rid: str, row: Resource | None, asked_at: float) -> None:
        seen.add((kind, rid))
        record_row(session, kind, rid, row, asked_at)

    await executor.reconciler.reread(session.cloud, on_read)
    acted = session.journal.acted if session.journal is not None else []
    for resource in [row for row in acted if (row.kind, row.id) not in seen][:_MOST_REREADS]:
        await _reread(session, resource)


async def _reread(session: Session, resource: Resource) -> None:
    from matui.base.errors import MatuiError, NotFoundError
    from matui.clouds.protocols import Reads

    if not isinstance(session.cloud, Reads):
        return
    asked_at = session.clock.now()
    now: Resource | None = None
    try:
        now = await session.cloud.read(resource.kind, resource.id)
    except NotFoundError:
        pass
    except MatuiError:
        return  # the next poll sees it
    record_row(session, resource.kind, resource.id, now, asked_at)


def find_recorder(session: Session, kind: str) -> ListRecorder | None:
    """Return what records the polls of a kind, None without a journal."""
    if session.journal is None:
        return None
    from matui.live.journal.recorder import ListRecorder

    return ListRecorder(session.journal.opened, kind, session.profile.name)


def _record_row(
    session: Session, journal: Journal, kind: str, rid: str, row: Resource | None, asked_at: float
) -> None:
    from matui.live.journal.change import Reading

    scope, at = _build_scope(session, journal, kind), int(asked_at * 1000)
    rows, missing = ((row,), ()) if row is not None else ((), (rid,))
    journal.record(Reading(scope, at, rows, missing, keep=frozenset({rid})))


def _build_scope(session: Session, journal: Journal, kind: str) -> ListScope:
    from matui.live.journal.change import ListScope

    profile = session.profile.name
    return ListScope(journal.accounts.get_account(profile), profile, kind, session.workspace)
