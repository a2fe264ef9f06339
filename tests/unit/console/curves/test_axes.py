"""The labels of a chart."""

from __future__ import annotations

from datetime import UTC
from math import inf, nan

import pytest

from matui.console.curves.axes import (
    VALUE_CELLS,
    build_value_labels,
    build_x_labels,
    format_at,
    format_step,
    format_times,
    format_value,
)
from matui.console.curves.canvas import Scale
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
    assert build_x_labels(Window(0, 100), 20, "step", UTC) == "0        50      100"
    assert build_x_labels(Window(0, 100), 8, "step", UTC) == "0    100"


@pytest.mark.parametrize(
    ("low", "high", "labels"),
    [
        (0.0, 10.0, ["10", "5", "0"]),
        (1e9, 1.00099e9, ["1.001e9", "1.0005e9", "1e9"]),
        (-1.00099e9, -1e9, ["-1e9", "-1.0005e9", "-1.001e9"]),
        (0.12345, 0.1234599, ["0.12346", "0.123455", "0.12345"]),
        (99.9991, 99.9995, ["99.9995", "99.9993", "99.9991"]),
    ],
)
def test_the_labels_of_values_that_lie_close_have_the_digits_that_differ(
    low: float, high: float, labels: list[str]
) -> None:
    shown = [label for label in build_value_labels(Scale(low, high), 5) if label]
    assert shown == labels
    assert all(len(label) <= VALUE_CELLS for label in shown)


def test_steps_that_lie_close_have_all_their_digits() -> None:
    assert build_x_labels(Window(1_234_567, 1_234_667), 40, "step", UTC).split() == [
        "1234567",
        "1234617",
        "1234667",
    ]
    assert build_x_labels(Window(0, 5_000_000), 40, "step", UTC).split() == ["0", "2.5M", "5M"]


def test_the_step_at_the_cursor_has_all_its_digits() -> None:
    assert format_at(1_234_600, "step", UTC) == "step 1234600"


@pytest.mark.parametrize(
    ("low", "high", "labels"),
    [
        (1e12, 1e12 + 300, ["+300", "+150", "1e12"]),
        (1.0, 1.0 + 1e-10, ["+1.00e-10", "+5.00e-11", "1"]),
        (-1e12 - 300, -1e12, ["+300", "+150", "-1e12"]),
    ],
)
def test_values_that_no_digits_distinguish_are_labelled_by_their_distance_from_the_lowest(
    low: float, high: float, labels: list[str]
) -> None:
    shown = [label for label in build_value_labels(Scale(low, high), 5) if label]
    assert shown == labels


def test_an_axis_without_values_has_no_labels() -> None:
    assert build_value_labels(None, 4) == ["", "", "", ""]


@pytest.mark.parametrize(
    ("window", "labels"),
    [
        (Window(4.5, 5.5), ["4.5", "5", "5.5"]),
        (Window(1, 8), ["1", "4.5", "8"]),
        (Window(100.0625, 100.1875), ["100.06", "100.12", "100.19"]),
    ],
)
def test_parts_of_steps_are_not_rounded_away(window: Window, labels: list[str]) -> None:
    assert build_x_labels(window, 60, "step", UTC).split() == labels


def test_times_within_seconds_have_milliseconds() -> None:
    assert build_x_labels(Window(1000, 1500), 60, "time", UTC).split() == [
        "00:00:01.000",
        "00:00:01.250",
        "00:00:01.500",
    ]


def test_times_since_the_start_are_as_exact_as_the_window_is_short() -> None:
    hour = 3_600_000
    assert build_x_labels(Window(0, 3 * hour), 60, "since", UTC).split() == ["0s", "1h30m", "3h00m"]
    assert build_x_labels(Window(hour, hour + 60_000), 60, "since", UTC).split() == [
        "1:00:00",
        "1:00:30",
        "1:01:00",
    ]
    assert format_at(hour + 62_000, "since", UTC) == "1:01:02"
