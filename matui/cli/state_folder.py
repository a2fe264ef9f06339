"""Refuses a state folder that cannot be read: nothing found there is not the same as nothing recorded."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from matui.base.errors import IncompleteOutputError


def check_state(folder: Path, *, files: Iterable[Path] = (), folders: Iterable[Path] = ()) -> None:
    """Return where the state folder and what is named in it can be read, or does not exist.

    Raises IncompleteOutputError.
    """
    try:
        for each in (folder, *folders):
            if _exists(each):
                os.scandir(each).close()
        for file in files:
            if _exists(file):
                file.open("rb").close()
    except OSError as error:
        raise IncompleteOutputError(
            f"The state folder cannot be read: {error.filename}: {error.strerror or error}.",
            remedy="Repair it, or point XDG_STATE_HOME elsewhere.",
        ) from error


def _exists(path: Path) -> bool:
    """Return whether there is a path. Raises OSError, also where a folder of it is a file."""
    try:
        path.lstat()
    except FileNotFoundError:
        return False
    return True
