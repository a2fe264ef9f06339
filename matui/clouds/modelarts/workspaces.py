"""Workspaces: list, read, describe with quotas, delete (chapter 8)."""

from __future__ import annotations

from typing import ClassVar

from matui.clouds.modelarts.paging import OffsetStyle
from matui.clouds.modelarts.scope import Scope
from matui.clouds.modelarts.source import ActionHandler, KindClient, KindSpec, handler
from matui.clouds.modelarts.workspaces_api import WorkspacesApi
from matui.clouds.modelarts.workspaces_mapping import (
    quota_metrics,
    quota_sections,
    workspace_resource,
    workspace_sections,
)
from matui.clouds.modelarts.workspaces_models import Workspace
from matui.clouds.modelarts.workspaces_requests import WorkspacesQuery
from matui.clouds.rows import refuse_unreadable
from matui.errors import CloudError
from matui.resources.detail import Metrics, Section
from matui.resources.model import Resource


def _by_name(position: int, size: int, scope: Scope) -> WorkspacesQuery:  # noqa: ARG001
    return WorkspacesQuery(offset=position, limit=size, sort_by="name", order="asc")


class Workspaces(KindClient[WorkspacesApi, Workspace]):
    """The workspaces of one project by name: the list cannot be sorted by creation."""

    kind: ClassVar[str] = "workspaces"
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
        return {"delete": handler(self.api.delete)}
