"""Which log files a job has, and whether it has ended."""

from __future__ import annotations

from collections.abc import Collection

from matui.base.errors import MatuiError, NotFoundError, RefusedError, UsageError
from matui.base.sanitize import clean
from matui.cli.context import Session
from matui.clouds.protocols import Reads, TailsLogs, require
from matui.live.capabilities import explain_missing_pane
from matui.resources.kinds.jobs import JOBS
from matui.resources.model import Resource

_CADENCE_S = 5.0


def log_source(session: Session) -> TailsLogs:
    """Return the session's cloud as what reads logs. Raises RefusedError where it cannot."""
    reason = explain_missing_pane(session.cloud, JOBS, "log")
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
