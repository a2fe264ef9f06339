"""Workspaces and quotas as the cloud sends them, and what may be asked of them (chapter 8)."""

from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, StringConstraints, model_validator

from matui.clouds.modelarts.requests import (
    COUNT,
    FILLED,
    ORDER,
    TEXT_256,
    FieldProblem,
    InvalidRequestError,
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
    update_time: Millis = None
    used_quota: Number = None


class QuotaList(WireModel):  # 8.6 and 8.7
    quotas: ModelRows[Quota] = Field(default_factory=make_list)


NAME = Annotated[str, StringConstraints(pattern=r"^[\p{Han}A-Za-z0-9_-]{4,64}$")]
AUTH_TYPE = Annotated[
    Literal["PUBLIC", "PRIVATE", "INTERNAL"],
    BeforeValidator(lambda value: value.upper() if isinstance(value, str) else value),
]


class WorkspacesQuery(RequestModel):  # 8.2
    offset: Annotated[int, Field(ge=0)] | None = None
    limit: COUNT | None = None
    sort_by: Literal["name", "update_time", "status"] | None = None
    order: ORDER | None = None
    enterprise_project_id: str | None = None
    name: str | None = None
    filter_accessible: bool | None = None


class GrantSetting(RequestModel):
    """Table 8-3: an id, or a name."""

    user_id: FILLED | None = None
    user_name: FILLED | None = None

    @model_validator(mode="after")
    def _check_user(self) -> "GrantSetting":
        if not (self.user_id or self.user_name):
            raise ValueError("user_id or user_name is needed")
        return self


def _check(name: str | None, auth_type: str | None, grants: list[GrantSetting] | None) -> None:
    if name == "default":
        raise ValueError("the name default is reserved")
    if grants and auth_type != "INTERNAL":
        raise ValueError("grants need auth_type INTERNAL")
    if auth_type == "INTERNAL" and not grants:
        raise ValueError("auth_type INTERNAL needs grants")


class CreateWorkspace(RequestModel):  # 8.1
    name: NAME
    description: TEXT_256 | None = None
    enterprise_project_id: str | None = None
    auth_type: AUTH_TYPE | None = None
    grants: list[GrantSetting] | None = None

    @model_validator(mode="after")
    def _check_access(self) -> "CreateWorkspace":
        _check(self.name, self.auth_type, self.grants)
        return self


class UpdateWorkspace(RequestModel):  # 8.5
    name: NAME | None = None
    description: TEXT_256 | None = None
    auth_type: AUTH_TYPE | None = None
    grants: list[GrantSetting] | None = None

    @model_validator(mode="after")
    def _check_access(self) -> "UpdateWorkspace":
        _check(self.name, self.auth_type, self.grants)
        return self


class QuotaSetting(RequestModel):
    """Table 8-24: -1 lifts the limit."""

    resource: FILLED
    quota: int

    @model_validator(mode="after")
    def _check_quota(self) -> "QuotaSetting":
        if self.quota != -1 and self.quota < 1:
            raise ValueError("quota is a positive whole number, or -1 for unlimited")
        return self


class UpdateQuotas(RequestModel):
    """8.7: only what is to change."""

    quotas: Annotated[list[QuotaSetting], Field(min_length=1)]

    def check(self, known: Iterable[Quota | None]) -> None:
        """Check against the bounds that 8.6 gave. Raises InvalidRequestError."""
        bounds = {quota.resource: quota for quota in known if quota is not None}
        problems = tuple(
            FieldProblem(f"quotas.{at}.quota", sentence)
            for at, setting in enumerate(self.quotas)
            if (sentence := _explain_out_of_bounds(setting, bounds.get(setting.resource)))
        )
        if problems:
            raise InvalidRequestError(problems)


def _explain_out_of_bounds(setting: QuotaSetting, quota: Quota | None) -> str:
    if quota is None:
        return f"there is no quota named {setting.resource}"
    if setting.quota == -1:
        return ""
    if quota.min_quota is not None and setting.quota < quota.min_quota:
        return f"the least is {quota.min_quota}"
    if quota.max_quota is not None and setting.quota > quota.max_quota:
        return f"the most is {quota.max_quota}"
    return ""
