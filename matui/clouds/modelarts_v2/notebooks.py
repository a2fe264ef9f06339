"""Current notebooks: list, read, describe, start with a lease, stop, delete."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from matui.clouds.decode import Reply, raw_rows, rows_of
from matui.clouds.modelarts.operations import Operation, OperationTable
from matui.clouds.modelarts.paging import Part
from matui.clouds.modelarts.requests import FILLED, Sent, checked
from matui.clouds.modelarts.scope import Scope
from matui.clouds.modelarts.sending import Sends
from matui.clouds.modelarts.source import Deed, Done, Source
from matui.clouds.modelarts_v2.jobs_requests import OFFSET, search_of
from matui.clouds.modelarts_v2.notebooks_mapping import (
    notebook_resource,
    notebook_resources,
    notebook_sections,
)
from matui.clouds.modelarts_v2.notebooks_models import Notebook, NotebookList
from matui.clouds.rows import refuse_unreadable
from matui.records.shapes import whole
from matui.resources.detail import Detail
from matui.resources.model import Resource
from matui.text import clean

_SIZES: tuple[Literal[10, 20, 50], ...] = (10, 20, 50)
SHORTEST_LEASE_MS, LONGEST_LEASE_MS = 3_600_000, 259_200_000


class NotebooksQuery(Sent):
    """``offset`` counts items; a page has 10, 20 or 50."""

    offset: OFFSET
    limit: Literal[10, 20, 50]
    sort_key: FILLED | None = None
    sort_dir: Literal["ASC", "DESC"] | None = None
    workspace_id: FILLED | None = None


class StartQuery(Sent):
    """``duration`` is ms: how long the notebook runs, or idles, before it stops by itself."""

    duration: Annotated[int, whole(ge=SHORTEST_LEASE_MS, le=LONGEST_LEASE_MS)] | None = None
    type: Literal["TIMING", "IDLE"] | None = None


class NotebooksApi(OperationTable):
    """The operations on current notebooks."""

    list = Operation("List one's own.", "GET", "notebooks", NotebookList, NotebooksQuery)
    list_all = Operation("List those of all users.", "GET", "notebooks/all", NotebookList, NotebooksQuery)
    show = Operation("Show.", "GET", "notebooks/{}", Notebook)
    start = Operation("Start.", "POST", "notebooks/{}/start", Notebook, StartQuery, in_query=True)
    stop = Operation("Stop.", "POST", "notebooks/{}/stop", Notebook)
    delete = Operation("Delete.", "DELETE", "notebooks/{}", Notebook)


class Notebooks(Source):
    """The notebooks of one project or workspace: the user's own, or those of all users."""

    kind: ClassVar[str] = "notebooks"
    most: ClassVar[int] = 50

    def __init__(self, session: Sends, scope: Scope) -> None:
        super().__init__(scope)
        self._api = NotebooksApi(session)

    async def fetch(self, position: int, size: int, scope: Scope) -> Part:
        """Fetch a page, newest first."""
        asked = search_of(
            offset=position,
            limit=next(allowed for allowed in _SIZES if allowed >= min(size, _SIZES[-1])),
            sort_key="create_at",
            sort_dir="DESC",
            workspace_id=scope.workspace or None,
        )
        list_rows = self._api.list_all if scope.everyone else self._api.list
        reply = await list_rows(checked(NotebooksQuery, asked))
        rows = rows_of(reply, reply.value.data, "data")
        found = notebook_resources(rows, scope, raw_rows(reply.answer, "data"), position)
        return Part(found[:size], reply.value.total)

    async def read(self, resource_id: str) -> Resource:
        """Return one notebook as it is now."""
        reply = await self._api.show(resource_id)
        return notebook_resource(reply.value, self.scope, reply.raw(), resource_id)

    async def describe(self, resource: Resource) -> Detail:
        """Return one notebook with every section."""
        refuse_unreadable(resource)
        reply = await self._api.show(resource.id)
        now = notebook_resource(reply.value, self.scope, reply.raw(), resource.id)
        return Detail(now, notebook_sections(reply.value, now))

    def deeds(self) -> dict[str, Deed]:
        """Start, stop and delete; there is no restart."""
        return {"start": self._start, "stop": self._stop, "delete": self._delete}

    async def _start(self, notebook: Resource) -> Done:
        """Start with the lease the notebook had before; the cloud's own (an hour) where it had none."""
        return _done(await self._api.start(notebook.id, checked(StartQuery, search_of(**_lease(notebook)))))

    async def _stop(self, notebook: Resource) -> Done:
        return _done(await self._api.stop(notebook.id))

    async def _delete(self, notebook: Resource) -> Done:
        return _done(await self._api.delete(notebook.id))


def _done(reply: Reply[Notebook]) -> Done:
    return Done(reply.answer.request_id, clean(reply.value.status))


def _lease(notebook: Resource) -> dict[str, object]:
    duration, kind = notebook.number_fact("lease_ms"), notebook.text_fact("lease_type").upper()
    if duration is None or kind not in ("", "TIMING", "IDLE"):
        return {}
    kept = int(min(max(duration, SHORTEST_LEASE_MS), LONGEST_LEASE_MS))
    return {"duration": kept, "type": kind or None}
