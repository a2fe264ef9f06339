"""What may be asked of notebooks (4.1-4.6), with the reference's limits."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, model_validator

from matui.clouds.modelarts.requests import FILLED, NAME_64, ORDER, RequestModel


class NotebooksQuery(RequestModel):
    """4.2. ``limit`` 0 or absent asks for all."""

    de_type: Literal["Notebook"] = "Notebook"
    provision_type: Literal["Docker"] | None = None
    status: str | None = None
    sortby: Literal["name", "creation_timestamp"] | None = None
    order: ORDER | None = None
    offset: Annotated[int, Field(ge=0)] | None = None
    limit: Annotated[int, Field(ge=1)] | None = None
    workspace_id: str | None = None
    ai_project: str | None = None
    pool_id: str | None = None

    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Return the query, with the mandatory ``de_type`` always in it."""
        return (("de_type", self.de_type), *(p for p in super().pairs() if p[0] != "de_type"))


class AutoStopSetting(RequestModel):
    """Table 4-6. ``duration`` is seconds."""

    enable: bool = False
    duration: Annotated[int, Field(ge=3600, le=86400)] | None = None
    prompt: bool | None = None

    @model_validator(mode="after")
    def _enabled_needs_duration(self) -> AutoStopSetting:
        if self.enable and self.duration is None:
            raise ValueError("duration is needed when enable is true (3600 to 86400 seconds)")
        return self


class LocationSetting(RequestModel):
    """Table 4-5. ``volume_size`` is GB."""

    path: str | None = None
    volume_size: Annotated[int, Field(ge=5, le=4096)] | None = None


class StorageSetting(RequestModel):
    """Table 4-4."""

    type: Literal["obs", "evs"]
    location: LocationSetting | None = None

    @model_validator(mode="after")
    def _obs_needs_a_directory(self) -> StorageSetting:
        path = self.location.path if self.location else None
        if self.type == "obs" and not (path and path.endswith("/") and _below_bucket(path)):
            raise ValueError("obs storage needs location.path: a directory in a bucket, ending with /")
        return self


def _below_bucket(path: str) -> bool:
    return len([part for part in path.removeprefix("obs:").split("/") if part]) >= 2


class NotebookSetting(RequestModel):
    """Table 4-3."""

    storage: StorageSetting
    auto_stop: AutoStopSetting | None = None
    annotations: dict[str, Any] | None = None


class WorkspaceRef(RequestModel):
    """Table 4-7."""

    id: FILLED = "0"


class CreateNotebook(RequestModel):
    """4.1."""

    name: NAME_64
    profile_id: FILLED
    flavor: FILLED
    spec: NotebookSetting
    description: Annotated[str, StringConstraints(max_length=512, pattern=r"""^[^<>"'/]*$""")] | None = None
    workspace: WorkspaceRef | None = None


class AutoStopOnly(RequestModel):
    """Table 4-55."""

    auto_stop: AutoStopSetting | None = None


class UpdateNotebook(RequestModel):
    """4.4."""

    description: Annotated[str, StringConstraints(max_length=512, pattern=r"""^[^&<>"'/]*$""")] | None = None
    spec: AutoStopOnly | None = None


class NotebookAction(RequestModel):
    """4.6."""

    action: Literal["start", "stop", "restart", "queue", "dequeue"]
