"""What may be asked of workspaces and quotas beside their list (8.1, 8.5, 8.7)."""

from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, StringConstraints, model_validator

from matui.clouds.modelarts.requests import FILLED, TEXT_256, FieldProblem, InvalidRequestError, RequestModel
from matui.clouds.modelarts.v1.workspaces.wire import Quota

NAME = Annotated[str, StringConstraints(pattern=r"^[\p{Han}A-Za-z0-9_-]{4,64}$")]
AUTH_TYPE = Annotated[
    Literal["PUBLIC", "PRIVATE", "INTERNAL"],
    BeforeValidator(lambda value: value.upper() if isinstance(value, str) else value),
]


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
