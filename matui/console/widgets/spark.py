"""A series as one line of blocks, and how full something is as a bar. Pure text."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from matui.text import short_count

_BLOCKS = "▁▂▃▄▅▆▇█"
_EIGHTHS = " ▏▎▍▌▋▊▉"
GAP_SIGN = "·"

Point = float | None


@dataclass(frozen=True, slots=True)
class Spark:
    """A series in ``blocks``, one cell a point, with what its least, greatest and last value are."""

    blocks: str
    least: float | None
    most: float | None
    last: float | None

    def caption(self, show: Callable[[float], str] = short_count) -> str:
        """Return the three numbers as words, or ``no data``."""
        if self.least is None or self.most is None or self.last is None:
            return "no data"
        return f"min {show(self.least)}  max {show(self.most)}  last {show(self.last)}"


def spark(points: Sequence[Point], width: int) -> Spark:
    """Draw a series in at most ``width`` cells, its newest points at the right; a gap is a dot."""
    finite = [_finite(point) for point in points]
    values = [point for point in finite if point is not None]
    if not values or width <= 0:
        return Spark(GAP_SIGN * min(width, len(finite)), None, None, None)
    least, most = min(values), max(values)
    shown = _squeezed(finite, width)
    blocks = "".join(GAP_SIGN if point is None else _block(point, least, most) for point in shown)
    return Spark(blocks, least, most, values[-1])


def bar(used: float | None, total: float | None, width: int) -> str:
    """Draw ``used`` of ``total`` in ``width`` cells; all dots when either is unknown, full when above."""
    share = _share(used, total)
    if share is None:
        return GAP_SIGN * width
    eighths = round(share * width * 8)
    if used and not eighths:
        eighths = 1
    full, rest = divmod(eighths, 8)
    return ("█" * full + (_EIGHTHS[rest] if rest else "")).ljust(width)[:width]


def percent(used: float | None, total: float | None) -> str:
    """Return how much of ``total`` is used, ``–`` when that is unknown."""
    used, total = _finite(used), _finite(total)
    return f"{100 * used / total:.0f}%" if used is not None and total else "–"


def _share(used: float | None, total: float | None) -> float | None:
    used, total = _finite(used), _finite(total)
    if used is None or total is None or total <= 0:
        return None
    return min(1.0, max(0.0, used / total))


def _finite(point: Point) -> Point:
    return point if point is not None and math.isfinite(point) else None


def _squeezed(points: Sequence[Point], width: int) -> list[Point]:
    """Keep the peak of neighbours where there are more points than cells."""
    if len(points) <= width:
        return list(points)
    bounds = [index * len(points) // width for index in range(width + 1)]
    groups = (points[low:high] for low, high in pairwise(bounds))
    return [max((point for point in group if point is not None), default=None) for group in groups]


def _block(point: float, least: float, most: float) -> str:
    if most == least:
        return _BLOCKS[0] if most == 0 else _BLOCKS[3]
    # Halved first: the span of two huge numbers may be beyond what a float holds.
    share = (point / 2 - least / 2) / (most / 2 - least / 2)
    return _BLOCKS[min(7, int(share * 8))]
