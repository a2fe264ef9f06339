"""Reads the ends of several log files of one job once, for its findings: stragglers need all workers."""

from __future__ import annotations

from collections.abc import Sequence

from matui.base.clock import Clock
from matui.base.concurrency import gather_limited
from matui.base.errors import MatuiError
from matui.clouds.protocols import TailsLogs
from matui.live.logs.reader import LogReader
from matui.live.signals.store import SignalStore
from matui.resources.model import Resource

MOST_FILES = 8


async def read_ends(
    source: TailsLogs,
    job: Resource,
    files: Sequence[str],
    store: SignalStore,
    clock: Clock,
    *,
    at_once: int = 4,
) -> int:
    """Read the newest page of up to 8 files, the last one included; return how many failed.

    ``at_once`` files are read at a time.
    """
    chosen = list(files) if len(files) <= MOST_FILES else [*files[: MOST_FILES - 1], files[-1]]
    for file in chosen:
        store.open(job, file)  # in the order of the files, not of the answers

    async def read(file: str) -> bool:
        try:
            batch = await LogReader(source, job, file).newer()
        except MatuiError:
            return False
        store.feed(job, file).add(batch.lines, clock.now() * 1000)
        return True

    return (await gather_limited(read, chosen, at_once)).count(False)
