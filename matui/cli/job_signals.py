"""What the logs of jobs say, for commands: findings, the signals of rows, and which files have any."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from matui.base.formatting import pluralize
from matui.cli.session import Session

if TYPE_CHECKING:
    from matui.config.settings import Settings
    from matui.live.signals.store import SignalStore
    from matui.resources.model import Resource


def new_signal_store(settings: Settings) -> SignalStore:
    """Return an empty store for the signals of logs, with the rules and limits of the settings."""
    from matui.live.signals.store import build_store

    own = [(rule.name, rule.regex) for rule in settings.signals]
    return build_store(settings.logs.new_time_parser, own, settings.triage.silent_minutes)


async def read_log_ends(
    session: Session, job: Resource, files: Sequence[str] | None = None, *, at_once: int = 4
) -> SignalStore:
    """Return the signals of the ends of up to 8 log files; without ``files`` they are listed first.

    A list or file that cannot be read is named in a note.
    """
    from matui.base.errors import MatuiError
    from matui.cli.output import note
    from matui.clouds.protocols import TailsLogs
    from matui.live.signals.ends import read_ends

    cloud, store = session.cloud, new_signal_store(session.settings)
    if not isinstance(cloud, TailsLogs):
        return store
    try:
        files = await cloud.log_files(job) if files is None else files
    except MatuiError as error:
        note(f"The log was not read for findings: {error}")
        return store
    if unread := await read_ends(cloud, job, files, store, session.cloud_clock, at_once=at_once):
        note(f"The ends of {pluralize(unread, 'log file')} could not be read for findings.")
    return store


async def read_job_findings(session: Session, job: Resource) -> tuple[str, ...]:
    """Return the findings of a job or version as sentences; none for other kinds."""
    from matui.resources.model import Phase

    if job.kind not in ("jobs", "versions"):
        return ()
    store = await read_log_ends(session, job)
    return tuple(one.words for one in store.findings_of(job.key, running=job.phase is Phase.RUNNING))


async def add_signals(
    session: Session, rows: tuple[Resource, ...], progress: Callable[[], None]
) -> tuple[Resource, ...]:
    """Return the rows with step, loss, expected end and stalled of the running jobs.

    How many logs could not be read is said on stderr.
    """
    from matui.cli.output import note
    from matui.clouds.protocols import TailsLogs
    from matui.live.signals.ends import read_tails

    cloud = session.cloud
    if not isinstance(cloud, TailsLogs):
        return rows
    store = new_signal_store(session.settings)
    found, unread = await read_tails(cloud, rows, store, session.cloud_clock, progress)
    if unread:
        note(f"The logs of {pluralize(unread, 'running job')} were not read.")
    return tuple(found)


class FileReading(Protocol):
    """The reading of one file.

    ``found`` is set at the first signal, ``at_end`` when the end of the file is reached for the first time.
    """

    found: asyncio.Event
    at_end: asyncio.Event

    async def read(self, *, follow: bool, tail: int | None = None) -> None:
        """Read the file to its end; with ``follow`` until the job has ended."""
        ...

    def release(self) -> None:
        """Write what has been read, and the rest as it is read."""
        ...


R = TypeVar("R", bound=FileReading)


async def read_first_with_signals(runs: Sequence[R], tail: int | None, *, follow: bool = False) -> R | None:
    """Read the files side by side and return the first in order that has signals, read to its end.

    With ``follow`` it is read until the job has ended, and the last file where none has signals at its end.
    A file is written in its turn only; the files after the one with signals are given up. Raises the error
    of a file up to it.
    """
    readings = [asyncio.ensure_future(run.read(follow=follow, tail=tail)) for run in runs]
    try:
        for at, run in enumerate(runs):
            run.release()
            await _wait_for_first(readings[at], run.found, *((run.at_end,) if follow else ()))
            is_chosen = run.found.is_set() or (follow and run is runs[-1])
            if is_chosen:
                for other in (*readings[:at], *readings[at + 1 :]):
                    other.cancel()
            if is_chosen or readings[at].done():
                await readings[at]
            if is_chosen:
                return run
        return None
    finally:
        for reading in readings:
            reading.cancel()
        await asyncio.gather(*readings, return_exceptions=True)


async def _wait_for_first(reading: asyncio.Future[None], *events: asyncio.Event) -> None:
    """Return when the reading has ended or one of the events has been set."""
    waiting: set[asyncio.Future[Any]] = {asyncio.ensure_future(event.wait()) for event in events}
    await asyncio.wait(waiting | {reading}, return_when=asyncio.FIRST_COMPLETED)
    for task in waiting:
        task.cancel()
