"""Writes acknowledgements, claims, findings, reasons, usages, ends, actions, in the caller's transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matui.base.redaction.masking import hide_in_text
from matui.live.journal.change import (
    Account,
    StoredAcknowledgement,
    StoredEnd,
    StoredFinding,
    StoredReason,
    StoredUsage,
)
from matui.live.journal.recording import ensure_account_number

if TYPE_CHECKING:
    import sqlite3


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
