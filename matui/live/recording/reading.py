"""Reads a recording: the value of any stream at any time."""

from __future__ import annotations

import json
import sqlite3
from bisect import bisect_left
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from matui.base.errors import UsageError
from matui.base.text.formatting import format_local_time
from matui.live.recording.encoding import apply_delta
from matui.live.recording.schema import (
    APPLICATION_ID,
    LOG,
    ROWS,
    VERSION,
    Stream,
    decompress,
    salvage,
    unpack,
)

_ROWS, _ORDER = '{"value":{"rows":{', '},"order":['
_MOST_ROWS = 5000  # that are kept, of some 5 KB each
_LAST_MS = 253_402_300_799_999  # the end of the year 9999
_SETTLING_MS = 5000  # the first lists are read one by one


class _Pieces(NamedTuple):
    """A page in pieces: the texts of its rows in order, and everything else, parsed."""

    rows: list[str]
    rest: dict[str, Any]


class RowTexts:
    """The rows that were parsed, by their text."""

    def __init__(self) -> None:
        self._known: dict[str, Any] = {}

    def parse(self, text: str) -> Any:
        """Return what ``json.loads`` returns; rows with the same text are one object, not to be changed.

        Raises ValueError, RecursionError.
        """
        pieces = _split(text)
        if pieces is None or not self._learn([row for row in pieces.rows if row not in self._known]):
            return json.loads(text)
        page = pieces.rest["value"]
        page["rows"] = dict(zip(page["order"], map(self._known.__getitem__, pieces.rows), strict=True))
        self._forget(len(self._known) - _MOST_ROWS)
        return pieces.rest

    def _learn(self, texts: list[str]) -> bool:
        """Parse the texts of rows; return whether each is a JSON value."""
        try:
            values = json.loads(f"[{','.join(texts)}]")
        except ValueError:
            return False
        if len(values) != len(texts):
            return False
        self._known.update(zip(texts, values, strict=True))
        return True

    def _forget(self, count: int) -> None:
        for text in list(islice(self._known, max(0, count))):
            del self._known[text]


def _split(text: str) -> _Pieces | None:
    """Return the pieces of a page that is written as ``schema.pack`` does, None for any other text."""
    end = text.rfind(_ORDER)
    if not text.startswith(_ROWS) or end < len(_ROWS):
        return None
    try:
        rest = json.loads(f'{{"value":{{"order":[{text[end + len(_ORDER) :]}')
        ids = rest["value"]["order"]
        if len(set(ids)) != len(ids):
            return None
        names = [f"{json.dumps(one, ensure_ascii=False)}:" for one in ids]
    except (ValueError, LookupError, TypeError):
        return None
    rows, at = [], len(_ROWS)
    for number, name in enumerate(names):
        begin = at + len(name)
        following = f',{names[number + 1]}{{"kind":' if number + 1 < len(names) else ""
        until = text.find(following, begin, end) if following else end
        if until < 0 or not text.startswith(name, at):
            return None
        rows.append(text[begin:until])
        at = until + 1
    return _Pieces(rows, rest)


class RecordedValue(NamedTuple):
    """A value of a stream, and the frame that it came with."""

    frame: int
    value: Any


