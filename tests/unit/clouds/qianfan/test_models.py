"""Qianfan's times and percentages."""

from __future__ import annotations

import pytest

from matui.clouds.qianfan.models import parse_beijing_ms as qianfan_ms
from matui.clouds.wire_types import to_percent


@pytest.mark.parametrize(
    ("told", "ms"),
    [
        ("2023-05-05 00:00:00", 1_683_216_000_000),
        ("2023-05-04T16:00:00Z", 1_683_216_000_000),
        (1_683_216_000, 1_683_216_000_000),
        ("1683216000000", 1_683_216_000_000),
        ("0000-00-00 00:00:00", None),
        ("0000-00-00T00:00:00Z", None),
        ("", None),
        (None, None),
        (0, None),
        ([], None),
        ("9999-99-99", None),
    ],
)
def test_qianfans_times(told: object, ms: int | None) -> None:
    assert qianfan_ms(told) == ms


@pytest.mark.parametrize(
    ("told", "number"), [("51%", 51), ("33.25 %", 33.25), (99, 99), ("", None), ("%", None), ({}, None)]
)
def test_percentages(told: object, number: float | None) -> None:
    assert to_percent(told) == number
