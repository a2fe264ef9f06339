"""Training jobs, their versions and logs (5.1)."""

from __future__ import annotations

from matui.clouds.decode import Reply, read
from matui.clouds.modelarts.jobs_models import (
    AlgorithmList,
    Done,
    JobCreated,
    JobList,
    JobVersion,
    LogFiles,
    LogLines,
    LogWindow,
    VersionList,
)
from matui.clouds.modelarts.jobs_requests import (
    AlgorithmsQuery,
    CreateJob,
    CreateVersion,
    Description,
    JobsQuery,
    LogLinesQuery,
    LogWindowQuery,
    VersionsQuery,
)
from matui.clouds.modelarts.requests import act, get, segment
from matui.clouds.modelarts.sending import Sends


def _job(job_id: str) -> str:
    return f"training-jobs/{segment(job_id)}"


def _version(job_id: str, version_id: str) -> str:
    return f"{_job(job_id)}/versions/{segment(version_id)}"


class JobsApi:
    """The thirteen operations of 5.1."""

    def __init__(self, session: Sends) -> None:
        self._session = session

    async def create(self, body: CreateJob) -> Reply[JobCreated]:
        """5.1.1."""
        return read(JobCreated, await self._session.send(act("POST", "training-jobs", body)))

    async def list(self, query: JobsQuery) -> Reply[JobList]:
        """5.1.2."""
        return read(JobList, await self._session.send(get("training-jobs", query)))

    async def show_version(self, job_id: str, version_id: str) -> Reply[JobVersion]:
        """5.1.3."""
        return read(JobVersion, await self._session.send(get(_version(job_id, version_id))))

    async def delete_version(self, job_id: str, version_id: str) -> Reply[Done]:
        """5.1.4."""
        return read(Done, await self._session.send(act("DELETE", _version(job_id, version_id))))

    async def list_versions(self, job_id: str, query: VersionsQuery) -> Reply[VersionList]:
        """5.1.5."""
        return read(VersionList, await self._session.send(get(f"{_job(job_id)}/versions", query)))

    async def create_version(self, job_id: str, body: CreateVersion) -> Reply[JobCreated]:
        """5.1.6."""
        return read(JobCreated, await self._session.send(act("POST", f"{_job(job_id)}/versions", body)))

    async def stop(self, job_id: str, version_id: str) -> Reply[Done]:
        """5.1.7."""
        return read(Done, await self._session.send(act("POST", f"{_version(job_id, version_id)}/stop")))

    async def set_description(self, job_id: str, body: Description) -> Reply[Done]:
        """5.1.8."""
        return read(Done, await self._session.send(act("PUT", _job(job_id), body)))

    async def delete(self, job_id: str) -> Reply[Done]:
        """5.1.9."""
        return read(Done, await self._session.send(act("DELETE", _job(job_id))))

    async def log_files(self, job_id: str, version_id: str) -> Reply[LogFiles]:
        """5.1.10."""
        path = f"{_version(job_id, version_id)}/log/file-names"
        return read(LogFiles, await self._session.send(get(path)))

    async def log_window(self, job_id: str, version_id: str, query: LogWindowQuery) -> Reply[LogWindow]:
        """5.1.11: a log by bytes."""
        return read(LogWindow, await self._session.send(get(f"{_version(job_id, version_id)}/log", query)))

    async def algorithms(self, query: AlgorithmsQuery) -> Reply[AlgorithmList]:
        """5.1.12: the built-in algorithms."""
        return read(AlgorithmList, await self._session.send(get("built-in-algorithms", query)))

    async def log_lines(self, job_id: str, version_id: str, query: LogLinesQuery) -> Reply[LogLines]:
        """5.1.13: a log by lines."""
        path = f"{_version(job_id, version_id)}/aom-log"
        return read(LogLines, await self._session.send(get(path, query)))
