"""Models: list, read, describe, delete one or every version (chapter 6)."""

from __future__ import annotations

from typing import ClassVar

from matui.clouds.decode import Reply, raw_rows, rows_of
from matui.clouds.modelarts.model_api import ModelsApi
from matui.clouds.modelarts.model_mapping import model_resource, model_resources, model_sections
from matui.clouds.modelarts.model_records import ModelsDeleted
from matui.clouds.modelarts.model_requests import DeleteModel, ModelsQuery
from matui.clouds.modelarts.paging import Part, Style
from matui.clouds.modelarts.scope import Scope
from matui.clouds.modelarts.source import Deed, Done, Source
from matui.clouds.rows import refuse_unreadable
from matui.clouds.telling import tell
from matui.errors import ConflictError
from matui.resources.detail import Detail
from matui.resources.model import Resource
from matui.text import clean


class Models(Source):
    """The models of one project or workspace."""

    kind: ClassVar[str] = "models"
    style: ClassVar[Style] = "unsure"

    def __init__(self, api: ModelsApi, scope: Scope) -> None:
        super().__init__(scope)
        self._api = api

    async def fetch(self, position: int, size: int, scope: Scope) -> Part:
        """Fetch rows of 6.1.2, newest first."""
        query = ModelsQuery(
            offset=position,
            limit=size,
            sort_by="create_at",
            order="desc",
            workspace_id=scope.workspace or None,
        )
        reply = await self._api.list(query)
        rows = rows_of(reply, reply.value.models, "models")
        found = model_resources(rows, scope, raw_rows(reply.answer, "models"), position)
        return Part(found, reply.value.total_count)

    async def read(self, resource_id: str) -> Resource:
        """Return one model (6.1.3)."""
        reply = await self._api.show(resource_id)
        return model_resource(reply.value, self.scope, reply.raw(), resource_id)

    async def describe(self, resource: Resource) -> Detail:
        """Return one model with every section (6.1.3)."""
        refuse_unreadable(resource)
        reply = await self._api.show(resource.id)
        now = model_resource(reply.value, self.scope, reply.raw(), resource.id)
        return Detail(now, model_sections(reply.value, now))

    def deeds(self) -> dict[str, Deed]:
        """Delete one version, or every version of the name (6.1.4)."""
        return {"delete": self._delete, "delete-versions": self._delete_versions}

    async def _delete(self, model: Resource) -> Done:
        return _done(await self._api.delete(model.id, DeleteModel()))

    async def _delete_versions(self, model: Resource) -> Done:
        return _done(await self._api.delete(model.id, DeleteModel(cascade=True)))


def _done(reply: Reply[ModelsDeleted]) -> Done:
    """Return what went and what did not. Raises ConflictError where nothing went."""
    failed = [failure for failure in reply.value.delete_failed_list if failure is not None]
    went = tuple(clean(ident) for ident in reply.value.delete_success_list)
    stayed = tuple((clean(f.model_id), tell(f.error_code, f.error_msg)) for f in failed)
    if went or not stayed:
        return Done(reply.answer.request_id, went=went, stayed=stayed)
    told = "; ".join(tell(*one) for one in stayed)
    raise ConflictError(
        f"No model was deleted. Not deleted: {told}",
        code=tell(failed[0].error_code),
        message=tell(failed[0].error_msg),
        request_id=reply.answer.request_id,
        status=reply.answer.status,
    )
