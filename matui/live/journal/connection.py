"""Opens the journal's database, private, with WAL where the file system has it; sets damaged files aside.

It is kept small too: what is too old goes, then the oldest changes until the file is small enough. A thousand
rows go at a time, each time in a transaction of its own: no other process waits long, and a process that ends
early has deleted what it could.
"""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import sqlite3
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

VERSION = 7

_ACTIONS = """
CREATE TABLE actions(
    account INTEGER NOT NULL, kind TEXT NOT NULL, rid TEXT NOT NULL, sent_at INTEGER NOT NULL,
    PRIMARY KEY(account, kind, rid)) WITHOUT ROWID;
"""
_REASONS = """
CREATE TABLE reasons(
    account INTEGER NOT NULL, kind TEXT NOT NULL, rid TEXT NOT NULL, status TEXT NOT NULL,
    words TEXT NOT NULL, seen_at INTEGER NOT NULL, source TEXT NOT NULL DEFAULT '',
    PRIMARY KEY(account, kind, rid)) WITHOUT ROWID;
"""
_ENDS = """
CREATE TABLE IF NOT EXISTS ends(
    account INTEGER NOT NULL, kind TEXT NOT NULL, rid TEXT NOT NULL, status TEXT NOT NULL, run TEXT NOT NULL,
    ended_at INTEGER NOT NULL, seen_at INTEGER NOT NULL,
    PRIMARY KEY(account, kind, rid)) WITHOUT ROWID;
"""
_CLOCKS = """
CREATE TABLE IF NOT EXISTS clocks(account INTEGER PRIMARY KEY, ahead_ms INTEGER NOT NULL);
"""
_USAGES = """
CREATE TABLE IF NOT EXISTS usages(
    account INTEGER NOT NULL, kind TEXT NOT NULL, rid TEXT NOT NULL, profile TEXT NOT NULL,
    content TEXT NOT NULL, read_at INTEGER NOT NULL,
    PRIMARY KEY(account, kind, rid)) WITHOUT ROWID;
"""
_SOURCE_OF_REASONS = "ALTER TABLE reasons ADD COLUMN source TEXT NOT NULL DEFAULT '';"
_FIRST_TABLES = """
CREATE TABLE accounts(
    id INTEGER PRIMARY KEY, cloud TEXT NOT NULL, endpoint TEXT NOT NULL, project TEXT NOT NULL,
    region TEXT NOT NULL, UNIQUE(cloud, endpoint, project, region));
CREATE TABLE scopes(
    id INTEGER PRIMARY KEY, account INTEGER NOT NULL, profile TEXT NOT NULL, kind TEXT NOT NULL,
    workspace TEXT NOT NULL, first_complete_at INTEGER, complete_at INTEGER,
    UNIQUE(account, profile, kind, workspace));
CREATE TABLE resources(
    id INTEGER PRIMARY KEY, account INTEGER NOT NULL, kind TEXT NOT NULL, rid TEXT NOT NULL,
    name TEXT NOT NULL, owner TEXT NOT NULL, workspace TEXT NOT NULL, status TEXT NOT NULL,
    phase TEXT NOT NULL, created_at INTEGER, updated_at INTEGER, read_at INTEGER NOT NULL,
    is_gone INTEGER NOT NULL DEFAULT 0, has_appeared INTEGER NOT NULL DEFAULT 0, content TEXT,
    UNIQUE(account, kind, rid));
CREATE TABLE sightings(scope INTEGER NOT NULL, resource INTEGER NOT NULL, PRIMARY KEY(scope, resource))
    WITHOUT ROWID;
CREATE TABLE changes(
    id INTEGER PRIMARY KEY AUTOINCREMENT, account INTEGER NOT NULL, seen_at INTEGER NOT NULL,
    happened_at INTEGER, profile TEXT NOT NULL, kind TEXT NOT NULL, rid TEXT NOT NULL, name TEXT NOT NULL,
    owner TEXT NOT NULL, workspace TEXT NOT NULL, before TEXT, after TEXT, before_phase TEXT,
    after_phase TEXT, reason TEXT NOT NULL, code TEXT NOT NULL, source TEXT NOT NULL);
CREATE INDEX changes_seen ON changes(seen_at);
CREATE INDEX changes_resource ON changes(kind, rid, seen_at);
CREATE TABLE spans(
    id INTEGER PRIMARY KEY, account INTEGER NOT NULL, kind TEXT NOT NULL, start_at INTEGER NOT NULL,
    end_at INTEGER NOT NULL);
CREATE INDEX spans_end ON spans(end_at);
CREATE TABLE acknowledgements(
    account INTEGER NOT NULL, kind TEXT NOT NULL, rid TEXT NOT NULL, about TEXT NOT NULL,
    status TEXT NOT NULL, made_by TEXT NOT NULL, note TEXT NOT NULL, made_at INTEGER NOT NULL,
    PRIMARY KEY(account, kind, rid, about)) WITHOUT ROWID;
CREATE TABLE claims(name TEXT PRIMARY KEY, made_at INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE findings(
    id INTEGER PRIMARY KEY, account INTEGER NOT NULL, kind TEXT NOT NULL, rid TEXT NOT NULL,
    finding TEXT NOT NULL, since INTEGER, line INTEGER, words TEXT NOT NULL, seen_at INTEGER NOT NULL);
CREATE UNIQUE INDEX findings_once ON findings(account, kind, rid, finding, ifnull(since, -1));
"""

