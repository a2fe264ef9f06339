"""Notebooks as the cloud sends them (4.1-4.6)."""

from __future__ import annotations

from pydantic import Field

from matui.clouds.lenient import Flag, Id, Map, Millis, Number, One, Rows, Text, Whole, WireModel


class Named(WireModel):
    """Something with an id and perhaps a name."""

    id: Id = ""
    name: Text = ""


class DockerImage(WireModel):
    """Table 4-12."""

    namespace: Text = ""
    image_name: Text = ""
    image_tag: Text = ""


class ProvisionSpec(WireModel):
    """Table 4-11."""

    engine: Text = ""
    params: One[DockerImage] = Field(default_factory=DockerImage)


class Provision(WireModel):
    """Table 4-10."""

    type: Text = ""
    spec: One[ProvisionSpec] = Field(default_factory=ProvisionSpec)
    annotations: Map = Field(default_factory=dict)


class NotebookProfile(WireModel):
    """Table 4-9: what the instance was made from."""

    id: Text = ""
    name: Text = ""
    description: Text = ""
    de_type: Text = ""
    flavor_type: Text = ""
    provision: One[Provision] = Field(default_factory=Provision)


class FlavorDetails(WireModel):
    """Table 4-13. ``queue_left_time`` and ``duration`` are seconds."""

    name: Text = ""
    status: Text = ""
    type: Text = ""
    promo_type: Text = ""
    params: Map = Field(default_factory=dict)
    queuing_num: Whole = None
    queue_left_time: Number = None
    duration: Number = None


class AutoStop(WireModel):
    """Table 4-18. ``duration`` and ``remain_time`` are seconds, ``stop_timestamp`` ms since the epoch."""

    enable: Flag = None
    duration: Number = None
    prompt: Flag = None
    stop_timestamp: Millis = None
    remain_time: Number = None


class FailedReasons(WireModel):
    """Table 4-17."""

    code: Text = ""
    message: Text = ""
    detail: Map = Field(default_factory=dict)


class StorageLocation(WireModel):
    """Table 4-5. ``volume_size`` is in ``volume_unit``, GB unless said."""

    path: Text = ""
    volume_size: Number = None
    volume_unit: Text = ""


class Storage(WireModel):
    """Table 4-4."""

    type: Text = ""
    location: One[StorageLocation] = Field(default_factory=StorageLocation)


class NotebookSpec(WireModel):
    """Table 4-16."""

    storage: One[Storage] = Field(default_factory=Storage)
    auto_stop: One[AutoStop] = Field(default_factory=AutoStop)
    annotations: Map = Field(default_factory=dict)
    failed_reasons: One[FailedReasons] = Field(default_factory=FailedReasons)
    log_path: Text = ""
    custom_script_path: Text = ""


class QueuingInfo(WireModel):
    """Table 4-20. ``remain_time`` is seconds, the timestamps ms since the epoch."""

    begin_timestamp: Millis = None
    end_timestamp: Millis = None
    remain_time: Number = None
    rank: Whole = None


class Notebook(WireModel):
    """One instance (Table 4-8)."""

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


class NotebookList(WireModel):
    """4.2."""

    instances: Rows[Notebook] = Field(default_factory=list)
    total_count: Whole = None


class NotebookDeleted(WireModel):
    """4.5."""

    instance_id: Text = ""


class NotebookActed(WireModel):
    """4.6: the fields pair ``current_status`` with ``previous_state``."""

    current_status: Text = ""
    previous_state: Text = ""
