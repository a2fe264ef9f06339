"""Reads the logs of jobs for commands: findings, and the signals of rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from matui.base.text.formatting import pluralize
from matui.cli.context.session import Session

if TYPE_CHECKING:
    from matui.config.settings import Settings
    from matui.live.signals.store import SignalStore
    from matui.resources.model import Resource


def build_signal_store(settings: Settings) -> SignalStore:
    """Return an empty store for the signals of logs, with the rules and limits of the settings."""
    from matui.live.signals.store import build_store

    own = [(rule.name, rule.regex) for rule in settings.signals]
    return build_store(settings.logs.build_time_parser, own, settings.triage.silent_minutes)


async def read_log_ends(
    session: Session, job: Resource, files: Sequence[str] | None = None, *, at_once: int = 4
) -> SignalStore:
    """Return the signals of the ends of up to 8 log files; without ``files`` they are listed first.

    A list or file that cannot be read is named in a note.
    """
    from matui.base.errors import MatuiError
    from matui.cli.output.streams import note
    from matui.clouds.protocols import TailsLogs
    from matui.live.signals.facts import read_ends

    cloud, store = session.cloud, build_signal_store(session.settings)
    if not isinstance(cloud, TailsLogs):
        return store
    try:
        files = await cloud.list_log_files(job) if files is None else files
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
    return tuple(one.words for one in store.find_findings(job.key, running=job.phase is Phase.RUNNING))


async def add_signals(
    session: Session, rows: tuple[Resource, ...], progress: Callable[[], None]
) -> tuple[Resource, ...]:
    """Return the rows with step, loss, expected end and stalled of the running jobs.

    Writes to stderr how many logs could not be read.
    """
    from matui.cli.output.streams import note
    from matui.clouds.protocols import TailsLogs
    from matui.live.signals.facts import read_tails

    cloud = session.cloud
    if not isinstance(cloud, TailsLogs):
        return rows
    store = build_signal_store(session.settings)
    found, unread = await read_tails(cloud, rows, store, session.cloud_clock, progress)
    if unread:
        note(f"The logs of {pluralize(unread, 'running job')} were not read.")
    return tuple(found)
