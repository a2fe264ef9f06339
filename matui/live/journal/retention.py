"""Keeps the journal small: what is too old goes, then the oldest changes until the file is small enough.

A thousand rows at a time, each time in a transaction of its own: no other process waits long, and a process
that ends early has deleted what it could.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3


_DAY_MS = 86_400_000
_ROWS = 1000
_PAGES = 500
# Table, primary key and what is too old before a moment. The largest come first.
_OLD = (
    ("changes", "id", "seen_at<?"),
    ("resources", "id", "is_gone=1 AND read_at<?"),
    ("spans", "id", "end_at<?"),
    ("findings", "id", "seen_at<?"),
    ("reasons", "account, kind, rid", "seen_at<?"),
    ("ends", "account, kind, rid", "seen_at<?"),
    ("usages", "account, kind, rid", "read_at<?"),
    ("claims", "name", "made_at<?"),
    ("actions", "account, kind, rid", "sent_at<?"),
    ("acknowledgements", "account, kind, rid, about", "made_at<?"),
)


def prune(connection: sqlite3.Connection, *, now: int, days: float, megabytes: float) -> Iterator[None]:
    """Delete what is older than ``days``, then the oldest changes while the file is too large.

    Yields after each transaction. The last state of a resource that still exists is never deleted.
    """
    oldest = int(now - days * _DAY_MS)
    for table, key, condition in _OLD:
        some = f"SELECT {key} FROM {table} WHERE {condition} LIMIT {_ROWS}"
        statement = f"DELETE FROM {table} WHERE ({key}) IN ({some})"
        while (deleted := connection.execute(statement, (oldest,)).rowcount) > 0:
            yield
            if deleted < _ROWS:
                break
    yield from _shrink(connection, int(megabytes * 1_000_000))
    yield from _free_pages(connection)


def _free_pages(connection: sqlite3.Connection) -> Iterator[None]:
    free = _free_count(connection)
    while free:
        connection.executescript(f"PRAGMA incremental_vacuum({_PAGES})")  # execute would free one page
        before, free = free, _free_count(connection)
        if free >= before:  # the file cannot be shortened, or another process deletes as well
            return
        yield


def _free_count(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA freelist_count").fetchone()[0])


def _shrink(connection: sqlite3.Connection, most_bytes: int) -> Iterator[None]:
    while _count_used_bytes(connection) > most_bytes:
        deleted = connection.execute(
            "DELETE FROM changes WHERE id IN (SELECT id FROM changes ORDER BY seen_at, id LIMIT ?)", (_ROWS,)
        ).rowcount
        yield
        if not deleted:
            connection.execute("UPDATE resources SET content=NULL WHERE content IS NOT NULL")
            yield
            return


def _count_used_bytes(connection: sqlite3.Connection) -> int:
    pages, free, size = (
        connection.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("page_count", "freelist_count", "page_size")
    )
    return int((pages - free) * size)
