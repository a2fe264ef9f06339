"""The trend of a series."""

from __future__ import annotations

from math import inf, nan

import pytest

from matui.signals.trend import TREND_POINTS, find_trend


@pytest.mark.parametrize(
    ("values", "arrow"),
    [
        ((), ""),
        ((1.0, 2.0, 3.0), ""),
        ((1.0, 2.0, 3.0, 4.0), "↑"),
        ((4.0, 3.0, 2.0, 1.0), "↓"),
        ((2.0, 2.0, 2.01, 2.01), "→"),
        ((0.0, 0.0, 0.0, 0.0), "→"),
        ((-1.0, -1.0, 1.0, 1.0), "↑"),
        ((nan, inf, 1.0, 2.0, 3.0), ""),
    ],
)
def test_the_newer_half_is_compared_with_the_older(values: tuple[float, ...], arrow: str) -> None:
    assert find_trend(values) == arrow


def test_only_the_last_values_count() -> None:
    assert find_trend([9.0] * 500 + [1.0] * TREND_POINTS) == "→"
