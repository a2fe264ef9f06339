"""Reads files that may hold secrets: regular files of limited size that no other user can read or change."""

from __future__ import annotations

import os
import shlex
import stat
from collections.abc import Mapping
from pathlib import Path

from matui.base.errors import ConfigError

_LARGEST_BYTES = 1_000_000


def read_text(file: Path) -> str | None:
    """Return a file's text, None where there is no such file. Raises ConfigError.

    A pipe or a device is no such file: it is not even opened.
    """
    try:
        if not stat.S_ISREG(file.stat().st_mode):
            return None
        with file.open("rb") as opened:
            return opened.read(_LARGEST_BYTES).decode("utf-8-sig")
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise ConfigError(f"The file cannot be read: {error.strerror}.", file=str(file)) from error
    except UnicodeDecodeError:
        raise ConfigError("The file is not UTF-8 text.", file=str(file)) from None


def home_dir(environ: Mapping[str, str]) -> Path:
    """Return the user's home: ``HOME`` of the environment, else what the system says."""
    home = environ.get("HOME", "").strip()
    return Path(home) if home else Path.home()


_OTHERS_READ_OR_WRITE = 0o066
_OTHERS_WRITE = 0o022


def refuse_if_readable_by_others(file: Path) -> None:
    """Raise ConfigError with the chmod that fixes it when a file with secrets is open to others."""
    mode = _mode(file)
    if mode & _OTHERS_READ_OR_WRITE:
        _refuse(file, mode, "holds secrets, and others than you can read it")


def refuse_if_writable_by_others(file: Path) -> None:
    """Raise ConfigError when others could change a file that names commands to run."""
    mode = _mode(file)
    if mode & _OTHERS_WRITE:
        _refuse(file, mode, "names commands to run, and others than you can change it")


def _mode(file: Path) -> int:
    if os.name != "posix":
        return 0
    try:
        return stat.S_IMODE(file.stat().st_mode)
    except OSError:
        return 0


def _refuse(file: Path, mode: int, why: str) -> None:
    raise ConfigError(
        f"The file {why} (mode {mode:04o}).",
        file=str(file),
        remedy=f"Fix: chmod 600 {shlex.quote(str(file))}",
    )
