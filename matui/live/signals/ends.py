"""Reads the ends of log files once: of running jobs for step and loss, of one job for its findings."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from matui.base.calls.gather import gather_limited
from matui.base.clock import Clock
from matui.base.errors import CloudError, MatuiError, NotFoundError
from matui.clouds.protocols import TailsLogs
from matui.live.logs.reader import LogReader
from matui.live.signals.facts import SignalFacts
from matui.live.signals.store import SignalStore
from matui.resources.model import Phase, Resource

MOST_JOBS = 50
_AT_ONCE = 4
MOST_FILES = 8


async def read_tails(
    source: TailsLogs,
    rows: Sequence[Resource],
    store: SignalStore,
    clock: Clock,
    progress: Callable[[], None] = lambda: None,
) -> tuple[list[Resource], int]:
    """Return the rows with what the ends of the logs of the running ones say, and how many were not read.

    At most 50 logs are read: the newest page of the first file of each, and of the last one where the first
    has no signals. ``progress`` is called after each job.
    """
    facts = SignalFacts(store)
    running = [row for row in rows if row.phase is Phase.RUNNING]
    chosen = running[:MOST_JOBS]

    async def read(job: Resource) -> bool:
        try:
            await _read_tail(source, job, store, clock)
        except NotFoundError:
            return True  # it has no log yet
        except CloudError:
            return False
        finally:
            progress()
        facts.update(job.key, running=True)
        return True

    read_well = await gather_limited(read, chosen, _AT_ONCE)
    unread = len(running) - len(chosen) + read_well.count(False)
    return [facts.enrich(row) for row in rows], unread


async def _read_tail(source: TailsLogs, job: Resource, store: SignalStore, clock: Clock) -> None:
    files = await source.list_log_files(job)
    for file in dict.fromkeys((files[0], files[-1])) if files else ():
        batch = await LogReader(source, job, file).read_newer()
        store.build_feed(job, file).add(batch.lines, clock.now() * 1000)
        signals = store.find(job.key)
        if signals is not None and signals.log.segments:
            return


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
            batch = await LogReader(source, job, file).read_newer()
        except MatuiError:
            return False
        store.build_feed(job, file).add(batch.lines, clock.now() * 1000)
        return True

    return (await gather_limited(read, chosen, at_once)).count(False)
