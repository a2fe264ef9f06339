"""New files, which other processes see complete under their name or not at all."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from matui.base.errors import MatuiError, UsageError


def name_part_file(path: Path) -> Path:
    """Return the file that is written until it is complete."""
    return path.with_name(f"{path.name}.part")


@contextmanager
def open_new_file(
    path: Path, *, keep_after: Callable[[BaseException], bool] = lambda _error: False
) -> Iterator[TextIO]:
    """Open ``FILE.part`` (mode 0600), which becomes ``FILE`` at the end of the block.

    After an error or an interrupt nothing is left, unless ``keep_after`` returns true for it. Raises
    UsageError for a file that exists or cannot be made, MatuiError for one that cannot be written.
    """
    if not path.name:
        raise UsageError(f"{path} is a folder.", remedy="Name a file in it.")
    part = name_part_file(path)
    out = _create(path, part)
    is_kept = False
    try:
        try:
            with out:
                yield out
        except BaseException as error:
            if keep_after(error):
                _publish(part, path)
                is_kept = True
            raise
        _publish(part, path)
    except OSError as error:
        if error.filename not in (None, str(path), str(part)):
            raise
        remedy = "What was written is kept; its last line may be cut." if is_kept else "Nothing was kept."
        raise MatuiError(f"{path} could not be written: {error.strerror or error}.", remedy=remedy) from error
    finally:
        part.unlink(missing_ok=True)


def _create(path: Path, part: Path) -> TextIO:
    if os.path.lexists(path):
        raise UsageError(f"{path} exists already.", remedy="Name a file that does not.")
    try:
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except FileExistsError as error:
        raise UsageError(
            f"{part} exists already: it is being written, or its writer was killed.",
            remedy="Remove it, or name another file.",
        ) from error
    except OSError as error:
        raise UsageError(
            f"{path} cannot be made: {error.strerror or error}.",
            remedy="Check the folder and your rights there, or name another file.",
        ) from error
    return os.fdopen(descriptor, "w", encoding="utf-8", errors="surrogatepass", newline="\n")


def _publish(part: Path, path: Path) -> None:
    """Rename the part, never over a file that was made meanwhile where the file system has hard links."""
    try:
        os.link(part, path)
    except FileExistsError:
        raise
    except OSError:
        if os.path.lexists(path):
            raise
        part.rename(path)
