"""Sparks and bars."""

from __future__ import annotations

import math

import pytest

from matui.console.panes.rendering import draw_bar, draw_spark, format_used_percent


def test_the_greatest_is_full_and_the_least_is_low() -> None:
    drawn = draw_spark([0, 50, 100], 10)
    assert drawn.blocks == "▁▅█"
    assert drawn.format_caption() == "min 0  max 100  last 100"


def test_gaps_are_shown_and_not_invented() -> None:
    assert draw_spark([1, None, 3, math.nan], 10).blocks == "▁·█·"
    assert draw_spark([None, None], 10).format_caption() == "no data"
    assert draw_spark([], 10).blocks == ""


def test_a_long_series_keeps_its_peaks() -> None:
    points = [0.0] * 1000
    points[501] = 9.0
    drawn = draw_spark(points, 20)
    assert len(drawn.blocks) == 20
    assert "█" in drawn.blocks


def test_a_flat_or_huge_series_is_drawn_too() -> None:
    assert draw_spark([5, 5, 5], 10).blocks == "▄▄▄"
    assert draw_spark([-1e308, 1e308], 10).blocks == "▁█"


@pytest.mark.parametrize(
    ("used", "total", "drawn"),
    [(0, 10, "    "), (10, 10, "████"), (5, 10, "██  "), (99, 10, "████"), (1, None, "····"), (1, 0, "····")],
)
def test_a_bar_is_as_full_as_its_share(used: float, total: float | None, drawn: str) -> None:
    assert draw_bar(used, total, 4) == drawn


def test_a_little_is_never_shown_as_nothing() -> None:
    assert draw_bar(0.0001, 10, 4).strip()
    assert format_used_percent(1, 8) == "12%"
    assert format_used_percent(1, None) == "–"
    assert [format_used_percent(used, 1000) for used in (0, 0.5, 2, 10)] == ["0%", "<0.1%", "0.2%", "1%"]
