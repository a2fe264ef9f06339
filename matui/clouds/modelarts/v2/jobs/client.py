"""v2 training jobs: list, read, describe, stop, delete, events, metrics."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

from matui.base.calls.gather import gather_limited, gather_two
from matui.base.errors import PART_ERRORS, CloudError, NotFoundError, UsageError
from matui.base.text.sanitize import clean
from matui.clouds.http.decode import read_rows
from matui.clouds.modelarts.kind_client import ActionReply, Actions, ActionSpec, OptionHandler, require_one
from matui.clouds.modelarts.mapping import Scope
from matui.clouds.modelarts.operations import Operation
from matui.clouds.modelarts.requests import validate_request
from matui.clouds.modelarts.session import LANGUAGE_HEADER
from matui.clouds.modelarts.spec_client import KindOperations, KindSpec, SpecClient
from matui.clouds.modelarts.v2.jobs.configuration import find_base_name, find_origin_id
from matui.clouds.modelarts.v2.jobs.mapping import build_job_sections, map_job
from matui.clouds.modelarts.v2.jobs.models import (
    JobEvent,
    JobEvents,
    LogPreview,
    MetricList,
    TaskAddress,
    V2Job,
    V2JobList,
    V2LogLines,
)
from matui.clouds.modelarts.v2.wire import (
    JobAction,
    JobEventsQuery,
    JobSearch,
    V2LogLinesQuery,
    build_newest_jobs,
    mark_gaps,
    note_unread,
)
from matui.clouds.protocols import Briefing, Effect
from matui.clouds.rows import refuse_unreadable
from matui.clouds.wire_types import EmptyReply, to_millis
from matui.resources.detail import Detail, Event, Gauge, Metrics, MetricSeries
from matui.resources.model import Resource

if TYPE_CHECKING:
    from matui.clouds.modelarts.v2.jobs.evidence import JobEvidence

_JOB = "training-jobs/{}"
_ENGLISH = ((LANGUAGE_HEADER, "en-us"),)
_HANGS = re.compile(r"\bhang|\bhung\b|suspen(?:d|sion)|卡死|挂起", re.IGNORECASE)
_NEWEST_EVENTS = JobEventsQuery(offset=0, limit=100, order="desc")
_MOST_TASKS = 4
_MOST_SEARCHED, _MOST_ANCESTORS = 50, 5


class V2JobsApi(KindOperations, api="v2"):
    """Search, show, tasks, events (in English), metrics and logs of a task, actions, delete.

    A preview of a log is its newest 5 MB at most.
    """

    list = search = Operation("Search.", "POST", "training-job-searches", V2JobList, JobSearch, reads=True)
    show = Operation("Show a job.", "GET", _JOB, V2Job, shows=True)
    events = Operation("Events.", "GET", f"{_JOB}/events", JobEvents, JobEventsQuery, headers=_ENGLISH)
    metrics = Operation("Metrics.", "GET", f"{_JOB}/metrics/{{}}", MetricList, lists="metrics")
    act = Operation("Act; the reply is the job.", "POST", f"{_JOB}/actions", V2Job, JobAction)
    delete = Operation("Delete.", "DELETE", _JOB, EmptyReply)
    log_lines = Operation("A log by lines.", "GET", f"{_JOB}/logs/{{}}", V2LogLines, V2LogLinesQuery)
    log_preview = Operation("A preview.", "GET", f"{_JOB}/tasks/{{}}/logs/preview", LogPreview)
    tasks = Operation("Tasks; the answer is an array.", "GET", f"{_JOB}/tasks", TaskAddress)


_LABELS = {
    "cpuUsage": "CPU",
    "memUsage": "Memory",
    "gpuUtil": "GPU",
    "gpuMemUsage": "GPU memory",
    "npuUtil": "NPU",
    "npuMemUsage": "NPU memory",
}


def map_task_series(metrics: MetricList, task: str) -> list[MetricSeries]:
    """Return a series for each metric: percent, one mean a minute, -1 where there is none."""
    return [
        MetricSeries(_LABELS.get(row.metric, clean(row.metric)), mark_gaps(row.value), "%", 60.0, clean(task))
        for row in metrics.metrics
        if row is not None and row.value
    ]


def _is_abnormal(row: JobEvent) -> bool:
    """Whether an event is a problem: by its level, or a suspected hang at any level."""
    return row.level.casefold() != "info" or _HANGS.search(row.message) is not None


def _build_newest_query(position: int, size: int, scope: Scope) -> JobSearch:
    return build_newest_jobs(position, size, scope.workspace)


def _read_phase(job: V2Job) -> str:
    return clean(job.status.phase)


class V2Jobs(SpecClient[V2JobsApi, V2Job]):
    """Training jobs. A search gives 50 at most; whether its offset counts items or pages is found out."""

    kind = "jobs"
    forms = ("edit", "create", "rerun")
    operations = V2JobsApi
    style = "unsure"
    most = 50
    spec = KindSpec(_build_newest_query, "items", map_job, build_job_sections)
    actions: ClassVar[Actions] = {
        "stop": ActionSpec(V2JobsApi.act, {"action_type": "terminate"}, _read_phase),
        "delete": ActionSpec(V2JobsApi.delete),
    }

    def find_total(self, page: V2JobList, listed: int, position: int, size: int) -> int | None:
        """Return how many jobs match; None where ``count`` may be that of this page: the next page decides.

        A page shorter than asked for is no end where there are more in all: the server may give shorter ones.
        Neither is an empty page further down: another way to count may reach the rest.
        """
        count, total = page.count, page.total
        if count is None:
            return total
        if count != listed or total == count:
            return count
        if total is None or total < count:
            return None if listed else count
        return total if listed < size and (position or listed) else None

    def read_stated_count(self, page: V2JobList) -> int | None:
        """Return the number of jobs that match; the total may count other workspaces too."""
        return page.total if page.count is None else page.count

    async def describe(self, resource: Resource) -> Detail:
        """Return one job with its stages, the addresses of its tasks, its runs and its settings."""
        parts = gather_two(self._list_places(resource.id), self.evidence.build_sections(resource))
        reply, (places, evidence) = await gather_two(self.show(resource.id), parts)
        now = self.to_resource(reply, resource.id, self.build_scope(resource))
        overview, *rest = build_job_sections(reply.value, now, places)
        notifications = await self.evidence.fetch_notifications(reply.value)
        return Detail(now, (overview, *evidence, *rest, *notifications))

    @cached_property
    def evidence(self) -> JobEvidence:
        """Reads why a job waits and how far it is."""
        from matui.clouds.modelarts.v2.jobs.evidence import JobEvidence

        return JobEvidence(self.session, self.scope)

    async def _list_places(self, job_id: str) -> Sequence[TaskAddress]:
        try:
            return await self.api.tasks.list_rows(job_id)
        except PART_ERRORS:  # the detail is useful without the addresses
            return []

    async def list_tasks(self, job: Resource) -> tuple[str, ...]:
        """Return the names of a job's tasks, each of which has a log; none before it has begun."""
        refuse_unreadable(job)
        named = (await self.show(job.id)).value.status.tasks
        return tuple(dict.fromkeys(named or [row.task for row in await self._list_places(job.id)]))

    async def fetch_events(self, job: Resource) -> tuple[Event, ...]:
        """Return the latest 100 events, oldest first."""
        reply = await self.api.events(job.id, _NEWEST_EVENTS)
        rows = read_rows(reply, reply.value.events, "events", due=reply.value.total or 0)
        found = [
            Event(to_millis(row.time), clean(row.message), _is_abnormal(row), clean(row.source))
            for row in rows
            if row is not None
        ]
        found.reverse()
        return (*note_unread(rows), *sorted(found, key=lambda event: event.at or 0))

    async def fetch_metrics(self, job: Resource) -> Metrics:
        """Return what the first four tasks consume, one value a minute, and a fine-tuning's losses."""

        async def read(task: str) -> list[MetricSeries]:
            return map_task_series((await self.api.metrics(job.id, task)).value, task)

        read_tasks = await gather_limited(read, (await self.list_tasks(job))[:_MOST_TASKS], _MOST_TASKS)
        losses, missing = await self._fetch_losses(job)
        return Metrics((*losses, *(series for task in read_tasks for series in task)), missing=missing)

    async def _fetch_losses(self, job: Resource) -> tuple[tuple[MetricSeries, ...], tuple[str, ...]]:
        """Return the losses of a fine-tuning, and why they could not be read."""
        try:
            return await self.evidence.fetch_series(job.id), ()
        except PART_ERRORS as error:
            return (), (f"Losses of the fine-tuning: {error.sentence}",)

    async def fetch_quotas(self) -> tuple[Gauge, ...]:
        return await self.evidence.fetch_quotas()

    def get_option_handlers(self) -> dict[str, OptionHandler]:
        """Save the image of a task."""
        return {"save-image": self._save_image}

    async def brief(self, action: str, resources: Sequence[Resource], options: Mapping[str, str]) -> Briefing:
        """Return the task and the image to build from it. Raises UsageError."""
        if action != "save-image":
            return Briefing()
        from matui.clouds.modelarts.v2.images import brief_image

        job = require_one(action, resources)
        names = await self.list_tasks(job)
        task = options.get("task") or (names[0] if names else "")
        if task not in names:
            raise UsageError(
                f"{job.name} has no task {task!r}.",
                remedy=f"It has: {', '.join(names) or 'none yet'}.",
            )
        briefing = brief_image(task, job, options, self.scope.clock)
        return replace(briefing, options={"task": task, **briefing.options})

    async def _save_image(self, resource: Resource, options: Mapping[str, str]) -> ActionReply:
        from matui.clouds.modelarts.v2.images import ImagesApi, NewImage, read_image_options

        body = validate_request(NewImage, read_image_options(resource, options, self.scope.clock))
        reply = await ImagesApi(self.session).of_task(resource.id, options["task"], body)
        return ActionReply(reply.answer.request_id)

    async def read_effect(self, action: str, resource: Resource, options: Mapping[str, str]) -> Effect | None:
        """Return whether the image of a task is being saved, None for actions that the status shows."""
        if action != "save-image":
            return None
        from matui.clouds.modelarts.v2.images import ImagesApi, is_image_of

        try:
            saved = (await ImagesApi(self.session).show_of_task(resource.id, options["task"])).value
        except NotFoundError:
            return "not yet"
        return "done" if is_image_of(saved, options) else "not yet"


async def list_reruns(client: V2Jobs, job: Resource) -> tuple[Resource, ...]:
    """Return the jobs of the same lineage, newest first: the newest 50 by name, and stated originals.

    Raises the errors of the search.
    """
    base = find_base_name(job.name)
    reply = await client.api.search(build_newest_jobs(0, _MOST_SEARCHED, job.workspace, base))
    page = client.map_page(reply, 0, _MOST_SEARCHED, client.scope)
    found = {row.id: row for row in page.rows if find_base_name(row.name) == base}
    found.setdefault(job.id, job)
    last = found[job.id]
    for _ in range(_MOST_ANCESTORS):
        origin = find_origin_id(last.get_text("description"))
        if not origin or origin == last.id:
            break
        if origin not in found:
            try:
                found[origin] = await client.read(origin)
            except CloudError:  # it may be deleted; what is known is returned
                break
        last = found[origin]
    return tuple(sorted(found.values(), key=lambda row: -(row.created_at or 0)))
