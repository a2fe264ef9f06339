"""A file of JSON lines that several processes append to, flushed line by line and rotated by size."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

from matui.base.file_lock import wait_for_lock
from matui.base.json import dumps

MOST_BYTES = 5_000_000
FILES = 5
_LOCK_WAIT_S = 1.0
_FLAGS = os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK


class JsonlFile:
    """``NAME.jsonl`` with rotated parts ``NAME.1.jsonl`` … beside it (0600 in 0700); the oldest is deleted.

    ``append`` raises OSError; when it returns, the line is on disk.
    """

    def __init__(self, file: Path, *, most_bytes: int = MOST_BYTES, files: int = FILES) -> None:
        self.file = file
        self._most_bytes = most_bytes
        self._parts = [file, *(file.with_suffix(f".{n}{file.suffix}") for n in range(1, files))]

    def append(self, line: Mapping[str, Any]) -> None:
        """Append one line and flush it to disk."""
        data = dumps(line).encode("utf-8", "backslashreplace") + b"\n"
        _make_private_folder(self.file.parent)
        with self._lock() as locked:
            if locked and self._is_full(len(data)):
                self._rotate()
            is_new = not self.file.exists()
            descriptor = _open_private(self.file, os.O_RDWR | os.O_APPEND | os.O_CREAT)
            try:
                _write_line(descriptor, data)
            finally:
                os.close(descriptor)
            if is_new:
                _sync_folder(self.file.parent)

    def read_parts(self, last_bytes: int | None = None) -> list[bytes]:
        """Return the contents of the files, oldest first; only the last ``last_bytes`` of all where given.

        A file that cannot be read is left out.
        """
        left = last_bytes if last_bytes is not None else 2 * self._most_bytes * len(self._parts)
        with ExitStack() as stack:
            held = []
            with self._lock():
                for part in self._parts:
                    with suppress(OSError):
                        opened = os.fdopen(_open_private(part, os.O_RDONLY), "rb")
                        held.append((stack.enter_context(opened), os.fstat(opened.fileno()).st_size))
            found = []
            for opened, size in held:
                wanted = min(size, left)
                opened.seek(size - wanted)
                found.append(opened.read(wanted))
                left -= wanted
        return found[::-1]

    @property
    def stamp(self) -> tuple[int, int, int]:
        """Changes with every append: inode, size in bytes and time of the newest file."""
        try:
            status = self.file.stat()
        except OSError:
            return (0, 0, 0)
        return (status.st_ino, status.st_size, status.st_mtime_ns)

    def _is_full(self, coming: int) -> bool:
        try:
            size = self.file.lstat().st_size
        except FileNotFoundError:
            return False
        return size > 0 and size + coming > self._most_bytes

    def _rotate(self) -> None:
        for younger, elder in reversed(list(zip(self._parts[:-1], self._parts[1:], strict=True))):
            with suppress(FileNotFoundError):
                younger.replace(elder)

    @contextmanager
    def _lock(self) -> Iterator[bool]:
        """Lock out rotation by other processes; yields False where the lock is not obtained in a second.

        Without the lock a line is still appended whole, but nothing is rotated.
        """
        try:
            lock = _open_private(self.file.with_name(f".{self.file.stem}.lock"), os.O_RDWR | os.O_CREAT)
        except OSError:
            yield False
            return
        try:
            yield wait_for_lock(lock, _LOCK_WAIT_S)
        finally:
            os.close(lock)


def _make_private_folder(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    status = folder.lstat()
    _check_owner(status, stat.S_ISDIR, f"{folder} is not a folder of this user")
    if status.st_mode & 0o077:
        folder.chmod(status.st_mode & 0o700)


def _open_private(file: Path, flags: int) -> int:
    descriptor = os.open(file, flags | _FLAGS, 0o600)
    try:
        status = os.fstat(descriptor)
        _check_owner(status, stat.S_ISREG, f"{file} is not a file of this user")
        if status.st_mode & 0o077:
            os.fchmod(descriptor, 0o600)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def _check_owner(status: os.stat_result, is_right_type: Any, otherwise: str) -> None:
    if not is_right_type(status.st_mode) or status.st_uid != os.geteuid():
        raise PermissionError(1, otherwise)


def _write_line(descriptor: int, data: bytes) -> None:
    size = os.fstat(descriptor).st_size
    if size and os.pread(descriptor, 1, size - 1) != b"\n":
        data = b"\n" + data  # the previous line was cut short; start a new one
    written = os.write(descriptor, data)
    if written != len(data):
        raise OSError(28, "only a part of the line was written")
    os.fsync(descriptor)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