class Recording:
    """An open recording. Times are in ms since the epoch.

    ``profiles`` holds what was written of each profile by name. Of a damaged file what is whole is read, and
    ``damage`` says so. Reading damaged frames raises ValueError or sqlite3.Error. Raises UsageError for a
    file that is no recording, of which nothing can be read, or that was made by a newer matui.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        self.damage = ""
        self._is_rest = False
        _check_header(file)
        try:
            self._open_whole_or_rest()
        except (sqlite3.Error, ValueError, KeyError, TypeError, RecursionError) as error:
            raise UsageError(
                f"The recording {file} is damaged.", remedy="Restore it from a copy, or name another one."
            ) from error
        self._held: dict[Stream, RecordedValue] = {}
        self._ids: dict[int, list[int]] = {}
        self._row_texts = RowTexts()

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def _open_whole_or_rest(self) -> None:
        self._connection = _open(self.file)
        try:
            _refuse_views(self._connection)
            self._check()
        except (sqlite3.Error, ValueError, RecursionError):
            self._connection.close()
            self._is_rest = True
            self._connection = salvage(self.file)
            self._read_contents()
            until = format_local_time(self.until_ms)
            self.damage = f"The recording is damaged: it can be replayed up to {until}."
        else:
            self._read_contents()

    def _check(self) -> None:
        if self._connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
            raise ValueError("damaged")

    def _read_contents(self) -> None:
        rows = self._connection.execute("SELECT name, value FROM profile ORDER BY rowid").fetchall()
        self.profiles: dict[str, dict[str, Any]] = {
            str(name): _check_profile(unpack(value)) for name, value in rows
        }
        self._streams: dict[Stream, int] = {
            Stream(profile, what, _decode_key(key)): one
            for one, profile, what, key in self._connection.execute(
                "SELECT id, profile, what, key FROM stream"
            )
        }
        span = dict(self._connection.execute("SELECT name, value FROM meta").fetchall())
        if not self.profiles or not self._streams or "from" not in span:
            problem = "is damaged" if self._is_rest else "holds nothing"
            raise UsageError(f"The recording {self.file} {problem}.", remedy="Name another one.")
        begin, end = int(span["from"]), int(span["until"])
        if not 0 <= begin <= _LAST_MS or end > _LAST_MS:
            raise ValueError("not the time of a recording")
        self.until_ms = max(begin, end)
        self.listed_since: dict[tuple[str, str], int] = {}  # by profile and kind, the first answer
        self.from_ms = self._find_first_whole(begin)

    def _find_first_whole(self, begin: int) -> int:
        """Return when the first answers of all lists had arrived."""
        firsts = dict(
            self._connection.execute(
                "SELECT stream.id, min(frame.at) FROM frame JOIN stream ON stream.id = frame.stream"
                " WHERE stream.what = ? GROUP BY stream.id",
                (ROWS,),
            )
        )
        for stream, number in self._streams.items():
            if number in firsts:
                key = (stream.profile, stream.key[0])
                self.listed_since[key] = min(firsts[number], self.listed_since.get(key, firsts[number]))
        return max([at for at in firsts.values() if at <= begin + _SETTLING_MS], default=begin)

    def list_streams(self, profile: str, what: str) -> list[Stream]:
        """Return the streams of one sort of a profile."""
        return [one for one in self._streams if (one.profile, one.what) == (profile, what)]

    def find_value_at(self, stream: Stream, at_ms: int) -> RecordedValue | None:
        """Return the value that a stream had at a time, None before its first frame."""
        number = self._streams.get(stream)
        if number is None:
            return None
        row = self._connection.execute(
            "SELECT id FROM frame WHERE stream = ? AND at <= ? ORDER BY at DESC, id DESC LIMIT 1",
            (number, at_ms),
        ).fetchone()
        if row is None:
            return None
        held = self._held.get(stream)
        if held is None or held.frame != row[0]:
            held = self._held[stream] = self._build(number, row[0], held)
        return held

    def _build(self, number: int, frame: int, held: RecordedValue | None) -> RecordedValue:
        """Return the value at a frame, from the key frame before it or what is held, the nearer one."""
        ids = self._list_frame_ids(number, frame)
        value, frames = None, []
        for at in range(bisect_left(ids, frame), -1, -1):
            if held is not None and ids[at] == held.frame:
                value = held.value
                break
            is_key, data = self._connection.execute(
                "SELECT is_key, data FROM frame WHERE id = ?", (ids[at],)
            ).fetchone()
            frames.append((is_key, data))
            if is_key:
                break
        for is_key, data in reversed(frames):
            value = self._parse_key(data) if is_key else apply_delta(value, unpack(data))
        return RecordedValue(frame, value)

    def _parse_key(self, data: bytes) -> Any:
        try:
            return self._row_texts.parse(decompress(data))
        except RecursionError as error:
            raise ValueError("damaged frame") from error

    def _list_frame_ids(self, number: int, frame: int) -> list[int]:
        """Return the ids of the frames of a stream in order, ``frame`` among them.

        A query for the key frame before another one would read every frame of the stream.
        """
        ids = self._ids.get(number, [])
        if not ids or ids[-1] < frame:
            found = self._connection.execute("SELECT id FROM frame WHERE stream = ?", (number,))
            ids = self._ids[number] = sorted(one for (one,) in found)
        return ids

    def iterate_moments(self, stream: Stream) -> Iterator[tuple[int, RecordedValue]]:
        """Yield the values of a stream with their times, oldest first."""
        value = None
        for at, frame, is_key, data in self._connection.execute(
            "SELECT at, id, is_key, data FROM frame WHERE stream = ? ORDER BY at, id",
            (self._streams.get(stream),),
        ):
            value = unpack(data) if is_key else apply_delta(value, unpack(data))
            yield at, RecordedValue(frame, value)

    def read_log_pages(self, stream: Stream) -> list[tuple[int, dict[str, Any]]]:
        """Return the pages of a log with their times, in the order in which they were read."""
        rows = self._connection.execute(
            "SELECT at, data FROM frame WHERE stream = ? ORDER BY id", (self._streams.get(stream),)
        )
        return [(at, unpack(data)) for at, data in rows]

    def find_next_change(self, at_ms: int, *, forward: bool) -> int | None:
        """Return the time of the next frame that is no page of a log, or of the one before."""
        better, word = (">", "min") if forward else ("<", "max")
        row = self._connection.execute(
            f"SELECT {word}(frame.at) FROM frame JOIN stream ON stream.id = frame.stream"  # noqa: S608
            f" WHERE stream.what != ? AND frame.at {better} ?",
            (LOG, at_ms),
        ).fetchone()
        found: int | None = row[0]
        return found


def _refuse_views(connection: sqlite3.Connection) -> None:
    """Raise TypeError for a file with anything but tables and indexes: a view may never end."""
    if connection.execute("SELECT 1 FROM sqlite_master WHERE type NOT IN ('table', 'index')").fetchone():
        raise TypeError("not the tables of a recording")


def _check_profile(value: Any) -> dict[str, Any]:
    """Return what was written of a profile. Raises ValueError for anything else."""
    try:
        texts = [value["cloud"], value["region"], value["project_id"], *value["kinds"]]
        panes = [reason for missing in value["missing"].values() for reason in missing.values()]
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("not a profile") from error
    if not all(isinstance(one, str) for one in (*texts, *panes)):
        raise ValueError("not a profile")
    return dict(value)


def _decode_key(text: str) -> tuple[str, ...]:
    """Return the key of a stream. Raises ValueError, TypeError."""
    parts = json.loads(text)
    if not isinstance(parts, list) or not parts:
        raise ValueError("not a key")
    return tuple(map(str, parts))


def _check_header(file: Path) -> None:
    """Raise UsageError for a file that is no recording, or that a newer matui made."""
    try:
        if file.exists() and not file.is_file():
            raise UsageError(
                f"{file} is no recording of matui.", remedy="Name a file that matui --record wrote."
            )  # reading a FIFO would wait for a writer
        with file.open("rb") as opened:
            header = opened.read(100)
    except OSError as error:
        raise UsageError(
            f"There is no recording {file}: {error.strerror or error}.",
            remedy="Check the path and your rights.",
        ) from error
    if header[68:72] != APPLICATION_ID.to_bytes(4, "big"):
        raise UsageError(f"{file} is no recording of matui.", remedy="Name a file that matui --record wrote.")
    if int.from_bytes(header[60:64], "big") > VERSION:
        raise UsageError(
            f"The recording {file} was made by a newer matui.", remedy="Update matui to replay it."
        )


def _open(file: Path) -> sqlite3.Connection:
    """Return a connection for reading; what a killed process left half-written is rolled back first."""
    has_journal = file.with_name(f"{file.name}-journal").exists()
    uri = f"{file.absolute().as_uri()}?mode={'rw' if has_journal else 'ro'}"
    return sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)
