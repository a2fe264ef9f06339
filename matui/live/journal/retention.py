"""Keeps the journal small: what is too old goes, then the oldest changes until the file is small enough."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3


_DAY_MS = 86_400_000
_SHARE = 0.1  # of the changes deleted at once while the file is too large
_MOST_ROUNDS = 12


def prune(connection: sqlite3.Connection, *, now: int, days: float, megabytes: float) -> None:
    """Delete what is older than ``days``, then the oldest changes while the file is too large.

    The last state of a resource that still exists is never deleted.
    """
    oldest = int(now - days * _DAY_MS)
    connection.execute("BEGIN IMMEDIATE")
    for statement in (
        "DELETE FROM changes WHERE seen_at<?",
        "DELETE FROM spans WHERE end_at<?",
        "DELETE FROM findings WHERE seen_at<?",
        "DELETE FROM reasons WHERE seen_at<?",
        "DELETE FROM claims WHERE made_at<?",
        "DELETE FROM actions WHERE sent_at<?",
        "DELETE FROM acknowledgements WHERE made_at<?",
        "DELETE FROM resources WHERE is_gone=1 AND read_at<?",
    ):
        connection.execute(statement, (oldest,))
    connection.execute("COMMIT")
    _shrink(connection, int(megabytes * 1_000_000))


def _shrink(connection: sqlite3.Connection, most_bytes: int) -> None:
    for _ in range(_MOST_ROUNDS):
        if _used_bytes(connection) <= most_bytes:
            break
        count = connection.execute("SELECT count(*) FROM changes").fetchone()[0]
        if count:
            some = max(1000, int(count * _SHARE))
            connection.execute(
                "DELETE FROM changes WHERE id IN (SELECT id FROM changes ORDER BY seen_at, id LIMIT ?)",
                (some,),
            )
        else:
            connection.execute("UPDATE resources SET content=NULL")
            break
    free = connection.execute("PRAGMA freelist_count").fetchone()[0]
    if free:
        connection.executescript(f"PRAGMA incremental_vacuum({free})")  # execute would free one page


def _used_bytes(connection: sqlite3.Connection) -> int:
    pages, free, size = (
        connection.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("page_count", "freelist_count", "page_size")
    )
    return int((pages - free) * size)
