"""Writes what is no reading, in the caller's transaction: acknowledgements, findings, usages, events."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from matui.base.redaction.masking import hide_in_text
from matui.live.journal.change import (
    Account,
    ListScope,
    StoredAcknowledgement,
    StoredEnd,
    StoredFinding,
    StoredReason,
    StoredUsage,
)
from matui.live.journal.recording import ensure_account_number, hide_in_word
from matui.resources.detail import Event
from matui.resources.kinds.services import STATUSES
from matui.resources.model import Resource, get_phase

if TYPE_CHECKING:
    import sqlite3

_SAME_MS = 5_000  # clocks differ, and an event is written a little before or after the state


def write_acknowledgement(connection: sqlite3.Connection, made: StoredAcknowledgement) -> None:
    """Store an acknowledgement in place of the one before for the same resource and trouble."""
    named = (ensure_account_number(connection, made.account), made.kind, made.id, made.about)
    connection.execute(
        "INSERT OR REPLACE INTO acknowledgements VALUES(?,?,?,?,?,?,?,?)",
        (*named, made.status, hide_in_text(made.by), hide_in_text(made.note), made.at),
    )


def remove_acknowledgement(connection: sqlite3.Connection, made: StoredAcknowledgement) -> None:
    """Remove the acknowledgement of a resource and trouble."""
    connection.execute(
        "DELETE FROM acknowledgements WHERE account=? AND kind=? AND rid=? AND about=?",
        (ensure_account_number(connection, made.account), made.kind, made.id, made.about),
    )


def write_action(connection: sqlite3.Connection, account: Account, kind: str, rid: str, at: int) -> None:
    """Store that an action was sent to a resource at ``at``: its next change follows from it.

    Another process may have stored that change before the answer to the action came.
    """
    about = (ensure_account_number(connection, account), kind, rid, at)
    followed = connection.execute(
        "UPDATE changes SET source='action' WHERE id=(SELECT id FROM changes"
        " WHERE account=? AND kind=? AND rid=? AND seen_at>=? ORDER BY seen_at, id LIMIT 1)",
        about,
    )
    if not followed.rowcount:
        connection.execute("INSERT OR REPLACE INTO actions VALUES(?,?,?,?)", about)


def write_claim(connection: sqlite3.Connection, name: str, now: int) -> bool:
    """Claim a name; return whether no process had claimed it."""
    added = connection.execute("INSERT OR IGNORE INTO claims VALUES(?,?)", (name, now))
    return added.rowcount == 1


def write_finding(connection: sqlite3.Connection, found: StoredFinding) -> None:
    """Store a finding once, whoever saw it."""
    connection.execute(
        "INSERT OR IGNORE INTO findings(account, kind, rid, finding, since, line, words, seen_at)"
        " VALUES(?,?,?,?,?,?,?,?)",
        (ensure_account_number(connection, found.account), found.kind, found.id, found.finding, found.since,
         found.line, hide_in_text(found.words), found.seen_at),
    )  # fmt: skip


def write_reason(connection: sqlite3.Connection, found: StoredReason) -> None:
    """Store the reason in place of the one before for the same resource."""
    connection.execute(
        "INSERT OR REPLACE INTO reasons VALUES(?,?,?,?,?,?,?)",
        (ensure_account_number(connection, found.account), found.kind, found.id, found.status,
         hide_in_text(found.words), found.seen_at, found.source),
    )  # fmt: skip


def write_usage(connection: sqlite3.Connection, found: StoredUsage) -> None:
    """Store what was read in place of what was read before."""
    connection.execute(
        "INSERT OR REPLACE INTO usages VALUES(?,?,?,?,?,?)",
        (ensure_account_number(connection, found.account), found.kind, found.id, found.profile,
         hide_in_text(found.content), found.read_at),
    )  # fmt: skip


def write_end(connection: sqlite3.Connection, found: StoredEnd, ahead_ms: int = 0) -> None:
    """Store when a resource ended, and date its newest change by it where nothing had stated its time.

    ``ahead_ms`` is how far the clock of the end is ahead of this machine's.
    """
    seen_at = found.ended_at - ahead_ms
    named = (ensure_account_number(connection, found.account), found.kind, found.id)
    connection.execute("INSERT OR REPLACE INTO ends VALUES(?,?,?,?,?,?,?)", (*named, *found[3:]))
    connection.execute(
        "UPDATE changes SET happened_at=? WHERE id=(SELECT max(id) FROM changes WHERE account=? AND kind=?"
        " AND rid=?) AND after=? AND before IS NOT NULL AND happened_at IS NULL AND seen_at>=?",
        (seen_at, *named, found.status, seen_at),
    )


class _DatedChange(NamedTuple):
    """A change in the journal: its number, the latest time it can have happened, whether that is exact."""

    number: int
    at: int
    is_exact: bool
    after: str


def write_events(
    connection: sqlite3.Connection, scope: ListScope, row: Resource, events: Iterable[Event], now: int
) -> None:
    """Write the events that state a status, from the first whole reading of the list on.

    A change that a poll has seen gets the time of its event; one that no poll has seen is added with the
    source ``event``. Earlier events are not changes: no process was polling. Times are ms since the epoch.
    """
    account = ensure_account_number(connection, scope.account)
    began = connection.execute(
        "SELECT min(first_complete_at) FROM scopes WHERE account=? AND kind=?", (account, scope.kind)
    ).fetchone()[0]
    stated = sorted(
        ((event.at, event) for event in events if event.status and event.at is not None),
        key=lambda each: each[0],
    )
    dated = [(at, event) for at, event in stated if began is not None and began <= at <= now]
    for number, (at, event) in enumerate(dated):
        following = dated[number + 1][0] if number + 1 < len(dated) else now
        _write(connection, (account, scope), row, hide_in_word(event.status), at, following, now)


def _write(
    connection: sqlite3.Connection,
    place: tuple[int, ListScope],
    row: Resource,
    status: str,
    at: int,
    following: int,
    now: int,
) -> None:
    account, scope = place
    found = connection.execute(
        "SELECT id, ifnull(happened_at, seen_at), happened_at IS NOT NULL, ifnull(after, '') FROM changes"
        " WHERE account=? AND kind=? AND rid=? ORDER BY 2, id",
        (account, scope.kind, row.id),
    ).fetchall()
    known = [_DatedChange(*values) for values in found]
    before = next((one for one in reversed(known) if one.at < at - _SAME_MS), None)
    same = next(
        (
            one
            for one in known
            if one.after.casefold() == status.casefold()
            and at - _SAME_MS <= one.at <= (at if one.is_exact else max(at, following)) + _SAME_MS
        ),
        None,
    )
    if same is not None:
        if not same.is_exact:
            connection.execute("UPDATE changes SET happened_at=? WHERE id=?", (at, same.number))
        return
    was = (
        before.after
        if before is not None
        else _find_status_before_first(connection, account, scope.kind, row.id)
    )
    if not was or was.casefold() == status.casefold():
        return
    connection.execute(
        "INSERT INTO changes(account, seen_at, happened_at, profile, kind, rid, name, owner, workspace,"
        " before, after, before_phase, after_phase, reason, code, source)"
        " VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,'','','event')",
        (account, now, at, scope.profile, scope.kind, row.id, hide_in_text(row.name), hide_in_text(row.owner),
         hide_in_word(row.workspace), was, status, get_phase(was, STATUSES).value,
         get_phase(status, STATUSES).value),
    )  # fmt: skip


def _find_status_before_first(connection: sqlite3.Connection, account: int, kind: str, rid: str) -> str:
    """Return the status before the first change of a resource, or its last one where it has not changed."""
    found = connection.execute(
        "SELECT before FROM changes WHERE account=? AND kind=? AND rid=? ORDER BY seen_at, id LIMIT 1",
        (account, kind, rid),
    ).fetchone()
    if found is None:
        found = connection.execute(
            "SELECT status FROM resources WHERE account=? AND kind=? AND rid=? AND is_gone=0",
            (account, kind, rid),
        ).fetchone()
    return (found[0] or "") if found is not None else ""
