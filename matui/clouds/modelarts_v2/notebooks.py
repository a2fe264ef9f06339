"""Current notebooks: list, read, describe, start with a lease, stop, delete."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from matui.clouds.decode import raw_rows, read, rows_of
from matui.clouds.modelarts.paging import Part
from matui.clouds.modelarts.requests import FILLED, Sent, act, checked, get, segment
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


class Notebooks(Source):
    """The notebooks of one project or workspace: the user's own, or those of all users."""

    kind: ClassVar[str] = "notebooks"
    most: ClassVar[int] = 50

    def __init__(self, session: Sends, scope: Scope) -> None:
        super().__init__(scope)
        self._session = session

    async def fetch(self, position: int, size: int, scope: Scope) -> Part:
        """Fetch a page, newest first."""
        asked = search_of(
            offset=position,
            limit=next(allowed for allowed in _SIZES if allowed >= min(size, _SIZES[-1])),
            sort_key="create_at",
            sort_dir="DESC",
            workspace_id=scope.workspace or None,
        )
        call = get("notebooks/all" if scope.everyone else "notebooks", checked(NotebooksQuery, asked))
        reply = read(NotebookList, await self._session.send(call))
        rows = rows_of(reply, reply.value.data, "data")
        found = notebook_resources(rows, scope, raw_rows(reply.answer, "data"), position)
        return Part(found[:size], reply.value.total)

    async def read(self, resource_id: str) -> Resource:
        """Return one notebook as it is now."""
        reply = read(Notebook, await self._session.send(get(_path(resource_id))))
        return notebook_resource(reply.value, self.scope, reply.raw(), resource_id)

    async def describe(self, resource: Resource) -> Detail:
        """Return one notebook with every section."""
        refuse_unreadable(resource)
        reply = read(Notebook, await self._session.send(get(_path(resource.id))))
        now = notebook_resource(reply.value, self.scope, reply.raw(), resource.id)
        return Detail(now, notebook_sections(reply.value, now))

    def deeds(self) -> dict[str, Deed]:
        """Start, stop and delete; there is no restart."""
        return {"start": self._start, "stop": self._stop, "delete": self._delete}

    async def _start(self, notebook: Resource) -> Done:
        """Start with the lease the notebook had before; the cloud's own (an hour) where it had none."""
        query = checked(StartQuery, search_of(**_lease(notebook))).pairs()
        return await self._act("POST", f"{_path(notebook.id)}/start", query)

    async def _stop(self, notebook: Resource) -> Done:
        return await self._act("POST", f"{_path(notebook.id)}/stop")

    async def _delete(self, notebook: Resource) -> Done:
        return await self._act("DELETE", _path(notebook.id))

    async def _act(self, method: str, path: str, query: tuple[tuple[str, str], ...] = ()) -> Done:
        reply = read(Notebook, await self._session.send(act(method, path, query=query)))
        return Done(reply.answer.request_id, clean(reply.value.status))


def _path(notebook_id: str) -> str:
    return f"notebooks/{segment(notebook_id)}"


def _lease(notebook: Resource) -> dict[str, object]:
    duration, kind = notebook.number_fact("lease_ms"), notebook.text_fact("lease_type").upper()
    if duration is None or kind not in ("", "TIMING", "IDLE"):
        return {}
    kept = int(min(max(duration, SHORTEST_LEASE_MS), LONGEST_LEASE_MS))
    return {"duration": kept, "type": kind or None}
