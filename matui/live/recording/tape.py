"""Writes a recording: takes answers from the event loop, and writes what changed in a thread."""

from __future__ import annotations

import os
import queue
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from matui.base.errors import UsageError
from matui.base.redaction.known import get_known_secrets, hide_in_bytes
from matui.base.redaction.masking import hide_in_text
from matui.live.recording.encoding import Encode, make_delta
from matui.live.recording.redaction import Redactor
from matui.live.recording.schema import (
    APPLICATION_ID,
    ROWS,
    TABLES,
    VERSION,
    Stream,
    compress,
    decompress,
    pack,
    unpack,
)

_BATCH_S = 1.0
_PAGE_BYTES = 16_384  # the names of some 200 streams fit the first page: a file that is cut off has them
_MOST_DELTAS = 40  # after a key frame: a jump decodes no more of a stream
_MOST_DELTA_BYTES = 2  # times those of the key frame
_MOST_WAITING = 20_000
_MOST_IN_A_BATCH = 200
_REPLACE_SHARE = 20  # times what the replacement of late names took, before the next

_Frame: TypeAlias = tuple[Stream, int, Encode, bool]
_About: TypeAlias = tuple[str, dict[str, Any]]


@dataclass(slots=True)
class _Track:
    """The last value of a stream, and what was written since its key frame."""

    id: int
    value: Any = None
    key_bytes: int = 0
    deltas: int = 0
    delta_bytes: int = 0

    def is_key_due(self) -> bool:
        """Whether the next frame has to hold the whole value."""
        is_costly = self.delta_bytes > _MOST_DELTA_BYTES * self.key_bytes
        return not self.key_bytes or self.deltas >= _MOST_DELTAS or is_costly


