"""CycleGAN and pix2pix, whose losses have names of their own."""

from __future__ import annotations

import re

from matui.signals.names import Value
from matui.signals.progress import RunProgress
from matui.signals.reading import LineReading

_LINE = re.compile(r"\(epoch: (?P<epoch>\d+), iters: (?P<step>\d+), time: [\d.]+[^)]*\)(?P<rest>.*)")
_LOSS = re.compile(r"\b(?P<name>[A-Za-z]\w{0,40}): (?P<value>-?\d[\d.]*(?:e-?\d+)?|-?(?:nan|inf))(?!\S)")


def read_cyclegan(line: str) -> LineReading | None:
    """Read ``(epoch: 1, iters: 100, time: 0.12, data: 0.01) D_A: 0.25 G_A: 0.31``; each name stays."""
    match = _LINE.search(line)
    if match is None:
        return None
    values = tuple(Value(loss["name"], float(loss["value"])) for loss in _LOSS.finditer(match["rest"]))
    return RunProgress(int(match["step"]), None, float(match["epoch"])).reading(values)
