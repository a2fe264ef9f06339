"""Imported models (chapter 6)."""

from __future__ import annotations

from matui.clouds.decode import Reply, read
from matui.clouds.modelarts.model_records import ModelImported, ModelList, ModelRecord, ModelsDeleted
from matui.clouds.modelarts.model_requests import DeleteModel, ImportModel, ModelsQuery
from matui.clouds.modelarts.requests import act, get, segment
from matui.clouds.modelarts.sending import Sends


class ModelsApi:
    """The four operations of chapter 6."""

    def __init__(self, session: Sends) -> None:
        self._session = session

    async def create(self, body: ImportModel) -> Reply[ModelImported]:
        """6.1.1: import a model."""
        return read(ModelImported, await self._session.send(act("POST", "models", body)))

    async def list(self, query: ModelsQuery) -> Reply[ModelList]:
        """6.1.2."""
        return read(ModelList, await self._session.send(get("models", query)))

    async def show(self, model_id: str) -> Reply[ModelRecord]:
        """6.1.3."""
        return read(ModelRecord, await self._session.send(get(f"models/{segment(model_id)}")))

    async def delete(self, model_id: str, query: DeleteModel) -> Reply[ModelsDeleted]:
        """6.1.4."""
        call = act("DELETE", f"models/{segment(model_id)}", query=query.pairs())
        return read(ModelsDeleted, await self._session.send(call))
