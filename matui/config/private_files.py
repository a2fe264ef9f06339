"""Reads files that may hold secrets or commands: regular, small, and changed by their owner alone."""

from __future__ import annotations

import os
import shlex
import stat
from collections.abc import Mapping
from pathlib import Path

from matui.base.errors import ConfigError
from matui.base.regular_files import IrregularFileError, LargeFileError, read_regular_bytes

LARGEST_BYTES = 1_000_000
_OTHERS_READ_OR_WRITE = 0o066
_ROOT = 0


def read_regular_file(file: Path, limit: int = LARGEST_BYTES) -> bytes:
    """Return the content of a regular file of at most ``limit`` bytes.

    Raises OSError where it cannot be read, and ConfigError for a larger file, a pipe, a device or a folder,
    none of which is waited for or read.
    """
    try:
        return read_regular_bytes(file, limit)
    except IrregularFileError:
        raise ConfigError(
            "This is not a regular file.", file=str(file), remedy="Name a file, no folder, pipe or device."
        ) from None
    except LargeFileError:
        raise ConfigError(
            f"The file is larger than {_format_size(limit)}.",
            file=str(file),
            remedy="Check that the path names the right file.",
        ) from None


def read_text(file: Path) -> str | None:
    """Return a file's text, None where there is no such file. Raises ConfigError.

    A pipe or a device is no such file: it is not even opened.
    """
    try:
        if not stat.S_ISREG(file.stat().st_mode):
            return None
        return read_regular_file(file).decode("utf-8-sig")
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise ConfigError(
            f"The file cannot be read: {error.strerror or error}.",
            file=str(file),
            remedy="Check the path and your rights.",
        ) from error
    except UnicodeDecodeError:
        raise ConfigError("The file is not UTF-8 text.", file=str(file), remedy="Save it as UTF-8.") from None


def get_home_dir(environ: Mapping[str, str]) -> Path:
    """Return the user's home: ``HOME`` of the environment, else what the system says."""
    home = environ.get("HOME", "").strip()
    return Path(home) if home else Path.home()


def refuse_if_readable_by_others(file: Path) -> None:
    """Raise ConfigError with the chmod that fixes it when a file with secrets is open to others."""
    status = _read_status(file)
    if status is not None and status.st_mode & _OTHERS_READ_OR_WRITE:
        mode = stat.S_IMODE(status.st_mode)
        raise ConfigError(
            f"The file holds secrets, and others than you can read it (mode {mode:04o}).",
            file=str(file),
            remedy=f"Fix: chmod 600 {shlex.quote(str(file))}",
        )


def refuse_if_changed_by_others(file: Path) -> None:
    """Raise ConfigError with the command that fixes it when others can change a file, whatever it holds.

    It has to belong to the user or to root. Its group may write to it where it is the user's private group.
    """
    status = _read_status(file)
    if status is None:
        return
    path = shlex.quote(str(file))
    if status.st_uid not in (os.geteuid(), _ROOT):
        user = shlex.quote(_find_user_name(os.geteuid()))
        raise ConfigError(
            f"The file belongs to {_find_user_name(status.st_uid)}, "
            "who could send your credentials elsewhere.",
            file=str(file),
            remedy=f"Read it first; if you trust it: sudo chown {user} {path}",
        )
    others = [
        ("group", "g-w", status.st_mode & stat.S_IWGRP and not _is_private_group(status.st_gid)),
        ("others", "o-w", status.st_mode & stat.S_IWOTH),
    ]
    writers = [(who, change) for who, change, can_write in others if can_write]
    if writers:
        names = " and ".join(f"its {who}" if who == "group" else who for who, _change in writers)
        raise ConfigError(
            f"The file can be changed by {names}, who could send your credentials elsewhere "
            f"(mode {stat.S_IMODE(status.st_mode):04o}).",
            file=str(file),
            remedy=f"Fix: chmod {','.join(change for _who, change in writers)} {path}",
        )


def find_folder_open_to_others(file: Path) -> Path | None:
    """Return the nearest folder above a file, or above what it links to, that everybody can write to.

    Who writes there can put another file in its place. In a folder with the sticky bit, such as ``/tmp``,
    others can replace nothing. The file is not refused: volumes of containers are open by default.
    """
    for folder in dict.fromkeys([*file.absolute().parents, *file.resolve().parents]):
        status = _read_status(folder)
        if status is not None and status.st_mode & stat.S_IWOTH and not status.st_mode & stat.S_ISVTX:
            return folder
    return None


def _read_status(file: Path) -> os.stat_result | None:
    if os.name != "posix":
        return None
    try:
        return file.stat()
    except OSError:
        return None


def _find_user_name(uid: int) -> str:
    import pwd

    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def _is_private_group(gid: int) -> bool:
    """Whether a group is the user's own: of their name, and without any other member."""
    import grp
    import pwd

    try:
        user, group = pwd.getpwuid(os.geteuid()), grp.getgrgid(gid)
    except KeyError:
        return False
    return user.pw_gid == gid and group.gr_name == user.pw_name and set(group.gr_mem) <= {user.pw_name}


def _format_size(limit: int) -> str:
    return f"{limit // 1_000_000} MB" if limit >= 1_000_000 else f"{limit // 1000} kB"
