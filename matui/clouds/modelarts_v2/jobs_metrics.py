"""What a task of a v2 training job consumes."""

from __future__ import annotations

from matui.clouds.modelarts_v2.jobs_models import MetricList
from matui.resources.detail import Series
from matui.text import clean

_LABELS = {
    "cpuUsage": "CPU",
    "memUsage": "Memory",
    "gpuUtil": "GPU",
    "gpuMemUsage": "GPU memory",
    "npuUtil": "NPU",
    "npuMemUsage": "NPU memory",
}


def task_series(metrics: MetricList, task: str) -> list[Series]:
    """Return a series for each metric: percent, one mean a minute, -1 where there is none."""
    return [
        Series(_LABELS.get(row.metric, clean(row.metric)), _points(row.value), "%", 60.0, clean(task))
        for row in metrics.metrics
        if row is not None and row.value
    ]


def _points(values: list[float | None]) -> tuple[float | None, ...]:
    return tuple(None if value is None or value < 0 else value for value in values)
