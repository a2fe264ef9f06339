"""Versions of training jobs to sections and metrics (5.1)."""

from __future__ import annotations

from matui.base.text.sanitize import clean
from matui.clouds.modelarts.v1.jobs.version_models import (
    ClassMetric,
    Setup,
    SystemMetrics,
    VersionRow,
    Volume,
    format_engine,
    format_flavor,
)
from matui.clouds.sections import (
    build_instant,
    build_section,
    format_millis,
    format_number,
    format_size,
    join_text,
    mask_command,
    mask_value,
)
from matui.clouds.wire_types import to_number, to_series
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


def map_version_metrics(version: VersionRow) -> Metrics:
    """Return the system's series and the model's gauges; both empty when the cloud has none yet."""
    classes = version.model_metric_list
    gauges = _map_values("Model", classes.total_metric.total_metric_values)
    for metric in classes.metric:
        gauges += _map_values(_get_class_name(metric), metric.metric_values) if metric is not None else ()
    return Metrics(_map_series(version.system_metric_list), gauges)


def _map_series(system: SystemMetrics) -> tuple[MetricSeries, ...]:
    step = system.interval * 60 if system.interval and system.interval > 0 else None
    return tuple(
        MetricSeries(label, tuple(points), unit, step, "System")
        for field, label, unit in _SYSTEM
        if (points := to_series(getattr(system, field)))
    )


def _get_class_name(metric: ClassMetric | None) -> str:
    meta = metric.metric_meta if metric else None
    name = (meta.class_name or str(meta.class_id)) if meta else ""
    return f"Class {clean(name)}".rstrip()


def _map_values(group: str, values: dict[str, object]) -> tuple[Gauge, ...]:
    numbers = ((name, to_number(value)) for name, value in values.items() if name != "id")
    return tuple(
        Gauge(clean(name).replace("_", " "), number, None, "", group)
        for name, number in numbers
        if number is not None
    )


def build_version_sections(version: VersionRow, resource: Resource) -> tuple[Section, ...]:
    """Return everything about a version; ``resource`` is the job or the version that was asked for."""
    return (
        *build_section("Overview", _build_overview(version, resource)),
        *build_resources_section(version),
        *build_data_section(version),
        *build_code_section(version),
        *build_parameters_section(version),
        *build_section("Metrics", _build_metrics(version)),
    )


def _build_overview(version: VersionRow, resource: Resource) -> list[DetailRow]:
    return [
        ("Name", clean(resource.get_text("job_name")) or resource.name),
        ("Job ID", clean(resource.id.split("/")[0])),
        ("Status", resource.status),
        ("Description", resource.get_text("description")),
        ("Version", clean(version.version_name)),
        ("Version ID", join_text(str(version.version_id))),
        ("Parent version", join_text(str(version.pre_version_id))),
        ("Versions", resource.get_text("version_count")),
        ("Created", build_instant(version.create_time)),
        ("Started", build_instant(version.start_time)),
        ("Duration", format_millis(version.duration)),
        ("Workspace", resource.workspace),
        ("Charged resource", clean(version.resource_id)),
    ]


def build_resources_section(setup: Setup) -> tuple[Section, ...]:
    """Return what a version or configuration runs on."""
    gpus = f"{setup.gpu_num} × {setup.gpu_type}" if setup.gpu_num and setup.gpu_type else ""
    return build_section(
        "Resources",
        (
            ("Flavor", format_flavor(setup)),
            ("Workers", format_number(setup.worker_server_num)),
            ("CPU cores", clean(setup.core)),
            ("Memory", join_text(setup.cpu, "GiB") if setup.cpu else ""),
            ("GPUs", clean(gpus) or format_number(setup.gpu_num)),
            ("Resource pool", join_text(setup.pool_name, f"({setup.pool_id})" if setup.pool_id else "")),
            ("Engine", join_text(setup.engine_name, format_engine(setup) if setup.engine_version else "")),
        ),
    )


def build_data_section(setup: Setup) -> tuple[Section, ...]:
    """Return where a version or configuration reads and writes."""
    sources = [
        ("Data source", join_text(source.data_url or source.dataset_id, source.dataset_version))
        for source in setup.data_source
        if source is not None
    ]
    nas = f"{setup.nas_share_addr} → {setup.nas_mount_path}" if setup.nas_share_addr else ""
    return build_section(
        "Data",
        (
            ("Dataset", join_text(setup.dataset_name or setup.dataset_id)),
            ("Dataset version", join_text(setup.dataset_version_name or setup.dataset_version_id)),
            ("Data", clean(setup.data_url)),
            *sources,
            ("Output", clean(setup.train_url)),
            ("Logs", clean(setup.log_url)),
            *(("Volume", _describe_volume(volume)) for volume in setup.volumes if volume is not None),
            ("Shared file system", clean(nas)),
        ),
    )


def _describe_volume(volume: Volume) -> str:
    mount = volume.nfs if volume.nfs.src_path else volume.host_path
    if not mount.src_path:
        return ""
    kind = "nfs" if volume.nfs.src_path else "host path"
    return clean(f"{mount.src_path} → {mount.dest_path} ({kind}{', read-only' if mount.read_only else ''})")


def build_code_section(setup: Setup) -> tuple[Section, ...]:
    """Return what a version or configuration runs."""
    return build_section(
        "Code",
        (
            ("Directory", clean(setup.app_url)),
            ("Boot file", clean(setup.boot_file_url)),
            ("Built-in algorithm", join_text(str(setup.model_id))),
            ("Image", clean(setup.user_image_url)),
            ("Command", mask_command(setup.user_command)),
        ),
    )


def build_parameters_section(setup: Setup) -> tuple[Section, ...]:
    """Return the running parameters, secrets masked."""
    given = [parameter for parameter in setup.parameter if parameter is not None]
    return build_section(
        "Parameters",
        ((clean(p.label), mask_value(p.label, p.value) + (" (needed)" if p.required else "")) for p in given),
    )


def _build_metrics(version: VersionRow) -> list[DetailRow]:
    metrics = map_version_metrics(version)
    gauges = [(f"{gauge.group} {gauge.label}", format_number(gauge.used)) for gauge in metrics.gauges]
    peaks = [
        (f"Peak {series.label}", _format_peak(max(known), series.unit))
        for series in metrics.series
        if (known := [point for point in series.points if point is not None])
    ]
    return [*gauges, *peaks]


def _format_peak(value: float, unit: str) -> str:
    return f"{format_size(value)}/s" if unit == "B/s" else format_number(value, unit)
