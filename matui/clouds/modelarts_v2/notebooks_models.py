"""Notebooks as the current API sends them. Times and durations are ms."""

from __future__ import annotations

from matui.clouds.lenient import Flag, Id, Millis, Number, One, Received, Rows, Text, Whole
from matui.records.record import field


class Lease(Received):
    """When a notebook stops by itself: ``TIMING`` after ``duration``, ``IDLE`` after as long without work."""

    create_at: Millis = None
    update_at: Millis = None
    duration: Number = None
    enable: Flag = None
    type: Text = ""


class Named(Received):
    """Something with an id and a name."""

    id: Text = ""
    name: Text = ""


class Image(Received):
    """What a notebook runs."""

    id: Text = ""
    name: Text = ""
    tag: Text = ""
    description: Text = ""
    swr_path: Text = ""


class Volume(Received):
    """Its disk; ``capacity`` in GB."""

    capacity: Number = None
    category: Text = ""
    mount_path: Text = ""
    ownership: Text = ""


class Endpoint(Received):
    """An address to reach it by."""

    service: Text = ""
    uri: Text = ""


class Step(Received):
    """One step of what is being done."""

    step: Whole = None
    status: Text = ""
    description: Text = ""


class Notebook(Received):
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
    lease: One[Lease] = field(default_factory=Lease)
    image: One[Image] = field(default_factory=Image)
    pool: One[Named] = field(default_factory=Named)
    user: One[Named] = field(default_factory=Named)
    volume: One[Volume] = field(default_factory=Volume)
    endpoints: Rows[Endpoint] = field(default_factory=list)
    action_progress: Rows[Step] = field(default_factory=list)


class NotebookList(Received):
    """A page of notebooks."""

    data: Rows[Notebook] = field(default_factory=list)
    total: Whole = None
    current: Whole = None
