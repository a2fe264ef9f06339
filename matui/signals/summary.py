"""The summary of a training: its main loss, the trend of a series, values as JSON."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from math import isfinite

# The losses of GANs and of BasicSR have names without the word: D_A, G_GAN, l_pix.
_LOSS = re.compile(
    r"(?!(?:eval|evaluation|val|valid|validation|test|best)(?:[\W_]|\Z)|loss_?scal)"
    r"(?:.*loss\d?|(?:.*[/._])?loss[/_].+|l_\w+|[DG]_(?:A|B|GAN|L1|real|fake))",
    re.IGNORECASE,
)
_TOTAL = re.compile(r"total|overall|(?:^|_)all(?:_|$)", re.IGNORECASE)
TREND_POINTS = 50
_FLAT = 0.01  # of the greater of the two means


def find_main_loss(names: Iterable[str]) -> str | None:
    """Return ``loss``, else the first total among the losses of a training, else its first loss.

    Returns None where no name is that of a loss; the losses of validations are left out.
    """
    losses = [name for name in names if _LOSS.fullmatch(name)]
    if "loss" in losses:
        return "loss"
    return next(filter(_TOTAL.search, losses), losses[0] if losses else None)


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


def serialize_number(value: float) -> float | str:
    """Return a number that JSON can hold; NaN and the infinities are texts."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return value
