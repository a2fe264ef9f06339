"""The v2 operations on training jobs."""

from __future__ import annotations

from matui.clouds.modelarts.operations import Operation, OperationTable
from matui.clouds.modelarts.requests import get, segment
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
from matui.clouds.modelarts_v2.jobs_requests import EventsQuery, JobAction, JobSearch, LogLinesQuery
from matui.clouds.modelarts_v2.reading import parse_rows

V2 = "v2"
_JOB = "training-jobs/{}"
_ENGLISH = (("X-Language", "en-us"),)


class JobsApi(OperationTable):
    """Search, show, tasks, events, metrics, logs, actions, delete."""

    search = Operation("Search.", "POST", "training-job-searches", JobList, JobSearch, api=V2, reads=True)
    show = Operation("Show a job.", "GET", _JOB, Job, api=V2)
    events = Operation(
        "Events, in English.", "GET", f"{_JOB}/events", JobEvents, EventsQuery, api=V2, headers=_ENGLISH
    )
    metrics = Operation("Metrics of a task.", "GET", f"{_JOB}/metrics/{{}}", MetricList, api=V2)
    act = Operation("Act; the reply is the job.", "POST", f"{_JOB}/actions", Job, JobAction, api=V2)
    delete = Operation("Delete.", "DELETE", _JOB, Nothing, api=V2)
    log_lines = Operation(
        "A task's log by lines.", "GET", f"{_JOB}/logs/{{}}", LogLines, LogLinesQuery, api=V2
    )
    log_preview = Operation(
        "The newest 5 MB at most of a task's log.",
        "GET",
        f"{_JOB}/tasks/{{}}/logs/preview",
        LogPreview,
        api=V2,
    )

    async def tasks(self, job_id: str) -> list[TaskAddress]:
        """Return the tasks of a job; the answer is a bare array."""
        call = get(f"{_JOB.format(segment(job_id))}/tasks", api=V2)
        return parse_rows(TaskAddress, await self.session.send(call))
