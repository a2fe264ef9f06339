"""Workspaces: list, read, describe with quotas, delete (chapter 8)."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf
from typing import TYPE_CHECKING, ClassVar

from matui.base.errors import CloudError
from matui.base.late_imports import LazyModule
from matui.base.text.sanitize import clean
from matui.clouds.modelarts.kind_client import Actions, ActionSpec
from matui.clouds.modelarts.mapping import Scope
from matui.clouds.modelarts.operations import Operation
from matui.clouds.modelarts.spec_client import KindOperations, KindSpec, SpecClient, build_query
from matui.clouds.modelarts.v1.workspaces import wire
from matui.clouds.modelarts.v1.workspaces.wire import Quota, QuotaList, Workspace, WorkspaceId
from matui.clouds.rows import map_status
from matui.clouds.sections import build_instant, build_overview, build_section, format_number, join_text
from matui.resources.detail import DetailRow, Gauge, Metrics, Section
from matui.resources.kinds.workspaces import STATUSES
from matui.resources.model import Fact, RawRecord, Resource
from matui.resources.times import UPDATED_BY_HAND

if TYPE_CHECKING:
    from matui.clouds.modelarts.v1.workspaces import requests
else:
    requests = LazyModule("matui.clouds.modelarts.v1.workspaces.requests")


def map_workspace(row: Workspace, scope: Scope, raw: RawRecord, wire_id: str = "") -> Resource:
    """Map one workspace; it is its own workspace, so it has none."""
    facts: dict[str, Fact] = {
        "auth_type": clean(row.auth_type.upper()),
        "enterprise_project": clean(row.enterprise_project_name or row.enterprise_project_id),
        "description": clean(row.description),
        UPDATED_BY_HAND: True,
    }
    return scope.build_resource(
        "workspaces",
        str(row.id) or wire_id,
        row.name,
        map_status(row.status, STATUSES),
        raw,
        owner=clean(row.owner),
        created_at=row.create_time,
        updated_at=row.update_time,
        facts=facts,
    )


def build_workspace_sections(row: Workspace, resource: Resource) -> tuple[Section, ...]:
    """Return everything 8.4 says about a workspace."""
    project = f"({row.enterprise_project_id})" if row.enterprise_project_id else ""
    return (
        *build_overview(
            resource,
            (
                ("Description", clean(row.description)),
                ("Owner", resource.owner),
                ("Enterprise project", join_text(row.enterprise_project_name, project)),
                ("Created", build_instant(row.create_time)),
                ("Updated", build_instant(row.update_time)),
            ),
        ),
        *build_section("Access", _build_access(row, resource)),
    )


def _build_access(row: Workspace, resource: Resource) -> list[DetailRow]:
    granted = [("Granted to", join_text(g.user_name or g.user_id)) for g in row.grants if g is not None]
    return [("Authorization", resource.get_text("auth_type")), *granted]


def build_quota_sections(quotas: Sequence[Quota | None]) -> tuple[Section, ...]:
    """Return the quotas as used of limit (8.6)."""
    return build_section("Quotas", ((_format_label(q), format_quota(q)) for q in quotas if q is not None))


def format_quota(quota: Quota) -> str:
    """Return ``5 of 10 minutes (-1 to 60000)``; ``–`` for a use that is not stated.

    The limit -1 is ``unlimited``.
    """
    if quota.quota is None:
        return "unknown"
    most = "unlimited" if quota.quota == -1 else format_number(quota.quota)
    used = format_number(quota.used_quota)
    share = most if quota.quota == -1 and not used else f"{used or '–'} of {most}"
    limit = f"{share} {quota.unit_en}".rstrip()
    bounds = (
        f"({format_number(quota.min_quota)} to {format_number(quota.max_quota)})"
        if quota.max_quota is not None
        else ""
    )
    return join_text(limit, bounds)


def _format_label(quota: Quota) -> str:
    return clean(quota.name_en or quota.resource)


def map_quota_metrics(quotas: Sequence[Quota | None]) -> Metrics:
    """Map quotas to gauges."""
    return Metrics(
        gauges=tuple(
            Gauge(
                _format_label(quota),
                quota.used_quota,
                quota.quota if quota.quota != -1 else inf,
                clean(quota.unit_en),
                "Quotas",
            )
            for quota in quotas
            if quota is not None
        )
    )


class WorkspacesApi(KindOperations):
    """The seven operations of chapter 8."""

    create = Operation("8.1.", "POST", "workspaces", Workspace, lambda: requests.CreateWorkspace)
    list = Operation("8.2.", "GET", "workspaces", wire.WorkspaceList, wire.WorkspacesQuery)
    delete = Operation("8.3.", "DELETE", "workspaces/{}", WorkspaceId)
    show = Operation("8.4.", "GET", "workspaces/{}", Workspace, shows=True)
    update = Operation("8.5.", "PUT", "workspaces/{}", WorkspaceId, lambda: requests.UpdateWorkspace)
    quotas = Operation("8.6.", "GET", "workspaces/{}/quotas", QuotaList, lists="quotas")
    update_quotas = Operation("8.7.", "PUT", "workspaces/{}/quotas", QuotaList, lambda: requests.UpdateQuotas)


_BY_NAME = build_query(wire.WorkspacesQuery, sort_by="name", order="asc")


class Workspaces(SpecClient[WorkspacesApi, Workspace]):
    """The workspaces of one project by name: the list cannot be sorted by creation."""

    kind = "workspaces"
    forms = ("edit", "create")
    operations = WorkspacesApi
    style = "unsure"
    by_creation = False
    spec = KindSpec(_BY_NAME, "workspaces", map_workspace, build_workspace_sections)
    actions: ClassVar[Actions] = {"delete": ActionSpec(WorkspacesApi.delete)}

    async def fetch_more_sections(self, resource_id: str) -> tuple[Section, ...]:
        """Return the quotas (8.6)."""
        try:
            return build_quota_sections((await self.api.quotas(resource_id)).value.quotas)
        except CloudError as error:
            return (Section("Quotas", (("Not known", str(error)),)),)

    async def fetch_metrics(self, workspace: Resource) -> Metrics:
        """Return the quotas as gauges (8.6)."""
        return map_quota_metrics((await self.api.quotas(workspace.id)).value.quotas)
