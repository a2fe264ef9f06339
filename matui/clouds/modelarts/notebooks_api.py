"""Notebooks: development environment instances (chapter 4)."""

from __future__ import annotations

from matui.clouds.decode import Reply, read
from matui.clouds.modelarts.notebooks_models import Notebook, NotebookActed, NotebookDeleted, NotebookList
from matui.clouds.modelarts.notebooks_requests import (
    CreateNotebook,
    NotebookAction,
    NotebooksQuery,
    UpdateNotebook,
)
from matui.clouds.modelarts.requests import act, get, segment
from matui.clouds.modelarts.sending import Sends

_INSTANCES = "demanager/instances"


class NotebooksApi:
    """The six operations of chapter 4."""

    def __init__(self, session: Sends) -> None:
        self._session = session

    async def create(self, body: CreateNotebook) -> Reply[Notebook]:
        """4.1."""
        return read(Notebook, await self._session.send(act("POST", _INSTANCES, body)))

    async def list(self, query: NotebooksQuery) -> Reply[NotebookList]:
        """4.2."""
        return read(NotebookList, await self._session.send(get(_INSTANCES, query)))

    async def show(self, notebook_id: str) -> Reply[Notebook]:
        """4.3."""
        return read(Notebook, await self._session.send(get(f"{_INSTANCES}/{segment(notebook_id)}")))

    async def update(self, notebook_id: str, body: UpdateNotebook) -> Reply[Notebook]:
        """4.4."""
        path = f"{_INSTANCES}/{segment(notebook_id)}"
        return read(Notebook, await self._session.send(act("PUT", path, body)))

    async def delete(self, notebook_id: str) -> Reply[NotebookDeleted]:
        """4.5."""
        path = f"{_INSTANCES}/{segment(notebook_id)}"
        return read(NotebookDeleted, await self._session.send(act("DELETE", path)))

    async def manage(self, notebook_id: str, body: NotebookAction) -> Reply[NotebookActed]:
        """4.6: start, stop, restart, queue or dequeue."""
        path = f"{_INSTANCES}/{segment(notebook_id)}/action"
        return read(NotebookActed, await self._session.send(act("POST", path, body)))
