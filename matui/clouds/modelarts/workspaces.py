"""Workspaces: list, read, describe with quotas, delete (chapter 8)."""

from __future__ import annotations

from typing import ClassVar

from matui.clouds.decode import raw_rows, rows_of
from matui.clouds.modelarts.paging import Part, Style
from matui.clouds.modelarts.scope import Scope
from matui.clouds.modelarts.source import Deed, Done, Source
from matui.clouds.modelarts.workspaces_api import WorkspacesApi
from matui.clouds.modelarts.workspaces_mapping import (
    quota_metrics,
    quota_sections,
    workspace_resource,
    workspace_resources,
    workspace_sections,
)
from matui.clouds.modelarts.workspaces_requests import WorkspacesQuery
from matui.clouds.rows import refuse_unreadable
from matui.errors import CloudError
from matui.resources.detail import Detail, Metrics, Section
from matui.resources.model import Resource


class Workspaces(Source):
    """The workspaces of one project."""

    kind: ClassVar[str] = "workspaces"
    style: ClassVar[Style] = "unsure"
    by_creation: ClassVar[bool] = False

    def __init__(self, api: WorkspacesApi, scope: Scope) -> None:
        super().__init__(scope)
        self._api = api

    async def fetch(self, position: int, size: int, scope: Scope) -> Part:
        """Fetch rows of 8.2 by name; the list cannot be sorted by creation."""
        query = WorkspacesQuery(offset=position, limit=size, sort_by="name", order="asc")
        reply = await self._api.list(query)
        rows = rows_of(reply, reply.value.workspaces, "workspaces")
        found = workspace_resources(rows, scope, raw_rows(reply.answer, "workspaces"), position)
        return Part(found, reply.value.total_count)

    async def read(self, resource_id: str) -> Resource:
        """Return one workspace (8.4)."""
        reply = await self._api.show(resource_id)
        return workspace_resource(reply.value, self.scope, reply.raw(), resource_id)

    async def describe(self, resource: Resource) -> Detail:
        """Return one workspace with its grants and quotas (8.4, 8.6)."""
        refuse_unreadable(resource)
        reply = await self._api.show(resource.id)
        now = workspace_resource(reply.value, self.scope, reply.raw(), resource.id)
        return Detail(now, (*workspace_sections(reply.value, now), *await self._quotas(resource.id)))

    async def _quotas(self, workspace_id: str) -> tuple[Section, ...]:
        try:
            return quota_sections((await self._api.quotas(workspace_id)).value.quotas)
        except CloudError as error:
            return (Section("Quotas", (("Not known", str(error)),)),)

    async def metrics(self, workspace: Resource) -> Metrics:
        """Return the quotas as gauges (8.6)."""
        refuse_unreadable(workspace)
        return quota_metrics((await self._api.quotas(workspace.id)).value.quotas)

    def deeds(self) -> dict[str, Deed]:
        """Delete (8.3)."""
        return {"delete": self._delete}

    async def _delete(self, workspace: Resource) -> Done:
        return Done((await self._api.delete(workspace.id)).answer.request_id)
