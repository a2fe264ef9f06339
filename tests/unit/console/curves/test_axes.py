"""The labels of a chart."""

from __future__ import annotations

from datetime import UTC
from math import inf, nan

import pytest

from matui.console.curves.axes import VALUE_CELLS, format_step, format_times, format_value, x_labels
from matui.console.curves.tracks import Window


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "–"),
        (nan, "NaN"),
        (-inf, "-Inf"),
        (0.0, "0"),
        (2.34567, "2.346"),
        (12_345.6, "12346"),
        (0.0000123, "1.23e-05"),
        (-1.234e9, "-1.23e+09"),
    ],
)
def test_values(value: float | None, text: str) -> None:
    assert format_value(value) == text
    assert len(text) <= VALUE_CELLS


@pytest.mark.parametrize(
    ("step", "text"), [(0, "0"), (99_999, "99999"), (100_000, "100k"), (2_500_000, "2.5M"), (3e12, "3T")]
)
def test_steps(step: float, text: str) -> None:
    assert format_step(step) == text


@pytest.mark.parametrize(("seconds", "text"), [(60, "00:00:00"), (3600, "00:00"), (200_000, "01-01 00:00")])
def test_times_are_as_exact_as_the_window_is_short(seconds: int, text: str) -> None:
    assert format_times(Window(0, seconds * 1000), UTC)(0) == text


def test_a_time_out_of_range_is_a_question_mark() -> None:
    assert format_times(Window(0, 1000), UTC)(1e20) == "?"


def test_the_middle_label_is_left_out_where_there_is_no_room() -> None:
    assert x_labels(Window(0, 100), 20, "step", UTC) == "0        50      100"
    assert x_labels(Window(0, 100), 8, "step", UTC) == "0    100"
