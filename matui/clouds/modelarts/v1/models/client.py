"""Models: list, read, describe, delete one or every version (chapter 6)."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from matui.base.errors import ConflictError
from matui.base.sanitize import clean
from matui.clouds.http.decode import Reply
from matui.clouds.modelarts.kind_client import ActionHandler, ActionReply
from matui.clouds.modelarts.mapping import Scope
from matui.clouds.modelarts.operations import Operation, OperationTable
from matui.clouds.modelarts.paging import OffsetStyle
from matui.clouds.modelarts.spec_client import KindSpec, SpecClient
from matui.clouds.modelarts.v1.models.mapping import model_resource, model_sections
from matui.clouds.modelarts.v1.models.wire import (
    DeleteModel,
    ImportModel,
    ModelImported,
    ModelList,
    ModelRecord,
    ModelsDeleted,
    ModelsQuery,
)
from matui.clouds.sections import join_text
from matui.resources.model import Resource

if TYPE_CHECKING:
    from matui.resources.forms.form import FormMode


class ModelsApi(OperationTable):
    """The four operations of chapter 6."""

    create = Operation("6.1.1: import a model.", "POST", "models", ModelImported, ImportModel)
    list = Operation("6.1.2.", "GET", "models", ModelList, ModelsQuery)
    show = Operation("6.1.3.", "GET", "models/{}", ModelRecord, shows=True)
    delete = Operation("6.1.4.", "DELETE", "models/{}", ModelsDeleted, DeleteModel)


def _newest_first(position: int, size: int, scope: Scope) -> ModelsQuery:
    return ModelsQuery(
        offset=position,
        limit=size,
        sort_by="create_at",
        order="desc",
        workspace_id=scope.workspace or None,
    )


class Models(SpecClient[ModelsApi, ModelRecord]):
    """The models of one project or workspace."""

    kind: ClassVar[str] = "models"
    forms: ClassVar[tuple[FormMode, ...]] = ("create",)
    operations = ModelsApi
    style: ClassVar[OffsetStyle] = "unsure"
    spec = KindSpec(
        list=ModelsApi.list,
        query=_newest_first,
        rows="models",
        show=ModelsApi.show,
        to_resource=model_resource,
        to_sections=model_sections,
    )

    def handlers(self) -> dict[str, ActionHandler]:
        """Delete one version, or every version of the name (6.1.4)."""
        return {"delete": self._delete, "delete-versions": self._delete_versions}

    async def _delete(self, model: Resource) -> ActionReply:
        return _done(await self.api.delete(model.id, DeleteModel()))

    async def _delete_versions(self, model: Resource) -> ActionReply:
        return _done(await self.api.delete(model.id, DeleteModel(cascade=True)))


def _done(reply: Reply[ModelsDeleted]) -> ActionReply:
    """Return what went and what did not. Raises ConflictError where nothing went."""
    failed = [failure for failure in reply.value.delete_failed_list if failure is not None]
    deleted = tuple(clean(ident) for ident in reply.value.delete_success_list)
    kept = tuple((clean(f.model_id), join_text(f.error_code, f.error_msg)) for f in failed)
    if deleted or not kept:
        return ActionReply(reply.answer.request_id, deleted=deleted, kept=kept)
    reasons = "; ".join(join_text(*one) for one in kept)
    raise ConflictError(
        f"No model was deleted. Not deleted: {reasons}",
        code=join_text(failed[0].error_code),
        message=join_text(failed[0].error_msg),
        request_id=reply.answer.request_id,
        status=reply.answer.status,
    )
