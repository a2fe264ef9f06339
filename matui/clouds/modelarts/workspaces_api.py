"""Workspaces and quotas (chapter 8)."""

from __future__ import annotations

from matui.clouds.modelarts.operations import Operation, OperationTable
from matui.clouds.modelarts.workspaces_models import QuotaList, Workspace, WorkspaceId, WorkspaceList
from matui.clouds.modelarts.workspaces_requests import (
    CreateWorkspace,
    UpdateQuotas,
    UpdateWorkspace,
    WorkspacesQuery,
)


class WorkspacesApi(OperationTable):
    """The seven operations of chapter 8."""

    create = Operation("8.1.", "POST", "workspaces", Workspace, CreateWorkspace)
    list = Operation("8.2.", "GET", "workspaces", WorkspaceList, WorkspacesQuery)
    delete = Operation("8.3.", "DELETE", "workspaces/{}", WorkspaceId)
    show = Operation("8.4.", "GET", "workspaces/{}", Workspace)
    update = Operation("8.5.", "PUT", "workspaces/{}", WorkspaceId, UpdateWorkspace)
    quotas = Operation("8.6.", "GET", "workspaces/{}/quotas", QuotaList)
    update_quotas = Operation("8.7.", "PUT", "workspaces/{}/quotas", QuotaList, UpdateQuotas)
