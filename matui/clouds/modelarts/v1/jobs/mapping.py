"""Training jobs and versions to resources, sections and metrics (5.1)."""

from __future__ import annotations

from collections.abc import Sequence

from matui.base.sanitize import clean
from matui.clouds.modelarts.mapping import CLOUD, Scope, build_resources, build_unreadable, parse_job_status
from matui.clouds.modelarts.v1.jobs.models import (
    ClassMetric,
    JobRow,
    JobVersion,
    Setup,
    SystemMetrics,
    VersionList,
    VersionRow,
    Volume,
)
from matui.clouds.rows import drop_empty, matching_id
from matui.clouds.sections import instant, join_text, mask_command, mask_value, millis, number, section, size
from matui.clouds.wire_types import to_number
from matui.resources.detail import Gauge, Metrics, MetricSeries, Row, Section
from matui.resources.model import Fact, Phase, RawPage, RawRecord, Resource


def job_resources(
    rows: Sequence[JobRow | None], scope: Scope, raw: RawPage, start: int
) -> tuple[Resource, ...]:
    """Map the rows of 5.1.2; ``start`` is the position of the first in the whole list."""
    return build_resources("jobs", rows, _job, scope, raw, start)


def _job(row: JobRow, scope: Scope, raw: RawRecord) -> Resource:
    status, phase = parse_job_status(row.status)
    facts: dict[str, Fact] = {}
    if row.version_id != "":
        facts["version_id"] = str(row.version_id)
    if row.version_count is not None:
        facts["version_count"] = row.version_count
    if row.job_desc:
        facts["description"] = clean(row.job_desc)
    return Resource(
        "jobs",
        str(row.job_id),
        clean(row.job_name) or str(row.job_id),
        status,
        phase,
        CLOUD,
        scope.profile,
        scope.workspace,
        "",
        row.create_time,
        None,
        row.duration,
        facts,
        raw,
    )


def newest_version(listed: VersionList) -> VersionRow | None:
    """Return the version that was made last, None when there is none."""
    rows = [row for row in listed.versions if row is not None]
    return max(rows, key=_creation_order, default=None)


def _creation_order(row: VersionRow) -> tuple[int, int]:
    text = str(row.version_id)
    return (row.create_time or 0, int(text) if text.isdecimal() and len(text) < 20 else 0)


def job_of_versions(listed: VersionList, job_id: str, scope: Scope, raw: RawRecord) -> Resource:
    """Make a job of its versions (5.1.5): the newest says how it is, the oldest when the job began."""
    newest = newest_version(listed) or VersionRow()
    status, phase = parse_job_status(newest.status)
    made = [row.create_time for row in listed.versions if row is not None and row.create_time]
    return Resource(
        kind="jobs",
        id=matching_id(job_id, listed.job_id),
        name=clean(listed.job_name) or clean(job_id),
        status=status,
        phase=phase,
        cloud=CLOUD,
        profile=scope.profile,
        workspace=scope.workspace,
        created_at=min(made, default=None),
        duration_ms=newest.duration,
        facts=_job_facts(listed, newest) | _end_fact(newest, phase),
        raw=raw,
    )


def _job_facts(listed: VersionList, newest: VersionRow) -> dict[str, Fact]:
    facts: dict[str, Fact] = {
        "version_id": str(newest.version_id),
        "version_name": clean(newest.version_name),
        "version_count": listed.version_count if listed.version_count is not None else len(listed.versions),
        "description": clean(listed.job_desc),
    }
    return {name: value for name, value in facts.items() if value != ""}


def _end_fact(row: VersionRow, phase: Phase) -> dict[str, Fact]:
    """Return the fact ``ended_at`` in ms since the epoch, where the version states its times."""
    begun = row.start_time if row.start_time is not None else row.create_time
    if begun is None or row.duration is None or not phase.ended:
        return {}
    return {"ended_at": begun + row.duration}


