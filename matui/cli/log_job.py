"""Which job or version is meant, which log files it has, and whether it has ended."""

from __future__ import annotations

from collections.abc import Collection

from matui.cli.context import Session
from matui.cli.resolve import find_one
from matui.clouds.port import ListsVersions, Reads, TailsLogs, require
from matui.errors import MatuiError, NotFoundError, RefusedError, UsageError
from matui.live.panes import why_no_pane
from matui.resources.jobs import JOBS
from matui.resources.model import Resource
from matui.resources.registry import kind_named
from matui.text import clean

_CADENCE_S = 5.0


async def find_job(session: Session, word: str) -> Resource:
    """Return the job or version that ``JOB`` or ``JOB/VERSION`` names, by id or by name.

    Raises NotFoundError, and UsageError for a name that several have.
    """
    jobs = kind_named("jobs")
    try:
        return await find_one(session, jobs, word)
    except NotFoundError:
        name, slash, version = word.rpartition("/")
        if not slash or not isinstance(session.cloud, ListsVersions):
            raise
        job = await find_one(session, jobs, name)
        return _version(await session.cloud.versions(job), version, job)


def _version(versions: tuple[Resource, ...], word: str, job: Resource) -> Resource:
    same = [
        v for v in versions if word in (v.id, v.id.rpartition("/")[2], v.name, v.text_fact("version_name"))
    ]
    if len(same) == 1:
        return same[0]
    known = ", ".join(clean(v.id) for v in versions)
    raise NotFoundError(
        f"The job {clean(job.name)} has no version {clean(word)}.", remedy=f"It has: {known}."
    )


def log_source(session: Session) -> TailsLogs:
    """Return the session's cloud as what reads logs. Raises RefusedError where it cannot."""
    reason = why_no_pane(session.cloud, JOBS, "log")
    if reason is not None:
        raise RefusedError(f"{reason}.")
    return require(session.cloud, TailsLogs)


def choose_file(files: Collection[str], wanted: str) -> str:
    """Return the file of that name. Raises UsageError that lists those there are."""
    if wanted in files:
        return wanted
    known = ", ".join(map(clean, files)) or "none"
    raise UsageError(f"There is no log file {clean(wanted)}.", remedy=f"There are: {known}.")


class JobWatch:
    """Knows whether a job has ended, by reading it now and then while its log is followed."""

    def __init__(self, session: Session, job: Resource) -> None:
        self._session = session
        self._job = job
        self._is_over = job.phase.ended

    def ended(self) -> bool:
        """Whether the job has ended."""
        return self._is_over

    async def run(self) -> None:
        """Read the job until it has ended. Failures are waited out: the log itself tells of trouble."""
        cloud, clock = self._session.cloud, self._session.clock
        while not self._is_over and isinstance(cloud, Reads):
            await clock.sleep(_CADENCE_S)
            try:
                self._is_over = (await cloud.read(self._job.kind, self._job.id)).phase.ended
            except NotFoundError:
                self._is_over = True
            except MatuiError:
                continue
