"""Notebooks as the cloud sends them (4.1-4.6)."""

from __future__ import annotations

from matui.clouds.lenient import Flag, Id, Map, Millis, Number, One, Received, Rows, Text, Whole
from matui.records.record import field


class Named(Received):
    """Something with an id and perhaps a name."""

    id: Id = ""
    name: Text = ""


class DockerImage(Received):
    """Table 4-12."""

    namespace: Text = ""
    image_name: Text = ""
    image_tag: Text = ""


class ProvisionSpec(Received):
    """Table 4-11."""

    engine: Text = ""
    params: One[DockerImage] = field(default_factory=DockerImage)


class Provision(Received):
    """Table 4-10."""

    type: Text = ""
    spec: One[ProvisionSpec] = field(default_factory=ProvisionSpec)
    annotations: Map = field(default_factory=dict)


class NotebookProfile(Received):
    """Table 4-9: what the instance was made from."""

    id: Text = ""
    name: Text = ""
    description: Text = ""
    de_type: Text = ""
    flavor_type: Text = ""
    provision: One[Provision] = field(default_factory=Provision)


class FlavorDetails(Received):
    """Table 4-13. ``queue_left_time`` and ``duration`` are seconds."""

    name: Text = ""
    status: Text = ""
    type: Text = ""
    promo_type: Text = ""
    params: Map = field(default_factory=dict)
    queuing_num: Whole = None
    queue_left_time: Number = None
    duration: Number = None


class AutoStop(Received):
    """Table 4-18. ``duration`` and ``remain_time`` are seconds, ``stop_timestamp`` ms since the epoch."""

    enable: Flag = None
    duration: Number = None
    prompt: Flag = None
    stop_timestamp: Millis = None
    remain_time: Number = None


class FailedReasons(Received):
    """Table 4-17."""

    code: Text = ""
    message: Text = ""
    detail: Map = field(default_factory=dict)


class StorageLocation(Received):
    """Table 4-5. ``volume_size`` is in ``volume_unit``, GB unless said."""

    path: Text = ""
    volume_size: Number = None
    volume_unit: Text = ""


class Storage(Received):
    """Table 4-4."""

    type: Text = ""
    location: One[StorageLocation] = field(default_factory=StorageLocation)


class NotebookSpec(Received):
    """Table 4-16."""

    storage: One[Storage] = field(default_factory=Storage)
    auto_stop: One[AutoStop] = field(default_factory=AutoStop)
    annotations: Map = field(default_factory=dict)
    failed_reasons: One[FailedReasons] = field(default_factory=FailedReasons)
    log_path: Text = ""
    custom_script_path: Text = ""


class QueuingInfo(Received):
    """Table 4-20. ``remain_time`` is seconds, the timestamps ms since the epoch."""

    begin_timestamp: Millis = None
    end_timestamp: Millis = None
    remain_time: Number = None
    rank: Whole = None


class Notebook(Received):
    """One instance (Table 4-8)."""

    id: Id = ""
    name: Text = ""
    description: Text = ""
    status: Text = ""
    creation_timestamp: Millis = None
    latest_update_timestamp: Millis = None
    profile: One[NotebookProfile] = field(default_factory=NotebookProfile)
    flavor: Text = ""
    flavor_details: One[FlavorDetails] = field(default_factory=FlavorDetails)
    pool: One[Named] = field(default_factory=Named)
    spec: One[NotebookSpec] = field(default_factory=NotebookSpec)
    workspace: One[Named] = field(default_factory=Named)
    ai_project: One[Named] = field(default_factory=Named)
    error_code: Text = ""
    queuing_info: One[QueuingInfo] = field(default_factory=QueuingInfo)
    user: One[Named] = field(default_factory=Named)


class NotebookList(Received):
    """4.2."""

    instances: Rows[Notebook] = field(default_factory=list)
    total_count: Whole = None


class NotebookDeleted(Received):
    """4.5."""

    instance_id: Text = ""


class NotebookActed(Received):
    """4.6: the fields pair ``current_status`` with ``previous_state``."""

    current_status: Text = ""
    previous_state: Text = ""