def version_resource(
    row: VersionRow, job_id: str, job_name: str, scope: Scope, raw: RawRecord, version_id: str = ""
) -> Resource:
    """Map one version of 5.1.3 or 5.1.5; the ids are those it was asked by."""
    status, phase = parse_job_status(row.status)
    wire_id = matching_id(version_id, row.version_id)
    if isinstance(row, JobVersion):
        job_id = matching_id(job_id, row.job_id)
    return Resource(
        kind="versions",
        id=f"{job_id}/{wire_id}",
        name=clean(row.version_name or wire_id),
        status=status,
        phase=phase,
        cloud=CLOUD,
        profile=scope.profile,
        workspace=scope.workspace,
        created_at=row.create_time,
        duration_ms=row.duration,
        facts=_version_facts(row, job_id, job_name, wire_id) | _end_fact(row, phase),
        raw=raw,
    )


def _version_facts(row: VersionRow, job_id: str, job_name: str, version_id: str) -> dict[str, Fact]:
    facts: dict[str, Fact] = {
        "job_id": job_id,
        "job_name": clean(job_name),
        "version_id": version_id,
        "version_name": clean(row.version_name),
        "pre_version_id": str(row.pre_version_id),
        "engine": engine(row),
        "flavor": flavor(row),
        "workers": row.worker_server_num,
        "pool": clean(row.pool_name or row.pool_id),
    }
    if isinstance(row, JobVersion):
        facts["description"] = clean(row.job_desc)
    return drop_empty(facts)


def version_resources(listed: VersionList, job_id: str, scope: Scope, raw: RawPage) -> tuple[Resource, ...]:
    """Map the versions of 5.1.5, newest first."""
    rows = list(enumerate(listed.versions))
    rows.sort(key=lambda pair: _creation_order(pair[1]) if pair[1] is not None else (0, 0), reverse=True)
    return tuple(
        version_resource(row, job_id, listed.job_name, scope, RawRecord(raw, (at,)))
        if row is not None and row.version_id != ""
        else build_unreadable("versions", scope, at, RawRecord(raw, (at,)))
        for at, row in rows
    )


def engine(row: Setup) -> str:
    """Return the engine a version runs on; its version says more than its name."""
    return clean(row.engine_version or row.engine_name or row.user_image_url)


def flavor(row: Setup) -> str:
    """Return the flavor's code, or what it holds when the answer has no code."""
    if row.spec_code:
        return clean(row.spec_code)
    gpus = f"{row.gpu_num}×{row.gpu_type or 'GPU'}" if row.gpu_num else ""
    cores = f"{row.core} cores" if row.core else ""
    return clean(" ".join(part for part in (cores, gpus) if part))


_SYSTEM = (
    ("cpu_usage", "CPU", "%"),
    ("mem_usage", "Memory", "%"),
    ("gpu_util", "GPU", "%"),
    ("gpu_mem_usage", "GPU memory", "%"),
    ("npu_util", "NPU", "%"),
    ("npu_mem_usage", "NPU memory", "%"),
    ("disk_read_rate", "Disk read", "B/s"),
    ("disk_write_rate", "Disk write", "B/s"),
    ("recv_bytes_rate", "Received", "B/s"),
    ("send_bytes_rate", "Sent", "B/s"),
)


def version_metrics(version: VersionRow) -> Metrics:
    """Return the system's series and the model's gauges; both empty when the cloud has none yet."""
    classes = version.model_metric_list
    gauges = _values("Model", classes.total_metric.total_metric_values)
    for metric in classes.metric:
        gauges += _values(_class_name(metric), metric.metric_values) if metric is not None else ()
    return Metrics(_series(version.system_metric_list), gauges)


def _series(system: SystemMetrics) -> tuple[MetricSeries, ...]:
    step = system.interval * 60 if system.interval and system.interval > 0 else None
    return tuple(
        MetricSeries(label, tuple(points), unit, step, "System")
        for field, label, unit in _SYSTEM
        if (points := getattr(system, field))
    )


def _class_name(metric: ClassMetric | None) -> str:
    meta = metric.metric_meta if metric else None
    name = (meta.class_name or str(meta.class_id)) if meta else ""
    return f"Class {clean(name)}".rstrip()


def _values(group: str, values: dict[str, object]) -> tuple[Gauge, ...]:
    numbers = ((name, to_number(value)) for name, value in values.items() if name != "id")
    return tuple(
        Gauge(clean(name).replace("_", " "), number, None, "", group)
        for name, number in numbers
        if number is not None
    )


