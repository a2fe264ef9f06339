"""The labels of a chart: values with three or four digits, steps and times. Pure."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import datetime, tzinfo

from matui.base.text.formatting import format_duration
from matui.console.curves.canvas import Scale
from matui.console.curves.tracks import Window, XAxis

VALUE_CELLS = 9
_DIGITS = 4
_FEW_STEPS, _FEW_SECONDS = 10, 5
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


def _format_part_of_steps(window: Window) -> Callable[[float], str]:
    """Return how steps are written where few are in view: with the decimals that tell them apart."""
    decimals = max(1, 1 - math.floor(math.log10(window.high - window.low)))
    return lambda step: f"{step:.{decimals}f}".rstrip("0").rstrip(".")


def format_times(window: Window, zone: tzinfo | None) -> Callable[[float], str]:
    """Return how times (ms since the epoch) in a window are written: with ms, seconds, or the day."""
    span_s = (window.high - window.low) / 1000
    form = "%H:%M:%S" if span_s < 600 else "%H:%M" if span_s < 72_000 else "%m-%d %H:%M"
    cut = None
    if span_s < _FEW_SECONDS:
        form, cut = "%H:%M:%S.%f", -3

    def show(ms: float) -> str:
        try:
            return datetime.fromtimestamp(ms / 1000, zone).strftime(form)[:cut]
        except (OverflowError, OSError, ValueError):
            return "?"

    return show


def format_x(window: Window, axis: XAxis, zone: tzinfo | None) -> Callable[[float], str]:
    """Return how the x of a window are written; steps with all digits where few are in view."""
    if axis == "time":
        return format_times(window, zone)
    if axis == "since":
        return _format_since if window.high - window.low < 600_000 <= window.high else _format_span
    if 0 < window.high - window.low < _FEW_STEPS:
        return _format_part_of_steps(window)
    is_narrow = window.high - window.low < _NARROW * abs(window.high)
    return (lambda step: f"{step:.0f}") if is_narrow else format_step


def format_at(x: float, axis: XAxis, zone: tzinfo | None) -> str:
    """Return an x in full."""
    if axis == "step":
        return f"step {x:.0f}"
    return _format_since(x) if axis == "since" else format_times(Window(x, x + 1000 * _FEW_SECONDS), zone)(x)


def _format_span(ms: float) -> str:
    return format_duration(ms / 1000)


def _format_since(ms: float) -> str:
    """Return a time since the start with seconds: ``1:02:03``, below ten minutes ``4m32s``."""
    minutes, seconds = divmod(int(ms / 1000), 60)
    return _format_span(ms) if minutes < 10 else f"{minutes // 60}:{minutes % 60:02d}:{seconds:02d}"


def build_value_labels(scale: Scale | None, height: int) -> list[str]:
    """Return the label of each row, ``""`` for most: the ends, and one to three between them."""
    labels = [""] * height
    if scale is None:
        return labels
    count = 2 if height < 5 else 3 if height < 9 else 5
    values = [scale.compute_value(1 - number / (count - 1)) for number in range(count)]
    for number, text in enumerate(_format_apart(values)):
        labels[round(number * (height - 1) / (count - 1)) if height > 1 else 0] = text
    return labels


def _format_apart(values: Sequence[float]) -> list[str]:
    """Return values, the greatest first, with the fewest digits, at least four, by which they differ.

    Where none that fit are enough, it is the lowest, and how far the others lie above it.
    """
    texts = [format_value(value) for value in values]
    for digits in range(_DIGITS + 1, 9):
        if len(set(texts)) == len(texts):
            break
        longer = [format_value(value, digits) for value in values]
        if max(map(len, longer)) > VALUE_CELLS:
            break
        texts = longer
    above = [f"+{format_value(value - values[-1])}" for value in values[:-1]]
    if len(set(texts)) < len(texts) and len({"+0", *above}) == len(texts):
        return [*above, format_value(values[-1], 8).replace("e+", "e")]
    return texts


def build_x_labels(window: Window, width: int, axis: XAxis, zone: tzinfo | None) -> str:
    """Return the line under the canvas: labels at the left, in the middle and at the right."""
    show = format_x(window, axis, zone)
    left, right = show(window.low), show(window.high)
    middle = show((window.low + window.high) / 2)
    line = left.ljust(width)[:width]
    start = (width - len(middle)) // 2
    if width > len(left) + len(middle) + len(right) + 4:
        line = line[:start] + middle + line[start + len(middle) :]
    return line[: max(0, width - len(right))] + right[:width]
