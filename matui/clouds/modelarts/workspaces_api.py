"""Workspaces and quotas (chapter 8)."""

from __future__ import annotations

from matui.clouds.decode import Reply, read
from matui.clouds.modelarts.requests import act, get, segment
from matui.clouds.modelarts.sending import Sends
from matui.clouds.modelarts.workspaces_models import QuotaList, Workspace, WorkspaceId, WorkspaceList
from matui.clouds.modelarts.workspaces_requests import (
    CreateWorkspace,
    UpdateQuotas,
    UpdateWorkspace,
    WorkspacesQuery,
)


def _workspace(workspace_id: str) -> str:
    return f"workspaces/{segment(workspace_id)}"


class WorkspacesApi:
    """The seven operations of chapter 8."""

    def __init__(self, session: Sends) -> None:
        self._session = session

    async def create(self, body: CreateWorkspace) -> Reply[Workspace]:
        """8.1."""
        return read(Workspace, await self._session.send(act("POST", "workspaces", body)))

    async def list(self, query: WorkspacesQuery) -> Reply[WorkspaceList]:
        """8.2."""
        return read(WorkspaceList, await self._session.send(get("workspaces", query)))

    async def delete(self, workspace_id: str) -> Reply[WorkspaceId]:
        """8.3."""
        return read(WorkspaceId, await self._session.send(act("DELETE", _workspace(workspace_id))))

    async def show(self, workspace_id: str) -> Reply[Workspace]:
        """8.4."""
        return read(Workspace, await self._session.send(get(_workspace(workspace_id))))

    async def update(self, workspace_id: str, body: UpdateWorkspace) -> Reply[WorkspaceId]:
        """8.5."""
        return read(WorkspaceId, await self._session.send(act("PUT", _workspace(workspace_id), body)))

    async def quotas(self, workspace_id: str) -> Reply[QuotaList]:
        """8.6."""
        return read(QuotaList, await self._session.send(get(f"{_workspace(workspace_id)}/quotas")))

    async def update_quotas(self, workspace_id: str, body: UpdateQuotas) -> Reply[QuotaList]:
        """8.7."""
        path = f"{_workspace(workspace_id)}/quotas"
        return read(QuotaList, await self._session.send(act("PUT", path, body)))
