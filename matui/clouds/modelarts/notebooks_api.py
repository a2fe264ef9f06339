"""Notebooks: development environment instances (chapter 4)."""

from __future__ import annotations

from matui.clouds.modelarts.notebooks_models import Notebook, NotebookActed, NotebookDeleted, NotebookList
from matui.clouds.modelarts.notebooks_requests import (
    CreateNotebook,
    NotebookAction,
    NotebooksQuery,
    UpdateNotebook,
)
from matui.clouds.modelarts.operations import Operation, OperationTable

_NOTEBOOK = "demanager/instances/{}"


class NotebooksApi(OperationTable):
    """The six operations of chapter 4."""

    create = Operation("4.1.", "POST", "demanager/instances", Notebook, CreateNotebook)
    list = Operation("4.2.", "GET", "demanager/instances", NotebookList, NotebooksQuery)
    show = Operation("4.3.", "GET", _NOTEBOOK, Notebook)
    update = Operation("4.4.", "PUT", _NOTEBOOK, Notebook, UpdateNotebook)
    delete = Operation("4.5.", "DELETE", _NOTEBOOK, NotebookDeleted)
    manage = Operation(
        "4.6: start, stop, restart, queue or dequeue.",
        "POST",
        f"{_NOTEBOOK}/action",
        NotebookActed,
        NotebookAction,
    )
