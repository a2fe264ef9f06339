"""The v2 operations on training jobs."""

from __future__ import annotations

from dataclasses import replace

from matui.clouds.decode import Reply, read
from matui.clouds.modelarts.requests import act, get, search, segment
from matui.clouds.modelarts.sending import Sends
from matui.clouds.modelarts_v2.jobs_models import (
    Job,
    JobEvents,
    JobList,
    LogLines,
    LogPreview,
    MetricList,
    Nothing,
    TaskAddress,
)
from matui.clouds.modelarts_v2.jobs_requests import (
    EventsQuery,
    JobAction,
    JobSearch,
    LogLinesQuery,
)
from matui.clouds.modelarts_v2.reading import read_rows

V2 = "v2"
_ENGLISH = (("X-Language", "en-us"),)


def _job(job_id: str) -> str:
    return f"training-jobs/{segment(job_id)}"


class JobsApi:
    """Search, show, tasks, events, metrics, logs, terminate, delete."""

    def __init__(self, session: Sends) -> None:
        self._session = session

    async def search(self, body: JobSearch) -> Reply[JobList]:
        """POST training-job-searches, which reads."""
        return read(JobList, await self._session.send(search("training-job-searches", body, api=V2)))

    async def show(self, job_id: str) -> Reply[Job]:
        """GET training-jobs/{id}."""
        return read(Job, await self._session.send(get(_job(job_id), api=V2)))

    async def tasks(self, job_id: str) -> list[TaskAddress]:
        """GET …/tasks, whose answer is a bare array."""
        return read_rows(TaskAddress, await self._session.send(get(f"{_job(job_id)}/tasks", api=V2)))

    async def events(self, job_id: str, query: EventsQuery) -> Reply[JobEvents]:
        """GET …/events, in English."""
        call = replace(get(f"{_job(job_id)}/events", query, api=V2), headers=_ENGLISH)
        return read(JobEvents, await self._session.send(call))

    async def metrics(self, job_id: str, task: str) -> Reply[MetricList]:
        """GET …/metrics/{task}."""
        path = f"{_job(job_id)}/metrics/{segment(task)}"
        return read(MetricList, await self._session.send(get(path, api=V2)))

    async def terminate(self, job_id: str) -> Reply[Job]:
        """POST …/actions; the answer is the job as it is now."""
        body = JobAction(action_type="terminate")
        return read(Job, await self._session.send(act("POST", f"{_job(job_id)}/actions", body, api=V2)))

    async def delete(self, job_id: str) -> Reply[Nothing]:
        """DELETE training-jobs/{id}."""
        return read(Nothing, await self._session.send(act("DELETE", _job(job_id), api=V2)))

    async def log_lines(self, job_id: str, task: str, query: LogLinesQuery) -> Reply[LogLines]:
        """GET …/logs/{task}: a log by lines."""
        path = f"{_job(job_id)}/logs/{segment(task)}"
        return read(LogLines, await self._session.send(get(path, query, api=V2)))

    async def log_preview(self, job_id: str, task: str) -> Reply[LogPreview]:
        """GET …/tasks/{task}/logs/preview: the newest 5 MB at most."""
        path = f"{_job(job_id)}/tasks/{segment(task)}/logs/preview"
        return read(LogPreview, await self._session.send(get(path, api=V2)))
