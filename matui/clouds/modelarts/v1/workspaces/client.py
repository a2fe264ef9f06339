"""Workspaces: list, read, describe with quotas, delete (chapter 8)."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from matui.base.errors import CloudError
from matui.clouds.modelarts.kind_client import ActionHandler, build_handler
from matui.clouds.modelarts.mapping import Scope
from matui.clouds.modelarts.operations import Operation, OperationTable
from matui.clouds.modelarts.paging import OffsetStyle
from matui.clouds.modelarts.spec_client import KindSpec, SpecClient
from matui.clouds.modelarts.v1.workspaces.mapping import (
    quota_metrics,
    quota_sections,
    workspace_resource,
    workspace_sections,
)
from matui.clouds.modelarts.v1.workspaces.wire import (
    CreateWorkspace,
    QuotaList,
    UpdateQuotas,
    UpdateWorkspace,
    Workspace,
    WorkspaceId,
    WorkspaceList,
    WorkspacesQuery,
)
from matui.clouds.rows import refuse_unreadable
from matui.resources.detail import Metrics, Section
from matui.resources.model import Resource

if TYPE_CHECKING:
    from matui.resources.forms.form import FormMode


class WorkspacesApi(OperationTable):
    """The seven operations of chapter 8."""

    create = Operation("8.1.", "POST", "workspaces", Workspace, CreateWorkspace)
    list = Operation("8.2.", "GET", "workspaces", WorkspaceList, WorkspacesQuery)
    delete = Operation("8.3.", "DELETE", "workspaces/{}", WorkspaceId)
    show = Operation("8.4.", "GET", "workspaces/{}", Workspace, shows=True)
    update = Operation("8.5.", "PUT", "workspaces/{}", WorkspaceId, UpdateWorkspace)
    quotas = Operation("8.6.", "GET", "workspaces/{}/quotas", QuotaList, lists="quotas")
    update_quotas = Operation("8.7.", "PUT", "workspaces/{}/quotas", QuotaList, UpdateQuotas)


def _by_name(position: int, size: int, scope: Scope) -> WorkspacesQuery:  # noqa: ARG001
    return WorkspacesQuery(offset=position, limit=size, sort_by="name", order="asc")


class Workspaces(SpecClient[WorkspacesApi, Workspace]):
    """The workspaces of one project by name: the list cannot be sorted by creation."""

    kind: ClassVar[str] = "workspaces"
    forms: ClassVar[tuple[FormMode, ...]] = ("edit", "create")
    operations = WorkspacesApi
    style: ClassVar[OffsetStyle] = "unsure"
    by_creation: ClassVar[bool] = False
    spec = KindSpec(
        list=WorkspacesApi.list,
        query=_by_name,
        rows="workspaces",
        show=WorkspacesApi.show,
        to_resource=workspace_resource,
        to_sections=workspace_sections,
    )

    async def more_sections(self, resource_id: str) -> tuple[Section, ...]:
        """Return the quotas (8.6)."""
        try:
            return quota_sections((await self.api.quotas(resource_id)).value.quotas)
        except CloudError as error:
            return (Section("Quotas", (("Not known", str(error)),)),)

    async def metrics(self, workspace: Resource) -> Metrics:
        """Return the quotas as gauges (8.6)."""
        refuse_unreadable(workspace)
        return quota_metrics((await self.api.quotas(workspace.id)).value.quotas)

    def handlers(self) -> dict[str, ActionHandler]:
        """Delete (8.3)."""
        return {"delete": build_handler(self.api.delete)}
