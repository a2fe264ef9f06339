"""The resources whose next end is to be announced; kept in the state folder from run to run."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from matui.base.file_lock import wait_for_lock
from matui.base.regular_files import read_regular_bytes
from matui.live.journal.change import Account

_MOST = 1000
_LARGEST_FILE = 1_000_000
_LOCK_WAIT_S = 0.5

WatchKey = tuple[str, str, str, str, str, str]


class Watches:
    """The watched resources of this user, by account, kind and id. Other processes may change the file.

    Each has the time from which it is watched, in ms since the epoch, 0 where it is not known.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._stamp: tuple[int, int] | None = None
        self._keys: dict[WatchKey, int] = {}

    def has(self, account: Account, kind: str, ident: str) -> bool:
        """Return whether a resource is watched."""
        self._read()
        return _build_key(account, kind, ident) in self._keys

    def map_times(self, account: Account) -> dict[tuple[str, str], int]:
        """Return from when the resources of an account are watched, by kind and id."""
        self._read()
        place = (account.cloud, account.endpoint, account.project, account.region)
        return {key[4:]: at for key, at in self._keys.items() if key[:4] == place}

    def toggle(self, account: Account, kind: str, ident: str, at: int = 0) -> bool:
        """Watch a resource from now, ``at``, or stop watching it; return whether it is watched now.

        Raises OSError: nothing has changed then.
        """
        with self._lock():
            self._read()
            key = _build_key(account, kind, ident)
            kept, is_watched = self._keys, key not in self._keys
            if is_watched and len(kept) >= _MOST:
                raise OSError(errno.EDQUOT, f"{_MOST:,} resources are watched already")
            self._keys = {other: since for other, since in kept.items() if other != key}
            if is_watched:
                self._keys[key] = at
            try:
                self._write()
            except OSError:
                self._keys = kept
                raise
        return is_watched

    def discard(self, account: Account, kind: str, ident: str) -> None:
        """Stop watching a resource; a file that cannot be written keeps it for the next run."""
        if not self.has(account, kind, ident):
            return
        key = _build_key(account, kind, ident)
        self._keys = {other: since for other, since in self._keys.items() if other != key}
        with suppress(OSError), self._lock():
            self._read()
            self._keys = {other: since for other, since in self._keys.items() if other != key}
            self._write()

    def list_all(self) -> frozenset[WatchKey]:
        """Return every watched resource."""
        self._read()
        return frozenset(self._keys)

    @contextmanager
    def _lock(self) -> Iterator[None]:
        """Lock out changes by other processes, which would be lost; for half a second at most."""
        self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        name = self._file.with_name(f".{self._file.stem}.lock")
        lock = os.open(name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        try:
            wait_for_lock(lock, _LOCK_WAIT_S)
            yield
        finally:
            os.close(lock)

    def _read(self) -> None:
        try:
            state = self._file.stat()
            stamp = (state.st_mtime_ns, state.st_size)
            if stamp == self._stamp:
                return
            rows = json.loads(read_regular_bytes(self._file, _LARGEST_FILE))
            self._keys = {
                tuple(row[:6]): row[6] if len(row) > 6 and isinstance(row[6], int) else 0
                for row in rows
                if isinstance(row, list) and len(row) >= 6 and all(isinstance(one, str) for one in row[:6])
            }
            self._stamp = stamp
        except FileNotFoundError:
            self._keys, self._stamp = {}, None
        except (OSError, ValueError, TypeError, RecursionError):
            return

    def _write(self) -> None:
        part = self._file.with_name(f".{self._file.name}.{os.getpid()}.part")
        try:
            descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as out:
                json.dump([[*key, at] for key, at in sorted(self._keys.items())], out)
            part.replace(self._file)
        finally:
            with suppress(OSError):
                part.unlink(missing_ok=True)
        state = self._file.stat()
        self._stamp = (state.st_mtime_ns, state.st_size)


def _build_key(account: Account, kind: str, ident: str) -> WatchKey:
    return (account.cloud, account.endpoint, account.project, account.region, kind, ident)
