"""What may be asked of notebooks beside their list (4.1, 4.4, 4.6)."""

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, model_validator

from matui.clouds.modelarts.requests import FILLED, NAME_64, RequestModel


class AutoStopSetting(RequestModel):
    """Table 4-6. ``duration`` is seconds."""

    enable: bool = False
    duration: Annotated[int, Field(ge=3600, le=86400)] | None = None
    prompt: bool | None = None

    @model_validator(mode="after")
    def _require_duration(self) -> "AutoStopSetting":
        if self.enable and self.duration is None:
            raise ValueError("duration is needed when enable is true (3600 to 86400 seconds)")
        return self


class LocationSetting(RequestModel):
    """Table 4-5. ``volume_size`` is GB."""

    path: str | None = None
    volume_size: Annotated[int, Field(ge=5, le=4096)] | None = None


class StorageSetting(RequestModel):  # Table 4-4
    type: Literal["obs", "evs"]
    location: LocationSetting | None = None

    @model_validator(mode="after")
    def _check_directory(self) -> "StorageSetting":
        path = self.location.path if self.location else None
        if self.type == "obs" and not (path and path.endswith("/") and _is_below_bucket(path)):
            raise ValueError("obs storage needs location.path: a directory in a bucket, ending with /")
        return self


def _is_below_bucket(path: str) -> bool:
    return len([part for part in path.removeprefix("obs:").split("/") if part]) >= 2


class NotebookSetting(RequestModel):  # Table 4-3
    storage: StorageSetting
    auto_stop: AutoStopSetting | None = None
    annotations: dict[str, Any] | None = None


class WorkspaceRef(RequestModel):  # Table 4-7
    id: FILLED = "0"


class CreateNotebook(RequestModel):  # 4.1
    name: NAME_64
    profile_id: FILLED
    flavor: FILLED
    spec: NotebookSetting
    description: Annotated[str, StringConstraints(max_length=512, pattern=r"""^[^<>"'/]*$""")] | None = None
    workspace: WorkspaceRef | None = None


class AutoStopOnly(RequestModel):  # Table 4-55
    auto_stop: AutoStopSetting | None = None


class UpdateNotebook(RequestModel):  # 4.4
    description: Annotated[str, StringConstraints(max_length=512, pattern=r"""^[^&<>"'/]*$""")] | None = None
    spec: AutoStopOnly | None = None


class NotebookAction(RequestModel):  # 4.6
    action: Literal["start", "stop", "restart", "queue", "dequeue"]
