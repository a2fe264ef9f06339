"""What a version consumed and how good its model is (5.1.3)."""

from __future__ import annotations

from matui.clouds.lenient import to_number
from matui.clouds.modelarts.jobs_models import ClassMetric, SystemMetrics, VersionRow
from matui.resources.detail import Gauge, Metrics, Series
from matui.text import clean

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


def _series(system: SystemMetrics) -> tuple[Series, ...]:
    step = system.interval * 60 if system.interval and system.interval > 0 else None
    return tuple(
        Series(label, tuple(points), unit, step, "System")
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
