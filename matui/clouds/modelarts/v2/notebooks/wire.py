"""Notebooks of the current API: as it sends them, and what may be asked of it. Times and durations are ms."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from matui.clouds.modelarts.requests import DESCRIPTION_512, FILLED, RequestModel
from matui.clouds.modelarts.v2.wire import Endpoint, V2Named
from matui.clouds.wire_types import (
    Flag,
    Id,
    Millis,
    ModelRows,
    Number,
    One,
    Text,
    Whole,
    WireModel,
    make_list,
)


class Lease(WireModel):
    """The automatic stop: ``TIMING`` after ``duration``, ``IDLE`` after as long without activity."""

    create_at: Millis = None
    update_at: Millis = None
    duration: Number = None
    enable: Flag = None
    type: Text = ""


class NotebookImage(WireModel):
    name: Text = ""
    tag: Text = ""
    description: Text = ""


class NotebookVolume(WireModel):
    """Its disk; ``capacity`` in GB."""

    capacity: Number = None
    category: Text = ""
    mount_path: Text = ""
    ownership: Text = ""


class Step(WireModel):
    step: Whole = None
    status: Text = ""
    description: Text = ""


class V2Notebook(WireModel):
    id: Id = ""
    name: Text = ""
    description: Text = ""
    status: Text = ""
    fail_reason: Text = ""
    flavor: Text = ""
    create_at: Millis = None
    update_at: Millis = None
    workspace_id: Text = ""
    url: Text = ""
    lease: One[Lease] = Field(default_factory=Lease)
    image: One[NotebookImage] = Field(default_factory=NotebookImage)
    pool: One[V2Named] = Field(default_factory=V2Named)
    user: One[V2Named] = Field(default_factory=V2Named)
    volume: One[NotebookVolume] = Field(default_factory=NotebookVolume)
    endpoints: ModelRows[Endpoint] = Field(default_factory=make_list)
    action_progress: ModelRows[Step] = Field(default_factory=make_list)


SHORTEST_LEASE_MS, LONGEST_LEASE_MS = 3_600_000, 259_200_000
NAME_128 = Annotated[str, StringConstraints(pattern=r"^[\p{Han}A-Za-z0-9_-]{1,128}$")]
_ELSEWHERE = ("EFS", "OBS", "OBSFS")


class NewNotebookVolume(RequestModel):
    """The storage; ``capacity`` in GB, of EVS only."""

    category: Literal["EVS", "EFS", "OBS", "OBSFS"]
    ownership: Literal["MANAGED", "DEDICATED"]
    uri: Annotated[str, StringConstraints(min_length=1, max_length=1024)] | None = None
    id: FILLED | None = None
    mount_path: Annotated[str, StringConstraints(min_length=1, max_length=256)] | None = None
    dew_secret_name: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")] | None = None
    capacity: Annotated[int, Field(ge=5, le=4096)] | None = None

    @model_validator(mode="after")
    def _require_place(self) -> NewNotebookVolume:
        if self.ownership == "DEDICATED" and self.category in _ELSEWHERE and not self.uri:
            raise ValueError(f"uri is needed with {self.category} of your own (DEDICATED)")
        if self.category != "EVS" and self.capacity is not None:
            raise ValueError("capacity is of EVS only")
        return self


class NewLease(RequestModel):
    """When it stops by itself, in ms."""

    duration: Annotated[int, Field(ge=SHORTEST_LEASE_MS, le=LONGEST_LEASE_MS)]
    type: Literal["TIMING", "IDLE"]


class NewEndpoint(RequestModel):
    service: Literal["NOTEBOOK", "SSH"]
    key_pair_names: list[str]


class V2CreateNotebook(RequestModel):
    name: NAME_128
    description: DESCRIPTION_512 | None = None
    feature: Literal["DEFAULT", "NOTEBOOK"] | None = None
    flavor: FILLED
    image_id: FILLED
    pool_id: FILLED | None = None
    volume: NewNotebookVolume
    workspace_id: FILLED | None = None
    lease: NewLease | None = None
    endpoints: list[NewEndpoint] | None = None
