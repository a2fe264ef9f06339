"""Imported models (chapter 6)."""

from __future__ import annotations

from matui.clouds.modelarts.model_records import ModelImported, ModelList, ModelRecord, ModelsDeleted
from matui.clouds.modelarts.model_requests import DeleteModel, ImportModel, ModelsQuery
from matui.clouds.modelarts.operations import Operation, OperationTable


class ModelsApi(OperationTable):
    """The four operations of chapter 6."""

    create = Operation("6.1.1: import a model.", "POST", "models", ModelImported, ImportModel)
    list = Operation("6.1.2.", "GET", "models", ModelList, ModelsQuery)
    show = Operation("6.1.3.", "GET", "models/{}", ModelRecord)
    delete = Operation("6.1.4.", "DELETE", "models/{}", ModelsDeleted, DeleteModel)
