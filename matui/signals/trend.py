"""The trend of a series."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite

TREND_POINTS = 50
_FLAT = 0.01  # of the greater of the two means


def find_trend(values: Sequence[float]) -> str:
    """Return ``↓``, ``↑`` or ``→``: the newer half of the last 50 values against the older half."""
    finite = [value for value in values[-TREND_POINTS:] if isfinite(value)]
    if len(finite) < 4:
        return ""
    half = len(finite) // 2
    before, after = sum(finite[:half]) / half, sum(finite[half:]) / (len(finite) - half)
    scale = max(abs(before), abs(after))
    if scale == 0 or abs(after - before) <= _FLAT * scale:
        return "→"
    return "↑" if after > before else "↓"
