"""Notebooks as the cloud sends them, and the query of their list (4.1-4.6)."""

from typing import Annotated, Literal

from pydantic import Field

from matui.clouds.modelarts.requests import ORDER, RequestModel
from matui.clouds.wire_types import (
    Flag,
    Id,
    Map,
    Millis,
    ModelRows,
    Number,
    One,
    Text,
    Whole,
    WireModel,
    make_list,
)


class Named(WireModel):
    """A reference: an id and perhaps a name."""

    id: Id = ""
    name: Text = ""


class DockerImage(WireModel):  # Table 4-12
    image_name: Text = ""
    image_tag: Text = ""


class ProvisionSpec(WireModel):  # Table 4-11
    params: One[DockerImage] = Field(default_factory=DockerImage)


class Provision(WireModel):  # Table 4-10
    spec: One[ProvisionSpec] = Field(default_factory=ProvisionSpec)


class NotebookProfile(WireModel):
    """Table 4-9: what the instance was made from."""

    id: Text = ""
    name: Text = ""
    description: Text = ""
    flavor_type: Text = ""
    provision: One[Provision] = Field(default_factory=Provision)


class FlavorDetails(WireModel):  # Table 4-13
    name: Text = ""
    status: Text = ""
    type: Text = ""
    params: Map = Field(default_factory=dict)


class AutoStop(WireModel):
    """Table 4-18. ``duration`` and ``remain_time`` are seconds, ``stop_timestamp`` ms since the epoch."""

    enable: Flag = None
    duration: Number = None
    stop_timestamp: Millis = None
    remain_time: Number = None


class FailedReasons(WireModel):  # Table 4-17
    code: Text = ""
    message: Text = ""
    detail: Map = Field(default_factory=dict)


class StorageLocation(WireModel):
    """Table 4-5. ``volume_size`` is in ``volume_unit``, GB unless said."""

    path: Text = ""
    volume_size: Number = None
    volume_unit: Text = ""


class Storage(WireModel):  # Table 4-4
    type: Text = ""
    location: One[StorageLocation] = Field(default_factory=StorageLocation)


class NotebookSpec(WireModel):  # Table 4-16
    storage: One[Storage] = Field(default_factory=Storage)
    auto_stop: One[AutoStop] = Field(default_factory=AutoStop)
    annotations: Map = Field(default_factory=dict)
    failed_reasons: One[FailedReasons] = Field(default_factory=FailedReasons)
    log_path: Text = ""
    custom_script_path: Text = ""


class QueuingInfo(WireModel):
    """Table 4-20. ``remain_time`` is seconds, the timestamps ms since the epoch."""

    begin_timestamp: Millis = None
    remain_time: Number = None
    rank: Whole = None


class Notebook(WireModel):  # Table 4-8
    id: Id = ""
    name: Text = ""
    description: Text = ""
    status: Text = ""
    creation_timestamp: Millis = None
    latest_update_timestamp: Millis = None
    profile: One[NotebookProfile] = Field(default_factory=NotebookProfile)
    flavor: Text = ""
    flavor_details: One[FlavorDetails] = Field(default_factory=FlavorDetails)
    pool: One[Named] = Field(default_factory=Named)
    spec: One[NotebookSpec] = Field(default_factory=NotebookSpec)
    workspace: One[Named] = Field(default_factory=Named)
    ai_project: One[Named] = Field(default_factory=Named)
    error_code: Text = ""
    queuing_info: One[QueuingInfo] = Field(default_factory=QueuingInfo)
    user: One[Named] = Field(default_factory=Named)


class NotebookList(WireModel):  # 4.2
    instances: ModelRows[Notebook] = Field(default_factory=make_list)
    total_count: Whole = None


class NotebookDeleted(WireModel):  # 4.5
    instance_id: Text = ""


class NotebookActed(WireModel):
    """4.6: the fields pair ``current_status`` with ``previous_state``."""

    current_status: Text = ""
    previous_state: Text = ""


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

    def list_pairs(self) -> tuple[tuple[str, str], ...]:
        """Return the query, with the mandatory ``de_type`` always in it."""
        return (("de_type", self.de_type), *(p for p in super().list_pairs() if p[0] != "de_type"))
