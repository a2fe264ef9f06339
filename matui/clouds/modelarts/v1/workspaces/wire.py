"""Workspaces and quotas as the cloud sends them, and the query of their list (chapter 8)."""

from typing import Annotated, Literal

from pydantic import Field

from matui.clouds.modelarts.requests import (
    COUNT,
    ORDER,
    RequestModel,
)
from matui.clouds.wire_types import Code, Id, Millis, ModelRows, Number, Text, Whole, WireModel, make_list


class Grant(WireModel):  # Table 8-5
    user_id: Text = ""
    user_name: Text = ""


class Workspace(WireModel):
    """A workspace (Tables 8-4, 8-9 and 8-13); the times are ms since the epoch."""

    id: Id = ""
    name: Text = ""
    description: Text = ""
    owner: Text = ""
    create_time: Millis = None
    update_time: Millis = None
    enterprise_project_id: Text = ""
    enterprise_project_name: Text = ""
    auth_type: Text = ""
    status: Text = ""
    grants: ModelRows[Grant] = Field(default_factory=make_list)


class WorkspaceList(WireModel):  # 8.2
    workspaces: ModelRows[Workspace] = Field(default_factory=make_list)
    total_count: Whole = None
    count: Whole = None


class WorkspaceId(WireModel):  # 8.3 and 8.5
    workspace_id: Code = ""


class Quota(WireModel):
    """Table 8-21. ``quota`` -1 is unlimited, and then ``used_quota`` is None."""

    name_en: Text = ""
    name_cn: Text = ""
    resource: Text = ""
    quota: Number = None
    min_quota: Number = None
    max_quota: Number = None
    unit_en: Text = ""
    used_quota: Number = None


class QuotaList(WireModel):  # 8.6 and 8.7
    quotas: ModelRows[Quota] = Field(default_factory=make_list)


class WorkspacesQuery(RequestModel):  # 8.2
    offset: Annotated[int, Field(ge=0)] | None = None
    limit: COUNT | None = None
    sort_by: Literal["name", "update_time", "status"] | None = None
    order: ORDER | None = None
    enterprise_project_id: str | None = None
    name: str | None = None
    filter_accessible: bool | None = None
