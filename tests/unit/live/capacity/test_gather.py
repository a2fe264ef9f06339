"""What shows waste and full quotas in metrics."""

from __future__ import annotations

import math

import pytest

from matui.live.capacity.gather import compute_mean_card_use, has_full_quota
from matui.resources.detail import Gauge, Metrics, MetricSeries


def make_series(label: str, *points: float | None, interval_s: float | None = 60.0) -> MetricSeries:
    return MetricSeries(label, points, "%", interval_s)


@pytest.mark.parametrize(
    ("metrics", "percent"),
    [
        (Metrics((make_series("GPU", *([2.0] * 30)), make_series("GPU", *([4.0] * 30)))), 3.0),
        (Metrics((make_series("NPU", *([90.0] * 10), *([1.0] * 30)),)), 1.0),
        (Metrics((make_series("GPU", *([0.0] * 10)),)), None),
        (Metrics((make_series("CPU", *([0.0] * 60)),)), None),
        (Metrics((make_series("GPU", *([None] * 30)),)), None),
        (Metrics((make_series("GPU", *([1.0] * 60), interval_s=None),)), None),
        (Metrics(), None),
    ],
)
def test_the_mean_use_of_cards_in_the_last_half_hour(metrics: Metrics, percent: float | None) -> None:
    assert compute_mean_card_use(metrics) == percent


@pytest.mark.parametrize(
    ("label", "used", "total", "full"),
    [
        ("Training jobs, GPU", 8, 8, True),
        ("Training jobs, GPU", 7, 8, False),
        ("训练作业", 9, 8, True),
        ("Notebook GPU", 8, 8, False),
        ("Training jobs", 8, math.inf, False),
        ("Training jobs", None, 8, False),
        ("Training jobs", 0, 0, False),
    ],
)
def test_a_quota_of_training_that_is_used_up(
    label: str, used: float | None, total: float, full: bool
) -> None:
    assert has_full_quota(Metrics(gauges=(Gauge(label, used, total),))) is full
