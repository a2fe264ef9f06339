"""The log files of a job, and whether the job has ended."""

from __future__ import annotations

from collections.abc import Collection

from matui.base.errors import MatuiError, NotFoundError, RefusedError, UsageError
from matui.base.sanitize import clean
from matui.cli.session import Session
from matui.clouds.protocols import Reads, TailsLogs, require
from matui.live.capabilities import explain_missing_pane
from matui.resources.kinds.jobs import JOBS
from matui.resources.model import Resource

_CADENCE_S = 5.0


def find_log_source(session: Session) -> TailsLogs:
    """Return the session's cloud as a log source. Raises RefusedError where it has no logs."""
    reason = explain_missing_pane(session.cloud, JOBS, "log")
    if reason is not None:
        raise RefusedError(f"{reason}.")
    return require(session.cloud, TailsLogs)


def choose_file(files: Collection[str], name: str) -> str:
    """Return the file of that name. Raises UsageError that lists the files."""
    if name in files:
        return name
    known = ", ".join(map(clean, files)) or "none"
    raise UsageError(f"There is no log file {clean(name)}.", remedy=f"There are: {known}.")


class JobWatcher:
    """Reads a job every few seconds, while its log is followed, until it has ended."""

    def __init__(self, session: Session, job: Resource) -> None:
        self._session = session
        self._job = job
        self._is_over = job.phase.ended

    def ended(self) -> bool:
        """Whether the job has ended."""
        return self._is_over

    async def run(self) -> None:
        """Read the job until it has ended. Failures are ignored: the log requests report them."""
        cloud, clock = self._session.cloud, self._session.clock
        while not self._is_over and isinstance(cloud, Reads):
            await clock.sleep(_CADENCE_S)
            try:
                self._is_over = (await cloud.read(self._job.kind, self._job.id)).phase.ended
            except NotFoundError:
                self._is_over = True
            except MatuiError:
                continue
