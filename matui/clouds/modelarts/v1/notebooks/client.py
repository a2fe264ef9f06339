"""Notebooks: list, read, describe, start, stop, restart, delete (chapter 4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from matui.clouds.modelarts.kind_client import ActionHandler, build_handler
from matui.clouds.modelarts.mapping import Scope
from matui.clouds.modelarts.operations import Operation, OperationTable
from matui.clouds.modelarts.spec_client import KindSpec, SpecClient
from matui.clouds.modelarts.v1.notebooks.mapping import notebook_resource, notebook_sections
from matui.clouds.modelarts.v1.notebooks.wire import (
    CreateNotebook,
    Notebook,
    NotebookActed,
    NotebookAction,
    NotebookDeleted,
    NotebookList,
    NotebooksQuery,
    UpdateNotebook,
)

if TYPE_CHECKING:
    from matui.resources.forms.form import FormMode

_NOTEBOOK = "demanager/instances/{}"


class NotebooksApi(OperationTable):
    """The six operations of chapter 4."""

    create = Operation("4.1.", "POST", "demanager/instances", Notebook, CreateNotebook)
    list = Operation("4.2.", "GET", "demanager/instances", NotebookList, NotebooksQuery)
    show = Operation("4.3.", "GET", _NOTEBOOK, Notebook, shows=True)
    update = Operation("4.4.", "PUT", _NOTEBOOK, Notebook, UpdateNotebook)
    delete = Operation("4.5.", "DELETE", _NOTEBOOK, NotebookDeleted)
    manage = Operation(
        "4.6: start, stop, restart, queue or dequeue.",
        "POST",
        f"{_NOTEBOOK}/action",
        NotebookActed,
        NotebookAction,
    )


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


class Notebooks(SpecClient[NotebooksApi, Notebook]):
    """The notebooks of one project or workspace."""

    kind: ClassVar[str] = "notebooks"
    forms: ClassVar[tuple[FormMode, ...]] = ("edit", "create")
    operations = NotebooksApi
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
            "start": build_handler(manage, NotebookAction(action="start"), _status),
            "stop": build_handler(manage, NotebookAction(action="stop"), _status),
            "restart": build_handler(manage, NotebookAction(action="restart"), _status),
            "delete": build_handler(self.api.delete),
        }