def version_sections(version: VersionRow, resource: Resource) -> tuple[Section, ...]:
    """Return everything about a version; ``resource`` is the job or the version that was asked for."""
    return (
        *section("Overview", _overview(version, resource)),
        *resources_section(version),
        *data_section(version),
        *code_section(version),
        *parameters_section(version),
        *section("Metrics", _metrics(version)),
    )


def _overview(version: VersionRow, resource: Resource) -> list[Row]:
    return [
        ("Name", clean(resource.text_fact("job_name")) or resource.name),
        ("Job ID", clean(resource.id.split("/")[0])),
        ("Status", resource.status),
        ("Description", resource.text_fact("description")),
        ("Version", clean(version.version_name)),
        ("Version ID", join_text(str(version.version_id))),
        ("Made from version", join_text(str(version.pre_version_id))),
        ("Versions", resource.text_fact("version_count")),
        ("Created", instant(version.create_time)),
        ("Started", instant(version.start_time)),
        ("Duration", millis(version.duration)),
        ("Workspace", resource.workspace),
        ("Charged resource", clean(version.resource_id)),
    ]


def resources_section(setup: Setup) -> tuple[Section, ...]:
    """Return what a version or configuration runs on."""
    gpus = f"{setup.gpu_num} × {setup.gpu_type}" if setup.gpu_num and setup.gpu_type else ""
    return section(
        "Resources",
        (
            ("Flavor", flavor(setup)),
            ("Workers", number(setup.worker_server_num)),
            ("CPU cores", clean(setup.core)),
            ("Memory", join_text(setup.cpu, "GiB") if setup.cpu else ""),
            ("GPUs", clean(gpus) or number(setup.gpu_num)),
            ("Resource pool", join_text(setup.pool_name, f"({setup.pool_id})" if setup.pool_id else "")),
            ("Engine", join_text(setup.engine_name, engine(setup) if setup.engine_version else "")),
        ),
    )


def data_section(setup: Setup) -> tuple[Section, ...]:
    """Return where a version or configuration reads and writes."""
    sources = [
        ("Data source", join_text(source.data_url or source.dataset_id, source.dataset_version))
        for source in setup.data_source
        if source is not None
    ]
    nas = f"{setup.nas_share_addr} → {setup.nas_mount_path}" if setup.nas_share_addr else ""
    return section(
        "Data",
        (
            ("Dataset", join_text(setup.dataset_name or setup.dataset_id)),
            ("Dataset version", join_text(setup.dataset_version_name or setup.dataset_version_id)),
            ("Data", clean(setup.data_url)),
            *sources,
            ("Output", clean(setup.train_url)),
            ("Logs", clean(setup.log_url)),
            *(("Volume", _volume(volume)) for volume in setup.volumes if volume is not None),
            ("Shared file system", clean(nas)),
        ),
    )


def _volume(volume: Volume) -> str:
    mount = volume.nfs if volume.nfs.src_path else volume.host_path
    if not mount.src_path:
        return ""
    kind = "nfs" if volume.nfs.src_path else "host path"
    return clean(f"{mount.src_path} → {mount.dest_path} ({kind}{', read-only' if mount.read_only else ''})")


def code_section(setup: Setup) -> tuple[Section, ...]:
    """Return what a version or configuration runs."""
    return section(
        "Code",
        (
            ("Directory", clean(setup.app_url)),
            ("Boot file", clean(setup.boot_file_url)),
            ("Built-in algorithm", join_text(str(setup.model_id))),
            ("Image", clean(setup.user_image_url)),
            ("Command", mask_command(setup.user_command)),
        ),
    )


def parameters_section(setup: Setup) -> tuple[Section, ...]:
    """Return the running parameters, secrets masked."""
    given = [parameter for parameter in setup.parameter if parameter is not None]
    return section(
        "Parameters",
        ((clean(p.label), mask_value(p.label, p.value) + (" (needed)" if p.required else "")) for p in given),
    )


def _metrics(version: VersionRow) -> list[Row]:
    metrics = version_metrics(version)
    gauges = [(f"{gauge.group} {gauge.label}", number(gauge.used)) for gauge in metrics.gauges]
    peaks = [
        (f"Peak {series.label}", _peak(max(known), series.unit))
        for series in metrics.series
        if (known := [point for point in series.points if point is not None])
    ]
    return [*gauges, *peaks]


def _peak(value: float, unit: str) -> str:
    return f"{size(value)}/s" if unit == "B/s" else number(value, unit)
