"""Metrics as lines: bars, quotas, rates."""

from __future__ import annotations

from math import inf

import pytest

from matui.base.text.cells import measure_width
from matui.console.panes.rendering import render_metrics
from matui.resources.detail import Gauge, Metrics, MetricSeries


def render_line(gauge: Gauge, width: int = 78) -> str:
    return "".join(text for text, _style in render_metrics(Metrics(gauges=(gauge,)), width)[-1]).rstrip()


@pytest.mark.parametrize(
    ("gauge", "says"),
    [
        (Gauge("Quota", 5, 10, "minutes"), "5 of 10 minutes  50%"),
        (Gauge("Quota", None, 10, "minutes"), "– of 10 minutes"),
        (Gauge("Quota", 5, inf, "minutes"), "5 of unlimited minutes"),
        (Gauge("Quota", None, inf), "unlimited"),
        (Gauge("Quota", None, None), "–"),
        (Gauge("Memory", 2048, 8192, "MB"), "2.0 GiB of 8.0 GiB  25%"),
        (Gauge("  rate", 0.123456, None, "calls/s"), "0.1235 calls/s"),
        (Gauge("GPU", 0, 0, "GPUs"), "0 of 0 GPUs"),
    ],
)
def test_a_gauge_says_used_of_total(gauge: Gauge, says: str) -> None:
    assert render_line(gauge).endswith(says)
    assert render_line(gauge).split()[0] == gauge.label.strip()


@pytest.mark.parametrize(
    ("gauge", "style"),
    [
        (Gauge("CPU", 1, 10), "good"),
        (Gauge("CPU", 7.9, 10), "good"),
        (Gauge("CPU", 8, 10), "warning"),
        (Gauge("CPU", 9.5, 10), "warning"),
        (Gauge("Nodes", 9.5, 10, sense="free"), "good"),
        (Gauge("Nodes", 0.5, 10, sense="free"), "warning"),
        (Gauge("Failed", 1, 10, sense="bad"), "error"),
        (Gauge("Failed", 0, 10, sense="bad"), "good"),
    ],
)
def test_the_colour_says_whether_it_is_bad(gauge: Gauge, style: str) -> None:
    assert render_metrics(Metrics(gauges=(gauge,)), 80)[0][1][1] == style


def test_no_line_is_wider_than_the_pane() -> None:
    long = Gauge("ExeML training duration (image classification, object detection)", 5, 10, "minute")
    for width in (30, 60, 78, 120):
        assert len(render_line(long, width)) <= max(width, 66)


def test_the_figures_of_a_series_are_not_cut() -> None:
    series = (
        MetricSeries("CPU", tuple(map(float, range(60))), "%", 60),
        MetricSeries("Received", tuple(x * 173_333.0 for x in range(60)), "B/s", 60),
    )
    lines = ["".join(text for text, _style in line) for line in render_metrics(Metrics(series=series), 78)]
    assert all(line.endswith("60 min") for line in lines)
    assert max(map(measure_width, lines)) <= 78
