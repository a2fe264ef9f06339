"""Notebooks: list, read, describe, start, stop, restart, delete (chapter 4)."""

from __future__ import annotations

from typing import ClassVar

from matui.clouds.modelarts.notebooks_api import NotebooksApi
from matui.clouds.modelarts.notebooks_mapping import notebook_resource, notebook_sections
from matui.clouds.modelarts.notebooks_models import Notebook, NotebookActed
from matui.clouds.modelarts.notebooks_requests import NotebookAction, NotebooksQuery
from matui.clouds.modelarts.scope import Scope
from matui.clouds.modelarts.source import ActionHandler, KindClient, KindSpec, handler


def _newest_first(position: int, size: int, scope: Scope) -> NotebooksQuery:
    return NotebooksQuery(
        sortby="creation_timestamp",
        order="desc",
        offset=position,
        limit=size,
        workspace_id=scope.workspace or None,
    )


def _status(reply: NotebookActed) -> str:
    return reply.current_status


class Notebooks(KindClient[NotebooksApi, Notebook]):
    """The notebooks of one project or workspace."""

    kind: ClassVar[str] = "notebooks"
    spec = KindSpec(
        list=NotebooksApi.list,
        query=_newest_first,
        rows="instances",
        show=NotebooksApi.show,
        to_resource=notebook_resource,
        to_sections=notebook_sections,
    )

    def handlers(self) -> dict[str, ActionHandler]:
        """Start, stop, restart (4.6) and delete (4.5)."""
        manage = self.api.manage
        return {
            "start": handler(manage, NotebookAction(action="start"), _status),
            "stop": handler(manage, NotebookAction(action="stop"), _status),
            "restart": handler(manage, NotebookAction(action="restart"), _status),
            "delete": handler(self.api.delete),
        }