TABLES = _FIRST_TABLES + _ACTIONS + _REASONS + _ENDS + _CLOCKS + _USAGES
UPGRADES = {
    1: _ACTIONS + _REASONS + _ENDS + _CLOCKS + _USAGES,
    2: _REASONS + _ENDS + _CLOCKS + _USAGES,
    3: _SOURCE_OF_REASONS + _ENDS + _CLOCKS + _USAGES,
    4: _ENDS + _CLOCKS + _USAGES,
    5: _CLOCKS + _USAGES,
    6: _USAGES,
}
"""What a file of each earlier version lacks."""
_BUSY_S = 10.0
_SIDE_FILES = ("-wal", "-shm", "-journal")
# WAL needs shared memory, which these file systems do not have between machines.
_NETWORK = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "lustre", "gpfs", "beegfs", "glusterfs"}
    | {"virtiofs", "fuse.sshfs", "fuse.glusterfs", "fuse.s3fs", "fuse.obsfs", "fuse.juicefs"}
)
_NOT_REGULAR = "not a regular file"
_DAMAGED = ("malformed", "not a database", "file is encrypted")
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


class NewerJournalError(sqlite3.DatabaseError):
    """The file was written by a newer matui."""


def is_damage(error: sqlite3.Error) -> bool:
    """Return whether an error says that the file is damaged, not busy, full or forbidden."""
    return any(word in str(error) for word in _DAMAGED)


def explain_error(error: sqlite3.Error, file: Path) -> str:
    """Return the words for an error; SQLite calls a full disk an I/O error."""
    words = str(error)
    if "disk" in words:
        with suppress(OSError):
            return "the disk is full" if shutil.disk_usage(file.parent).free == 0 else words
    return words


def connect(file: Path) -> sqlite3.Connection:
    """Return a connection for writing; the folder and the file are made, readable by their owner alone.

    Raises OSError and sqlite3.Error.
    """
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _make_private(file)
    connection = sqlite3.connect(file, timeout=_BUSY_S, isolation_level=None, check_same_thread=False)
    try:
        _prepare(connection, use_wal=not is_on_network(file))
    except BaseException:
        connection.close()
        raise
    return connection


