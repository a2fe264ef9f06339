"""Saves a whole log, every page of it, to a file."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from matui.live.log_store import LogLine
from matui.resources.model import Resource

_PROGRESS_LINES = 5000


def log_path(folder: Path, job: Resource, file: str) -> Path:
    """Return a path in ``folder`` that does not exist yet, named after the job and its log file."""
    stem = re.sub(r"[^A-Za-z0-9._-]+", "-", f"{job.name}-{job.id}-{file}").strip("-.")[:120]
    candidates = (folder / f"{stem}{suffix}.log" for suffix in ("", *(f".{n}" for n in range(1, 1000))))
    return next(path for path in candidates if not path.exists())


async def save_log(lines: AsyncIterator[LogLine], path: Path, progress: Callable[[int], None]) -> int:
    """Write the lines to a new file and return how many there were; ``progress`` hears of every 5,000.

    Raises OSError when the file cannot be written and the cloud's error when a page cannot be had.
    """
    count = 0
    with path.open("x", encoding="utf-8", errors="surrogatepass", newline="\n") as out:
        async for line in lines:
            out.write(f"{line.text}\n")
            count += 1
            if count % _PROGRESS_LINES == 0:
                progress(count)
    return count