class Tape:
    """A recording that is being written. All methods return at once; a failure ends the recording alone.

    ``on_problem`` is called in the thread that writes, with a sentence: once where the recording ends, once
    where it goes on and lacks answers.
    Raises UsageError for a file that exists already or cannot be made.
    """

    def __init__(self, file: Path, *, redact: bool = False) -> None:
        self.file = file
        self.redactor = Redactor() if redact else None
        self.on_problem: Callable[[str], None] = lambda _words: None
        self.problem = ""
        self._tracks: dict[Stream, _Track] = {}
        self._queue: queue.Queue[_Frame | _About | None] = queue.Queue()
        self._lacks_answers = self._is_lack_reported = False
        self._from: int | None = None
        self._until = 0
        self._closing = threading.Event()
        self._replace_at = 0.0
        self._connection = _create(file)
        self._thread = threading.Thread(target=self._run, name="recording", daemon=True)
        self._thread.start()

    @property
    def is_open(self) -> bool:
        """Whether answers are still written."""
        return not self.problem

    def add_profile(self, name: str, about: dict[str, Any]) -> None:
        """Write what a replay has to know of a profile."""
        self._queue.put((name, about))

    def put(self, stream: Stream, at_ms: int, encode: Encode, *, is_whole: bool = False) -> None:
        """Write the value of a stream at a time; ``is_whole`` values are not compared with the one before."""
        if not self.is_open:
            return
        if self._queue.qsize() < _MOST_WAITING:
            self._queue.put((stream, at_ms, encode, is_whole))
        else:
            self._lacks_answers = True

    def close(self) -> None:
        """Write what is left and close the file."""
        self._closing.set()
        self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        try:
            is_last = False
            while not is_last:
                batch = self._take_batch()
                is_last = batch[-1] is None
                self._write_batch(batch, is_last=is_last)
                self._report_lack()
        except Exception as error:  # noqa: BLE001 - the console goes on without its recording
            reason = str(error) if isinstance(error, sqlite3.Error | OSError) else type(error).__name__
            self.problem = f"The recording {self.file} has stopped: {reason}."
            with suppress(sqlite3.Error):
                self._connection.rollback()
            self.on_problem(self.problem)
        finally:
            with suppress(sqlite3.Error):
                self._connection.close()

    def _report_lack(self) -> None:
        if self._lacks_answers and not self._is_lack_reported:
            self._is_lack_reported = True
            self.on_problem(f"The recording {self.file} lacks answers: more came than could be written.")

    def _take_batch(self) -> list[_Frame | _About | None]:
        """Return what arrives within a second; None at the end of the last batch."""
        batch = [self._queue.get()]
        if self._from is not None:
            self._closing.wait(_BATCH_S)
        while len(batch) < _MOST_IN_A_BATCH and batch[-1] is not None:
            try:
                batch.append(self._queue.get_nowait())
            except queue.Empty:
                break
        return batch

    def _write_batch(self, batch: list[_Frame | _About | None], *, is_last: bool) -> None:
        with self._connection:
            self._connection.execute("BEGIN")
            for item in batch:
                if item is not None:
                    self._write(item)
            self._write_span()
            if self.redactor is not None and self.redactor.late:
                self._replace_late_names(self.redactor, is_last=is_last)

    def _write(self, item: _Frame | _About) -> None:
        if len(item) == 2:
            self._write_profile(*item)
            return
        stream, at_ms, encode, is_whole = item
        if self._from is None:
            self._from = at_ms
        self._until = max(self._until, at_ms)
        value = encode(self.redactor)
        track = self._get_track(stream)
        if is_whole:
            if value != track.value:
                self._insert(track, at_ms, value, is_key=True)
                track.value = value
            return
        if value["error"] is not None and track.value is not None:
            value = {**track.value, "error": value["error"]}  # what was read before is still shown
        delta = make_delta(track.value, value)
        if delta is None and track.key_bytes:
            return
        if track.is_key_due():
            track.key_bytes = self._insert(track, at_ms, value, is_key=True)
            track.deltas = track.delta_bytes = 0
        else:
            track.delta_bytes += self._insert(track, at_ms, delta, is_key=False)
            track.deltas += 1
        track.value = value

    def _write_profile(self, name: str, about: dict[str, Any]) -> None:
        if self.redactor is not None:
            name = self.redactor.replace(name, "profile")
        data = compress(hide_in_bytes(pack(about), get_known_secrets()))
        self._connection.execute("INSERT OR REPLACE INTO profile VALUES (?, ?)", (name, data))

    def _get_track(self, stream: Stream) -> _Track:
        track = self._tracks.get(stream)
        if track is None:
            named = self._redact(stream)
            key = pack(named.key).decode("utf-8", "replace")
            cursor = self._connection.execute(
                "INSERT INTO stream (profile, what, key) VALUES (?, ?, ?)"
                " ON CONFLICT DO UPDATE SET what = excluded.what RETURNING id",
                (named.profile, named.what, key),
            )
            track = self._tracks[stream] = _Track(cursor.fetchone()[0])
        return track

    def _redact(self, stream: Stream) -> Stream:
        redactor = self.redactor
        if redactor is None:
            return Stream(stream.profile, stream.what, tuple(map(hide_in_text, stream.key)))
        kind, *rest = stream.key
        if stream.what == ROWS:
            key = (kind, redactor.replace(rest[0], "workspace"), *rest[1:])
        else:
            key = (kind, *map(redactor.replace_id, rest[:1]), *map(redactor.redact_text, rest[1:]))
        return Stream(redactor.replace(stream.profile, "profile"), stream.what, key)

    def _insert(self, track: _Track, at_ms: int, value: Any, *, is_key: bool) -> int:
        data = compress(hide_in_bytes(pack(value), get_known_secrets()))
        self._connection.execute(
            "INSERT INTO frame (stream, at, is_key, data) VALUES (?, ?, ?, ?)",
            (track.id, at_ms, int(is_key), data),
        )
        return len(data)

    def _write_span(self) -> None:
        if self._from is not None:
            rows = [("from", str(self._from)), ("until", str(self._until))]
            self._connection.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", rows)

    def _replace_late_names(self, redactor: Redactor, *, is_last: bool) -> None:
        """Replace the names that were learned after frames with them had been written.

        It is done in the transaction that teaches them, so that the file of a killed run has none; in a large
        recording less often, so that it takes a twentieth of the time.
        """
        began = time.monotonic()
        if began < self._replace_at and not is_last:
            return
        late = redactor.compile_late_pattern()
        redactor.late.clear()
        for (frame,) in self._connection.execute("SELECT id FROM frame ORDER BY id").fetchall():
            (data,) = self._connection.execute("SELECT data FROM frame WHERE id = ?", (frame,)).fetchone()
            if late.search(decompress(data)):
                changed = compress(pack(redactor.redact_texts(unpack(data))))
                self._connection.execute("UPDATE frame SET data = ? WHERE id = ?", (changed, frame))
        for stream, track in self._tracks.items():
            track.value = redactor.redact_texts(track.value)  # the next delta is one to what is in the file
            key = pack(self._redact(stream).key).decode("utf-8", "replace")
            self._connection.execute("UPDATE stream SET key = ? WHERE id = ?", (key, track.id))
        self._replace_at = time.monotonic() + _REPLACE_SHARE * (time.monotonic() - began)


def _create(file: Path) -> sqlite3.Connection:
    """Return a connection to a new file that its owner alone can read. Raises UsageError."""
    try:
        os.close(os.open(file, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    except FileExistsError as error:
        raise UsageError(
            f"{file} exists already.", remedy="Name another file, or delete this one."
        ) from error
    except OSError as error:
        raise UsageError(
            f"The recording {file} cannot be made: {error.strerror or error}.",
            remedy="Check the folder and your rights there, or name another file.",
        ) from error
    try:
        connection = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
        connection.execute(f"PRAGMA page_size={_PAGE_BYTES}")
        connection.execute("PRAGMA journal_mode=DELETE")
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.execute("PRAGMA secure_delete=ON")
        connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
        connection.executescript(f"BEGIN;{TABLES}PRAGMA user_version={VERSION};COMMIT;")
    except sqlite3.Error as error:
        raise UsageError(
            f"The recording {file} cannot be made: {error}.",
            remedy="Check the folder and your rights there, or name another file.",
        ) from error
    return connection