def _make_private(file: Path) -> None:
    """Create the file where there is none, readable by its owner alone. Raises OSError, also for a link.

    A file that exists is not opened: closing it would release the locks of every connection of this process.
    """
    with suppress(FileExistsError):
        os.close(os.open(file, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    mode = file.lstat().st_mode
    if stat.S_ISLNK(mode):
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(file))
    if not stat.S_ISREG(mode):
        raise OSError(errno.EINVAL, _NOT_REGULAR, str(file))
    if mode & 0o077:
        file.chmod(0o600)


def connect_read_only(file: Path, *, busy_s: float = _BUSY_S) -> sqlite3.Connection:
    """Return a connection for reading that waits at most ``busy_s`` for a writer.

    Raises sqlite3.Error, also where there is no regular file.
    """
    if not file.is_file():  # opening a FIFO would wait for a writer
        raise sqlite3.OperationalError(_NOT_REGULAR)
    uri = f"{file.absolute().as_uri()}?mode=ro"
    connection = sqlite3.connect(uri, uri=True, timeout=busy_s, isolation_level=None, check_same_thread=False)
    try:
        _check_version(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def set_aside(file: Path) -> Path | None:
    """Rename a damaged database to a name of its own and return it; None where it is sound after all.

    Another process may have set the file aside and begun a new one meanwhile. Raises OSError.
    """
    with _lock(file):
        try:
            connection = sqlite3.connect(file, timeout=_BUSY_S)
            try:
                if connection.execute("PRAGMA quick_check(1)").fetchone() == ("ok",):
                    return None
            finally:
                connection.close()
        except sqlite3.DatabaseError as error:
            if not is_damage(error):
                return None
        stamp = time.strftime("%Y%m%dT%H%M%S", time.gmtime())
        aside = file.with_name(f"{file.stem}.damaged-{stamp}-{os.getpid()}{file.suffix}")
        file.rename(aside)
        for side in _SIDE_FILES:
            with suppress(FileNotFoundError):
                file.with_name(file.name + side).rename(aside.with_name(aside.name + side))
        return aside


def is_on_network(file: Path) -> bool:
    """Return whether a file is on a network file system; false where the system does not say."""
    try:
        mounts = Path("/proc/self/mountinfo").read_text(encoding="utf-8", errors="replace")
        path = str(file.parent.resolve())
    except OSError:
        return False
    return find_file_system(path, mounts) in _NETWORK


def find_file_system(path: str, mountinfo: str) -> str:
    """Return the type of the file system that holds ``path``, by the text of ``/proc/self/mountinfo``."""
    longest, found = -1, ""
    for line in mountinfo.splitlines():
        before, _, after = line.partition(" - ")
        fields = before.split(" ")
        if len(fields) < 5 or not after:
            continue
        point = fields[4].encode().decode("unicode_escape")
        if (path == point or path.startswith(point.rstrip("/") + "/")) and len(point) >= longest:
            longest, found = len(point), after.split(" ", 1)[0]
    return found


def _prepare(connection: sqlite3.Connection, *, use_wal: bool) -> None:
    # Before the first table: it decides about the layout of the file.
    connection.execute("PRAGMA auto_vacuum=INCREMENTAL")
    mode = "WAL" if use_wal else "DELETE"
    try:
        got = connection.execute(f"PRAGMA journal_mode={mode}").fetchone()[0]
    except sqlite3.OperationalError:
        got = connection.execute("PRAGMA journal_mode").fetchone()[0]
    # With the rollback journal each commit is flushed, or a crash of the machine may damage the file.
    connection.execute(f"PRAGMA synchronous={'NORMAL' if got == 'wal' else 'FULL'}")
    connection.execute("PRAGMA journal_size_limit=4000000")
    if _check_version(connection) == VERSION:
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        version = _check_version(connection)
        if version != VERSION:
            for statement in UPGRADES.get(version, TABLES).split(";"):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version={VERSION}")
        connection.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        raise


def _check_version(connection: sqlite3.Connection) -> int:
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if version > VERSION:
        raise NewerJournalError(f"the file has version {version}, this matui reads {VERSION}")
    return version


@contextmanager
def _lock(file: Path) -> Iterator[None]:
    lock = os.open(file.with_name(f".{file.name}.lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


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
