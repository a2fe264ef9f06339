"""Notebooks: list, read, describe, start, stop, restart, delete (chapter 4)."""

from __future__ import annotations

from typing import ClassVar, Literal

from matui.clouds.decode import raw_rows, rows_of
from matui.clouds.modelarts.notebooks_api import NotebooksApi
from matui.clouds.modelarts.notebooks_mapping import notebook_resource, notebook_resources, notebook_sections
from matui.clouds.modelarts.notebooks_requests import NotebookAction, NotebooksQuery
from matui.clouds.modelarts.paging import Part
from matui.clouds.modelarts.scope import Scope
from matui.clouds.modelarts.source import Deed, Done, Source
from matui.clouds.rows import refuse_unreadable
from matui.resources.detail import Detail
from matui.resources.model import Resource


class Notebooks(Source):
    """The notebooks of one project or workspace."""

    kind: ClassVar[str] = "notebooks"

    def __init__(self, api: NotebooksApi, scope: Scope) -> None:
        super().__init__(scope)
        self._api = api

    async def fetch(self, position: int, size: int, scope: Scope) -> Part:
        """Fetch rows of 4.2, newest first."""
        query = NotebooksQuery(
            sortby="creation_timestamp",
            order="desc",
            offset=position,
            limit=size,
            workspace_id=scope.workspace or None,
        )
        reply = await self._api.list(query)
        rows = rows_of(reply, reply.value.instances, "instances")
        found = notebook_resources(rows, scope, raw_rows(reply.answer, "instances"), position)
        return Part(found, reply.value.total_count)

    async def read(self, resource_id: str) -> Resource:
        """Return one notebook (4.3)."""
        reply = await self._api.show(resource_id)
        return notebook_resource(reply.value, self.scope, reply.raw(), resource_id)

    async def describe(self, resource: Resource) -> Detail:
        """Return one notebook with every section (4.3)."""
        refuse_unreadable(resource)
        reply = await self._api.show(resource.id)
        now = notebook_resource(reply.value, self.scope, reply.raw(), resource.id)
        return Detail(now, notebook_sections(reply.value, now))

    def deeds(self) -> dict[str, Deed]:
        """Start, stop, restart (4.6) and delete (4.5)."""
        return {
            "start": lambda r: self._manage(r, "start"),
            "stop": lambda r: self._manage(r, "stop"),
            "restart": lambda r: self._manage(r, "restart"),
            "delete": self._delete,
        }

    async def _manage(self, notebook: Resource, action: Literal["start", "stop", "restart"]) -> Done:
        reply = await self._api.manage(notebook.id, NotebookAction(action=action))
        return Done(reply.answer.request_id, reply.value.current_status)

    async def _delete(self, notebook: Resource) -> Done:
        return Done((await self._api.delete(notebook.id)).answer.request_id)
