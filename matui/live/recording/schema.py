"""The file of a recording: tables, version, and the frames of its streams.

A stream is one list page, detail, log or other answer of one profile. Its frames hold JSON, compressed with
zlib: a key frame a whole value, the others the delta to the frame before.
"""

from __future__ import annotations

import json
import zlib
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
