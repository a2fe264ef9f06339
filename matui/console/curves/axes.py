"""The labels of a chart: values with three or four digits, steps and times. Pure."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import datetime, tzinfo

from matui.base.formatting import format_duration
from matui.console.curves.canvas import Scale
from matui.console.curves.tracks import Window, XAxis

VALUE_CELLS = 9
_THOUSANDS = ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"))


def format_value(value: float | None, digits: int = 4) -> str:
    """Return a value with up to ``digits`` significant digits in at most nine cells; ``–`` for None."""
    if value is None:
        return "–"
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Inf" if value > 0 else "-Inf"
    if value and (abs(value) >= 1e6 or abs(value) < 1e-3):
        return f"{value:.{digits - 1}g}" if abs(value) >= 1e6 else f"{value:.{digits - 2}e}"
    return f"{value:.{digits}g}" if abs(value) < 10_000 else f"{value:.0f}"


def format_step(step: float) -> str:
    """Return a step: all digits up to 99,999, else in thousands or millions."""
    if abs(step) < 100_000:
        return f"{step:.0f}"
    size, letter = next((size, letter) for size, letter in _THOUSANDS if abs(step) >= size)
    return f"{step / size:.4g}{letter}"


def format_times(window: Window, zone: tzinfo | None) -> Callable[[float], str]:
    """Return how times (ms since the epoch) in a window are written: with seconds, or with the day."""
    span_s = (window.high - window.low) / 1000
    form = "%H:%M:%S" if span_s < 600 else "%H:%M" if span_s < 72_000 else "%m-%d %H:%M"

    def show(ms: float) -> str:
        try:
            return datetime.fromtimestamp(ms / 1000, zone).strftime(form)
        except (OverflowError, OSError, ValueError):
            return "?"

    return show


def format_x(window: Window, axis: XAxis, zone: tzinfo | None) -> Callable[[float], str]:
    """Return how the x of a window are written."""
    if axis == "time":
        return format_times(window, zone)
    return format_step if axis == "step" else lambda ms: format_duration(ms / 1000)


def value_labels(scale: Scale, height: int) -> list[str]:
    """Return the label of each row, ``""`` for most: the ends, and one to three between them."""
    labels = [""] * height
    count = 2 if height < 5 else 3 if height < 9 else 5
    for number in range(count):
        row = round(number * (height - 1) / (count - 1)) if height > 1 else 0
        labels[row] = format_value(scale.value(1 - number / (count - 1)), 4)
    return labels


def x_labels(window: Window, width: int, axis: XAxis, zone: tzinfo | None) -> str:
    """Return the line under the canvas: labels at the left, in the middle and at the right."""
    show = format_x(window, axis, zone)
    left, right = show(window.low), show(window.high)
    middle = show((window.low + window.high) / 2)
    line = left.ljust(width)[:width]
    start = (width - len(middle)) // 2
    if width > len(left) + len(middle) + len(right) + 4:
        line = line[:start] + middle + line[start + len(middle) :]
    return line[: max(0, width - len(right))] + right[:width]
