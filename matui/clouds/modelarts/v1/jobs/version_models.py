"""Versions of training jobs, their logs and the built-in algorithms (5.1): answers, queries, resources."""

from typing import Annotated, Any, Literal

from pydantic import AliasChoices, Field

from matui.base.text.sanitize import clean
from matui.clouds.modelarts.mapping import Scope, build_unreadable, parse_job_status
from matui.clouds.modelarts.requests import COUNT, FILLED, ORDER, SIZE_100, SIZE_1000, RequestModel
from matui.clouds.modelarts.v1.jobs.models import Done, VersionHead
from matui.clouds.modelarts.v1.specifications import Engine, SpecFields
from matui.clouds.rows import match_id
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
from matui.resources.model import Fact, Phase, RawPage, RawRecord, Resource, drop_empty
from matui.resources.times import ENTERED_AFTER


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
    """A built-in algorithm (Table 5-63). ``model_size`` is bytes."""

    model_id: Id = ""
    model_name: Text = ""
    model_usage: Whole = None
    model_precision: Text = ""
    model_size: Number = None


class AlgorithmList(Done):  # 5.1.12
    models: ModelRows[BuiltInAlgorithm] = Field(default_factory=make_list)
    model_total_count: Whole = None


class VersionsQuery(RequestModel):
    """5.1.5. Without ``page``, or with 0, everything comes at once."""

    per_page: SIZE_1000 | None = None
    page: Annotated[int, Field(ge=0)] | None = None


class AlgorithmsQuery(RequestModel):
    """5.1.12. ``page`` counts from 1."""

    per_page: SIZE_100 | None = None
    page: COUNT | None = None
    sort_by: (
        Literal[
            "engine", "model_name", "model_precision", "model_usage", "model_size", "create_time", "parameter"
        ]
        | None
    ) = Field(default=None, validation_alias="sortBy", serialization_alias="sortBy")
    order: ORDER | None = None
    search_content: str | None = None


class LogWindowQuery(RequestModel):
    """5.1.11. ``start_byte`` -1 asks for the newest ``offset`` bytes."""

    log_file: FILLED
    start_byte: Annotated[int, Field(ge=-1)] | None = None
    offset: Annotated[int, Field(ge=-2048, le=2048)] | None = None


class LogLinesQuery(RequestModel):
    """5.1.13. ``desc`` asks for what is newer than ``base_line``, ``asc`` for what is older."""

    log_file: FILLED
    base_line: FILLED | None = None
    lines: Annotated[int, Field(ge=0, le=500)] | None = None
    order: ORDER | None = None


def find_newest_version(listed: VersionList) -> VersionRow | None:
    """Return the version that was made last, None when there is none."""
    rows = [row for row in listed.versions if row is not None]
    return max(rows, key=_build_creation_key, default=None)


def _build_creation_key(row: VersionRow) -> tuple[int, int]:
    text = str(row.version_id)
    return (row.create_time or 0, int(text) if text.isdecimal() and len(text) < 20 else 0)


def map_job_of_versions(listed: VersionList, job_id: str, scope: Scope, raw: RawRecord) -> Resource:
    """Make a job of its versions (5.1.5): the newest says how it is, the oldest when the job began."""
    newest = find_newest_version(listed) or VersionRow()
    status, phase = parse_job_status(newest.status)
    made = [row.create_time for row in listed.versions if row is not None and row.create_time]
    return scope.build_resource(
        "jobs",
        match_id(job_id, listed.job_id),
        listed.job_name or job_id,
        (status, phase),
        raw,
        workspace=scope.workspace,
        created_at=min(made, default=None),
        duration_ms=newest.duration,
        facts=_build_job_facts(listed, newest)
        | (_build_end_fact(newest, phase) or _build_bound_fact(newest, phase)),
    )


def _build_job_facts(listed: VersionList, newest: VersionRow) -> dict[str, Fact]:
    return {
        "version_id": str(newest.version_id),
        "version_name": clean(newest.version_name),
        "version_count": listed.version_count if listed.version_count is not None else len(listed.versions),
        "description": clean(listed.job_desc),
        **build_flavor_facts(newest),
    }


def _build_end_fact(row: VersionRow, phase: Phase) -> dict[str, Fact]:
    """Return the fact ``ended_at`` in ms since the epoch, where the version states start and duration."""
    if row.start_time is None or row.duration is None or not phase.ended:
        return {}
    return {"ended_at": row.start_time + row.duration}


def _build_bound_fact(newest: VersionRow, phase: Phase) -> dict[str, Fact]:
    """Return the fact with the time before which the newest version did not end, where it never started."""
    if newest.create_time is None or not phase.ended:
        return {}
    return {ENTERED_AFTER: newest.create_time + (newest.duration or 0)}


def map_version(
    row: VersionRow, job_id: str, job_name: str, scope: Scope, raw: RawRecord, version_id: str = ""
) -> Resource:
    """Map one version of 5.1.3 or 5.1.5; the ids are those it was asked by."""
    status, phase = parse_job_status(row.status)
    wire_id = match_id(version_id, row.version_id)
    if isinstance(row, JobVersion):
        job_id = match_id(job_id, row.job_id)
    return scope.build_resource(
        "versions",
        f"{job_id}/{wire_id}",
        row.version_name or wire_id,
        (status, phase),
        raw,
        workspace=scope.workspace,
        created_at=row.create_time,
        duration_ms=row.duration,
        facts=_build_version_facts(row, job_id, job_name, wire_id) | _build_end_fact(row, phase),
    )


def _build_version_facts(row: VersionRow, job_id: str, job_name: str, version_id: str) -> dict[str, Fact]:
    facts: dict[str, Fact] = {
        "job_id": job_id,
        "job_name": clean(job_name),
        "version_id": version_id,
        "version_name": clean(row.version_name),
        "pre_version_id": str(row.pre_version_id),
        "engine": format_engine(row),
        **build_flavor_facts(row),
        "workers": row.worker_server_num,
        "pool": clean(row.pool_name or row.pool_id),
    }
    if isinstance(row, JobVersion):
        facts["description"] = clean(row.job_desc)
    return facts


def map_versions(listed: VersionList, job_id: str, scope: Scope, raw: RawPage) -> tuple[Resource, ...]:
    """Map the versions of 5.1.5, newest first."""
    rows = list(enumerate(listed.versions))
    rows.sort(key=lambda pair: _build_creation_key(pair[1]) if pair[1] is not None else (0, 0), reverse=True)
    return tuple(
        map_version(row, job_id, listed.job_name, scope, RawRecord(raw, (at,)))
        if row is not None and row.version_id != ""
        else build_unreadable("versions", scope, at, RawRecord(raw, (at,)))
        for at, row in rows
    )


def format_engine(row: Setup) -> str:
    """Return the engine a version runs on; its version says more than its name."""
    return clean(row.engine_version or row.engine_name or row.user_image_url)


def build_flavor_facts(row: VersionRow) -> dict[str, Fact]:
    """Return the flavor of a version, in words and by the id of its specification."""
    return drop_empty({"flavor": format_flavor(row), "flavor_id": str(row.spec_id)})


def format_flavor(row: Setup) -> str:
    """Return the flavor's code, or what it holds when the answer has no code."""
    if row.spec_code:
        return clean(row.spec_code)
    gpus = f"{row.gpu_num}×{row.gpu_type or 'GPU'}" if row.gpu_num else ""
    cores = f"{row.core} cores" if row.core else ""
    return clean(" ".join(part for part in (cores, gpus) if part))
