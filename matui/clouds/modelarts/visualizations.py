"""Visualization jobs: list, read, describe, stop, restart, delete (5.3)."""

from __future__ import annotations

from typing import ClassVar

from matui.clouds.decode import raw_rows, rows_of
from matui.clouds.modelarts.paging import Part, Style
from matui.clouds.modelarts.scope import Scope
from matui.clouds.modelarts.source import Deed, Done, Source
from matui.clouds.modelarts.visualizations_api import VisualizationsApi, VisualizationsQuery
from matui.clouds.modelarts.visualizations_mapping import (
    visualization_resource,
    visualization_resources,
    visualization_sections,
)
from matui.clouds.rows import refuse_unreadable
from matui.resources.detail import Detail
from matui.resources.model import Resource


class Visualizations(Source):
    """The visualization jobs of one project or workspace; a page holds 100 at most."""

    kind: ClassVar[str] = "visualizations"
    style: ClassVar[Style] = "page"
    most: ClassVar[int] = 100

    def __init__(self, api: VisualizationsApi, scope: Scope) -> None:
        super().__init__(scope)
        self._api = api

    async def fetch(self, position: int, size: int, scope: Scope) -> Part:
        """Fetch a page of 5.3.2, newest first."""
        query = VisualizationsQuery(
            per_page=size,
            page=position,
            sort_by="create_time",
            order="desc",
            workspace_id=scope.workspace or None,
        )
        reply = await self._api.list(query)
        rows = rows_of(reply, reply.value.jobs, "jobs")
        start = (position - 1) * size
        found = visualization_resources(rows, scope, raw_rows(reply.answer, "jobs"), start)
        return Part(found, reply.value.job_total_count)

    async def read(self, resource_id: str) -> Resource:
        """Return one visualization job (5.3.3)."""
        reply = await self._api.show(resource_id)
        return visualization_resource(reply.value, self.scope, reply.raw(), resource_id)

    async def describe(self, resource: Resource) -> Detail:
        """Return one visualization job with every section (5.3.3)."""
        refuse_unreadable(resource)
        reply = await self._api.show(resource.id)
        now = visualization_resource(reply.value, self.scope_of(resource), reply.raw(), resource.id)
        return Detail(now, visualization_sections(reply.value, now))

    def deeds(self) -> dict[str, Deed]:
        """Stop (5.3.6), restart (5.3.7) and delete (5.3.5)."""
        return {"stop": self._stop, "restart": self._restart, "delete": self._delete}

    async def _stop(self, job: Resource) -> Done:
        return Done((await self._api.stop(job.id)).answer.request_id)

    async def _restart(self, job: Resource) -> Done:
        return Done((await self._api.restart(job.id)).answer.request_id)

    async def _delete(self, job: Resource) -> Done:
        return Done((await self._api.delete(job.id)).answer.request_id)
