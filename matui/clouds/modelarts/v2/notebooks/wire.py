"""Notebooks as the current API sends them. Times and durations are ms."""

from pydantic import Field

from matui.clouds.modelarts.v2.wire import Endpoint, Named
from matui.clouds.wire_types import (
    Flag,
    Id,
    Millis,
    Number,
    One,
    Rows,
    Text,
    Whole,
    WireModel,
    new_list,
)


class Lease(WireModel):
    """The automatic stop: ``TIMING`` after ``duration``, ``IDLE`` after as long without activity."""

    create_at: Millis = None
    update_at: Millis = None
    duration: Number = None
    enable: Flag = None
    type: Text = ""


class NotebookImage(WireModel):
    """The image of a notebook."""

    id: Text = ""
    name: Text = ""
    tag: Text = ""
    description: Text = ""
    swr_path: Text = ""


class NotebookVolume(WireModel):
    """Its disk; ``capacity`` in GB."""

    capacity: Number = None
    category: Text = ""
    mount_path: Text = ""
    ownership: Text = ""


class Step(WireModel):
    """One step of what is being done."""

    step: Whole = None
    status: Text = ""
    description: Text = ""


class Notebook(WireModel):
    """One notebook."""

    id: Id = ""
    name: Text = ""
    description: Text = ""
    status: Text = ""
    fail_reason: Text = ""
    flavor: Text = ""
    feature: Text = ""
    create_at: Millis = None
    update_at: Millis = None
    workspace_id: Text = ""
    url: Text = ""
    lease: One[Lease] = Field(default_factory=Lease)
    image: One[NotebookImage] = Field(default_factory=NotebookImage)
    pool: One[Named] = Field(default_factory=Named)
    user: One[Named] = Field(default_factory=Named)
    volume: One[NotebookVolume] = Field(default_factory=NotebookVolume)
    endpoints: Rows[Endpoint] = Field(default_factory=new_list)
    action_progress: Rows[Step] = Field(default_factory=new_list)


class NotebookList(WireModel):
    """A page of notebooks."""

    data: Rows[Notebook] = Field(default_factory=new_list)
    total: Whole = None
    current: Whole = None
