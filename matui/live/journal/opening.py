"""Opens the journal of a process: in the state folder, in a folder that goes with it, or none."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from weakref import finalize

from matui.base.clock import Clock
from matui.live.journal.journal import FILE_NAME, Journal, Limits


def open_journal(
    folder: Path | None,
    *,
    clock: Clock,
    limits: Limits | None = None,
    on_problem: Callable[[str], None] | None = None,
) -> Journal:
    """Return the journal in a folder, for None one that holds nothing. The file is opened when it is used."""
    file = folder / FILE_NAME if folder is not None else None
    return Journal(file, clock=clock, limits=limits or Limits(), on_problem=on_problem)


def open_temporary_journal(*, clock: Clock, on_problem: Callable[[str], None] | None = None) -> Journal:
    """Return a journal in a folder of its own, which is deleted when the journal is closed."""
    try:
        folder = Path(tempfile.mkdtemp(prefix="matui-journal-"))
    except OSError:
        return Journal(None, clock=clock)
    journal = Journal(folder / FILE_NAME, clock=clock, on_problem=on_problem)
    journal.on_closed = finalize(journal, shutil.rmtree, folder, ignore_errors=True)
    return journal
