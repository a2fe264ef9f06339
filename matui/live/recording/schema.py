"""The file of a recording: tables, frames of its streams, and what can be read of a damaged one."""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

VERSION = 1
_LARGEST_FRAME = 64 * 1024 * 1024
APPLICATION_ID = 0x6D617475  # "matu"

TABLES = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE profile (name TEXT PRIMARY KEY, value BLOB NOT NULL);
CREATE TABLE stream (id INTEGER PRIMARY KEY, profile TEXT NOT NULL, what TEXT NOT NULL, key TEXT NOT NULL,
    UNIQUE (profile, what, key));
CREATE TABLE frame (id INTEGER PRIMARY KEY, stream INTEGER NOT NULL, at INTEGER NOT NULL,
    is_key INTEGER NOT NULL, data BLOB NOT NULL);
CREATE INDEX frame_by_time ON frame (stream, at, id);
"""

ROWS = "rows"
SIGNALS = "signals"
LOG = "log"
READ = "read"
TRIAGE = "triage"
_STEPS = (1, 10, 100, 1000)  # rows that are passed over after one that cannot be read

RecordedFrame = tuple[int, int, int, int, bytes]


class Stream(NamedTuple):
    """The name of a stream: the profile, what is kept, and its key."""

    profile: str
    what: str
    key: tuple[str, ...]


def pack(value: Any) -> bytes:
    """Return a JSON value as it is written before it is compressed."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def compress(data: bytes) -> bytes:
    """Return data as a frame holds it."""
    return zlib.compress(data, 9)


def decompress(data: bytes) -> str:
    """Return the JSON of a frame. Raises ValueError for damaged data, and beyond 64 MiB."""
    try:
        reader = zlib.decompressobj()
        text = reader.decompress(data, _LARGEST_FRAME)
        if reader.eof:
            return text.decode("utf-8", "surrogatepass")
    except (zlib.error, TypeError) as error:
        raise ValueError("damaged frame") from error
    raise ValueError("a damaged frame, or one that is too large")


def unpack(data: bytes) -> Any:
    """Return the value of a frame. Raises ValueError for damaged data."""
    try:
        return json.loads(decompress(data))
    except RecursionError as error:
        raise ValueError("damaged frame") from error


def salvage(file: Path) -> sqlite3.Connection:
    """Return a database in memory with the profiles, streams and frames of a file that can be read.

    After a frame that cannot be read, those of its stream are left out up to the next whole value.
    """
    connection = sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)
    try:
        connection.execute("PRAGMA writable_schema=ON")  # opens a file that is shorter than its header says
        return _copy(connection)
    finally:
        connection.close()


def _copy(source: sqlite3.Connection) -> sqlite3.Connection:
    copy = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    copy.executescript(TABLES)
    for table, count in (("profile", 2), ("stream", 4)):
        marks = ",".join("?" * count)
        rows = (row[1:] for row in _iterate_readable_rows(source, table) if row is not None)
        copy.executemany(f"INSERT OR IGNORE INTO {table} VALUES ({marks})", rows)  # noqa: S608
    copy.execute("BEGIN")
    copy.executemany("INSERT INTO frame VALUES (?, ?, ?, ?, ?)", _select_whole_frames(source))
    first, last = copy.execute("SELECT min(at), max(at) FROM frame").fetchone()
    if first is not None:
        copy.executemany("INSERT INTO meta VALUES (?, ?)", [("from", str(first)), ("until", str(last))])
    copy.execute("COMMIT")
    return copy


def _select_whole_frames(source: sqlite3.Connection) -> Iterator[RecordedFrame]:
    """Yield the frames that make up values: none that is a difference to one that is lost."""
    broken: set[int] = set()
    whole: set[int] = set()
    for row in _iterate_readable_rows(source, "frame"):
        if row is None:
            broken |= whole
            continue
        frame: Any = row[1:]
        _id, stream, _at, is_key, data = frame
        try:
            unpack(data)
        except ValueError:
            broken.add(stream)
            continue
        if is_key:
            broken.discard(stream)
        whole.add(stream)
        if stream not in broken:
            yield frame


def _iterate_readable_rows(source: sqlite3.Connection, table: str) -> Iterator[tuple[Any, ...] | None]:
    """Yield the rows of a table in order, each after its rowid, and None where some could not be read."""
    query = f"SELECT rowid, * FROM {table} WHERE rowid > ? ORDER BY rowid"  # noqa: S608
    after, tries = 0, iter(_STEPS)
    while True:
        try:
            for row in source.execute(query, (after,)):
                if row[0] > after:  # a page that is cut off may hold any
                    yield row
                    after, tries = row[0], iter(_STEPS)
            return
        except sqlite3.DatabaseError:
            step = next(tries, None)
            if step is None:
                return
            after += step
            yield None
