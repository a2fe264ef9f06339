"""Reads regular files up to a limit: opening a pipe would wait for a writer, and a device may never end."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)


class IrregularFileError(OSError):
    """A pipe, a socket, a device or a folder."""

    def __init__(self, file: Path) -> None:
        super().__init__(errno.EINVAL, "it is no regular file", str(file))


class LargeFileError(OSError):
    """A file of more bytes than are read."""

    def __init__(self, file: Path) -> None:
        super().__init__(errno.EFBIG, "it is too large", str(file))


def read_regular_bytes(file: Path, limit: int) -> bytes:
    """Return the content of a regular file.

    Raises IrregularFileError, LargeFileError for more than ``limit`` bytes, and any other OSError.
    """
    descriptor = os.open(file, _FLAGS)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise IrregularFileError(file)
    with os.fdopen(descriptor, "rb") as opened:
        data = opened.read(limit + 1)
    if len(data) > limit:
        raise LargeFileError(file)
    return data
