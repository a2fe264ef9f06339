"""Workspaces and their quotas as the cloud sends them (chapter 8)."""

from __future__ import annotations

from pydantic import Field

from matui.clouds.lenient import Code, Id, Millis, Number, Rows, Text, Whole, WireModel


class Grant(WireModel):
    """Table 8-5."""

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
    grants: Rows[Grant] = Field(default_factory=list)


class WorkspaceList(WireModel):
    """8.2."""

    workspaces: Rows[Workspace] = Field(default_factory=list)
    total_count: Whole = None
    count: Whole = None


class WorkspaceId(WireModel):
    """8.3 and 8.5."""

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
    unit_cn: Text = ""
    update_time: Millis = None
    used_quota: Number = None


class QuotaList(WireModel):
    """8.6 and 8.7."""

    quotas: Rows[Quota] = Field(default_factory=list)
