"""Darknet, which trains YOLO up to version 4."""

from __future__ import annotations

import re

from matui.signals.names import Value
from matui.signals.reading import LineReading

_NUMBER = r"-?(?:\d[\d.]*|nan|inf)"
_LINE = re.compile(
    rf"(?<![\w.])(?P<step>\d+): (?P<loss>{_NUMBER}), {_NUMBER} avg loss, "
    r"(?P<rate>\d[\d.e-]*) rate, (?P<time>\d[\d.]*) seconds, \d+ images"
)


def read_darknet(line: str) -> LineReading | None:
    """Read ``100: 2.34, 2.45 avg loss, 0.001000 rate, 3.5 seconds, 6400 images``."""
    match = _LINE.search(line)
    if match is None:
        return None
    loss, rate, seconds = (float(match[name]) for name in ("loss", "rate", "time"))
    values = (Value("loss", loss), Value("learning_rate", rate), Value("step_time", seconds, "s"))
    return LineReading(values, int(match["step"]))
