"""Metrics of fine-tuning jobs."""

from __future__ import annotations

from typing import Any

import pytest

from matui.clouds.modelarts.v2.jobs.ft_metrics import FtMetrics, build_ft_series, read_points


@pytest.mark.parametrize(
    ("given", "values"),
    [
        (None, []),
        ("no JSON", []),
        ([1, "2", None, 3.5], [1, 2, 3.5]),
        ([[10, 0.5], [20, 0.25]], [0.5, 0.25]),
        ([{"step": 1, "loss": 0.5}, {"step": 2, "loss": "0.25"}], [0.5, 0.25]),
    ],
)
def test_points_are_read_in_each_form(given: Any, values: list[float]) -> None:
    points = [value for _at, value in read_points(given, value="loss") if value is not None]
    assert points == values


def test_a_plain_loss_is_a_series() -> None:
    (series,) = build_ft_series(FtMetrics.model_validate({"loss": [3.0, 2.0]}))
    assert (series.label, series.points) == ("loss", (3.0, 2.0))


def test_a_typed_loss_replaces_the_plain_one() -> None:
    typed = {"name_en": "loss", "type": "line", "data": [5.0, 4.0]}
    reply = FtMetrics.model_validate({"loss": [3.0, 2.0], "data": {"metrics": [typed]}})
    assert [series.points for series in build_ft_series(reply)] == [(5.0, 4.0)]


def test_a_metric_that_is_not_a_line_is_left_out() -> None:
    typed = {"name_en": "table", "type": "table", "data": [1]}
    assert build_ft_series(FtMetrics.model_validate({"data": {"metrics": [typed]}})) == ()
