"""The labels of a chart: values with three or four digits, steps and times. Pure."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import datetime, tzinfo

from matui.base.formatting import format_duration
from matui.console.curves.canvas import Scale
from matui.console.curves.tracks import Window, XAxis

VALUE_CELLS = 9
_DIGITS = 4
_NARROW = 0.05  # of the steps there are: below, thousands do not tell labels apart
_THOUSANDS = ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"))


def format_value(value: float | None, digits: int = _DIGITS) -> str:
    """Return a value with up to ``digits`` significant digits in at most nine cells; ``–`` for None."""
    if value is None:
        return "–"
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Inf" if value > 0 else "-Inf"
    if abs(value) >= 1e6:
        text = f"{value:.{digits - 1}g}"
        return text if digits <= _DIGITS else text.replace("e+0", "e").replace("e+", "e")
    if value and abs(value) < 1e-3:
        return f"{value:.{digits - 2}e}"
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
    """Return how the x of a window are written; steps with all digits where few are in view."""
    if axis == "time":
        return format_times(window, zone)
    if axis == "since":
        return lambda ms: format_duration(ms / 1000)
    is_narrow = window.high - window.low < _NARROW * abs(window.high)
    return (lambda step: f"{step:.0f}") if is_narrow else format_step


def format_at(x: float, axis: XAxis, zone: tzinfo | None) -> str:
    """Return an x in full."""
    return f"step {x:.0f}" if axis == "step" else format_x(Window(x, x), axis, zone)(x)


def value_labels(scale: Scale, height: int) -> list[str]:
    """Return the label of each row, ``""`` for most: the ends, and one to three between them."""
    labels = [""] * height
    count = 2 if height < 5 else 3 if height < 9 else 5
    values = [scale.value(1 - number / (count - 1)) for number in range(count)]
    for number, text in enumerate(_format_apart(values)):
        labels[round(number * (height - 1) / (count - 1)) if height > 1 else 0] = text
    return labels


def _format_apart(values: Sequence[float]) -> list[str]:
    """Return values with the fewest digits, at least four, by which they differ and still fit."""
    texts = [format_value(value) for value in values]
    for digits in range(_DIGITS + 1, 9):
        if len(set(texts)) == len(texts):
            break
        longer = [format_value(value, digits) for value in values]
        if max(map(len, longer)) > VALUE_CELLS:
            break
        texts = longer
    return texts


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
