"""Versions of training jobs, their logs and the built-in algorithms as the cloud sends them (5.1)."""

from typing import Any

from pydantic import AliasChoices, Field

from matui.clouds.modelarts.v1.jobs.models import Done, VersionHead
from matui.clouds.modelarts.v1.specifications import Engine, SpecFields
from matui.clouds.wire_types import (
    CamelWireModel,
    Code,
    Content,
    Count,
    Cursor,
    FileNames,
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


class Parameter(WireModel):
    """Table 5-15; some bodies say ``key`` for ``label``."""

    label: Text = Field(default="", validation_alias=AliasChoices("label", "key"))
    value: Text = ""
    required: Flag = None


class DataSource(WireModel):  # Table 5-16
    type: Text = ""
    data_url: Text = ""
    dataset_id: Text = ""
    dataset_version: Text = ""


class Mount(WireModel):  # Tables 5-24 and 5-25
    id: Text = ""
    src_path: Text = ""
    dest_path: Text = ""
    read_only: Flag = None


class Volume(WireModel):
    """Table 5-23: either is set."""

    nfs: One[Mount] = Field(default_factory=Mount)
    host_path: One[Mount] = Field(default_factory=Mount)


class SystemMetrics(CamelWireModel):
    """Table 5-18 and the five series it leaves out. ``interval`` is minutes.

    The series are as sent, a list of texts or of numbers: each version has them, and few are ever shown.
    """

    cpu_usage: Any = None
    mem_usage: Any = None
    gpu_util: Any = None
    gpu_mem_usage: Any = None
    npu_util: Any = None
    npu_mem_usage: Any = None
    disk_read_rate: Any = None
    disk_write_rate: Any = None
    recv_bytes_rate: Any = None
    send_bytes_rate: Any = None
    interval: Number = None


class MetricMeta(WireModel):
    class_name: Text = ""
    class_id: Code = ""


class ClassMetric(WireModel):  # Table 5-19
    metric_values: Map = Field(default_factory=dict)
    metric_meta: One[MetricMeta] = Field(default_factory=MetricMeta)


class TotalMetric(WireModel):  # Table 5-21
    total_metric_values: Map = Field(default_factory=dict)


class ModelMetrics(WireModel):  # Table 5-17
    metric: ModelRows[ClassMetric] = Field(default_factory=make_list)
    total_metric: One[TotalMetric] = Field(default_factory=TotalMetric)


class Setup(Engine, SpecFields):
    """The settings of a version or a configuration."""

    worker_server_num: Whole = None
    app_url: Text = ""
    boot_file_url: Text = ""
    model_id: Id = ""
    parameter: ModelRows[Parameter] = Field(default_factory=make_list)
    data_url: Text = ""
    dataset_id: Text = ""
    dataset_version_id: Text = ""
    dataset_name: Text = ""
    dataset_version_name: Text = ""
    data_source: ModelRows[DataSource] = Field(default_factory=make_list)
    train_url: Text = ""
    log_url: Text = ""
    user_image_url: Text = ""
    user_command: Text = ""
    pool_id: Text = ""
    pool_name: Text = ""
    volumes: ModelRows[Volume] = Field(default_factory=make_list)
    nas_mount_path: Text = ""
    nas_share_addr: Text = ""
    nas_type: Text = ""


class VersionRow(VersionHead, Setup):
    """A version (Table 5-31). ``duration`` is ms, the times ms since the epoch."""

    pre_version_id: Code = ""
    start_time: Millis = None
    duration: Whole = None
    system_metric_list: One[SystemMetrics] = Field(default_factory=SystemMetrics)
    model_metric_list: One[ModelMetrics] = Field(default_factory=ModelMetrics)


class JobVersion(VersionRow):
    """5.1.3: a version with its job."""

    job_id: Id = ""
    job_name: Text = ""
    job_desc: Text = ""


class VersionList(Done):  # 5.1.5
    job_id: Id = ""
    job_name: Text = ""
    job_desc: Text = ""
    version_count: Whole = None
    versions: ModelRows[VersionRow] = Field(default_factory=make_list)


class LogFiles(WireModel):
    """5.1.10: a list, or a text that holds one."""

    log_file_list: FileNames = Field(default_factory=make_list)


class LogWindow(WireModel):
    """5.1.11: the table says ``log_byte_count``, the sample ``count``; numbers may be texts."""

    log: Content = ""
    end_byte: Count = None
    log_byte_count: Count = Field(default=None, validation_alias=AliasChoices("log_byte_count", "count"))


class LogLines(WireModel):
    """5.1.13: both cursors are opaque and may come as numbers."""

    content: Content = ""
    lines: Count = None
    start_line: Cursor = ""
    end_line: Cursor = ""


class BuiltInAlgorithm(Engine):
    """A built-in algorithm (Table 5-63). ``model_size`` is bytes; ``parameter`` is JSON in a text."""

    model_id: Id = ""
    model_name: Text = ""
    model_usage: Whole = None
    model_precision: Text = ""
    model_size: Number = None
    parameter: ModelRows[Parameter] = Field(default_factory=make_list)
    create_time: Millis = None


class AlgorithmList(Done):  # 5.1.12
    models: ModelRows[BuiltInAlgorithm] = Field(default_factory=make_list)
    model_total_count: Whole = None
