"""Values of signals as JSON can hold them."""

from __future__ import annotations

import math


def number_as_json(value: float) -> float | str:
    """Return a number that JSON can hold; NaN and the infinities are texts."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return value
