"""Files with secrets must be their owner's alone."""

from __future__ import annotations

import os
import shlex
import stat
from pathlib import Path

from matui.errors import ConfigError

_OTHERS_READ_OR_WRITE = 0o066
_OTHERS_WRITE = 0o022


def refuse_if_readable_by_others(file: Path) -> None:
    """Raise ConfigError with the chmod that mends it when a file with secrets is open to others."""
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
