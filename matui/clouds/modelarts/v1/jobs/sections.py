"""Versions of training jobs to sections and metrics (5.1)."""

from __future__ import annotations

from matui.base.sanitize import clean
from matui.clouds.modelarts.v1.jobs.version_mapping import engine, flavor
from matui.clouds.modelarts.v1.jobs.version_models import (
    ClassMetric,
    Setup,
    SystemMetrics,
    VersionRow,
    Volume,
)
from matui.clouds.sections import instant, join_text, mask_command, mask_value, millis, number, section, size
from matui.clouds.wire_types import to_number
from matui.resources.detail import DetailRow, Gauge, Metrics, MetricSeries, Section
from matui.resources.model import Resource

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


def _overview(version: VersionRow, resource: Resource) -> list[DetailRow]:
    return [
        ("Name", clean(resource.text_fact("job_name")) or resource.name),
        ("Job ID", clean(resource.id.split("/")[0])),
        ("Status", resource.status),
        ("Description", resource.text_fact("description")),
        ("Version", clean(version.version_name)),
        ("Version ID", join_text(str(version.version_id))),
        ("Parent version", join_text(str(version.pre_version_id))),
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


def _metrics(version: VersionRow) -> list[DetailRow]:
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
