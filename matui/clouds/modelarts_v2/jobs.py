"""v2 training jobs: list, read, describe, stop, delete, events, metrics."""

from __future__ import annotations

from typing import ClassVar

from matui.clouds.decode import Reply, raw_rows, rows_of
from matui.clouds.modelarts.paging import Part, Style
from matui.clouds.modelarts.requests import checked
from matui.clouds.modelarts.scope import Scope
from matui.clouds.modelarts.source import Deed, Done, Source
from matui.clouds.modelarts_v2.jobs_api import JobsApi
from matui.clouds.modelarts_v2.jobs_detail import job_sections
from matui.clouds.modelarts_v2.jobs_mapping import job_resource, job_resources
from matui.clouds.modelarts_v2.jobs_metrics import task_series
from matui.clouds.modelarts_v2.jobs_models import Job, JobList, TaskAddress
from matui.clouds.modelarts_v2.jobs_requests import EventsQuery, JobAction, JobSearch, search_of
from matui.clouds.modelarts_v2.times import moment
from matui.clouds.rows import refuse_unreadable
from matui.errors import CloudError
from matui.resources.detail import Detail, Event, Metrics, Series
from matui.resources.model import Resource
from matui.text import clean

_NEWEST_EVENTS = EventsQuery(offset=0, limit=100, order="desc")
_MOST_TASKS = 4


class Jobs(Source):
    """Training jobs. A search gives 50 at most; whether its offset counts items or pages is found out."""

    kind: ClassVar[str] = "jobs"
    style: ClassVar[Style] = "unsure"
    most: ClassVar[int] = 50

    def __init__(self, api: JobsApi, scope: Scope) -> None:
        super().__init__(scope)
        self._api = api

    async def fetch(self, position: int, size: int, scope: Scope) -> Part:
        """Search from an item on, newest first."""
        asked = search_of(
            offset=position,
            limit=size,
            sort_by="create_time",
            order="desc",
            workspace_id=scope.workspace or None,
        )
        reply = await self._api.search(checked(JobSearch, asked))
        rows = rows_of(reply, reply.value.items, "items")
        found = job_resources(rows, scope, raw_rows(reply.answer, "items"), position)
        return Part(found, _matching(reply.value, len(found), position))

    async def show(self, job_id: str) -> Reply[Job]:
        """Return the answer for one job."""
        return await self._api.show(job_id)

    async def read(self, resource_id: str) -> Resource:
        """Return one job as it is now."""
        return self._resource(await self.show(resource_id), resource_id)

    def _resource(self, reply: Reply[Job], resource_id: str) -> Resource:
        return job_resource(reply.value, self.scope, reply.raw(), resource_id)

    async def describe(self, resource: Resource) -> Detail:
        """Return one job with where its tasks run, every run, and what it is made of."""
        refuse_unreadable(resource)
        reply = await self.show(resource.id)
        now = self._resource(reply, resource.id)
        return Detail(now, job_sections(reply.value, now, await self._places(resource.id)))

    async def _places(self, job_id: str) -> list[TaskAddress]:
        try:
            return await self._api.tasks(job_id)
        except CloudError:  # where a task runs is a help, not worth losing the rest
            return []

    async def tasks(self, job: Resource) -> tuple[str, ...]:
        """Return the names of a job's tasks, each of which has a log; none before it has begun."""
        refuse_unreadable(job)
        named = (await self.show(job.id)).value.status.tasks
        return tuple(dict.fromkeys(named or [row.task for row in await self._places(job.id)]))

    async def events(self, job: Resource) -> tuple[Event, ...]:
        """Return the latest 100 events, oldest first."""
        refuse_unreadable(job)
        rows = (await self._api.events(job.id, _NEWEST_EVENTS)).value.events
        found = [
            Event(moment(row.time), clean(row.message), row.level.casefold() != "info", clean(row.source))
            for row in rows
            if row is not None
        ]
        found.reverse()
        return tuple(sorted(found, key=lambda event: event.at or 0))

    async def metrics(self, job: Resource) -> Metrics:
        """Return what the first four tasks consume, one value a minute."""
        series: list[Series] = []
        for task in (await self.tasks(job))[:_MOST_TASKS]:
            series += task_series((await self._api.metrics(job.id, task)).value, task)
        return Metrics(tuple(series))

    def deeds(self) -> dict[str, Deed]:
        """Stop (terminate) and delete."""
        return {"stop": self._stop, "delete": self._delete}

    async def _stop(self, job: Resource) -> Done:
        reply = await self._api.act(job.id, JobAction(action_type="terminate"))
        return Done(reply.answer.request_id, clean(reply.value.status.phase))

    async def _delete(self, job: Resource) -> Done:
        return Done((await self._api.delete(job.id)).answer.request_id)


def _matching(told: JobList, listed: int, position: int) -> int | None:
    """Return how many jobs match; None where ``count`` may be that of this page, so that a next one decides.

    An empty page further down is no end where there are more in all: another way to count may reach them.
    """
    count, total = told.count, told.total
    if count is None or total is None:
        return total if count is None else count
    if count != listed or total <= count:
        return count
    return total if position and not listed else None
