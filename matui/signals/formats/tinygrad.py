"""The examples of tinygrad, which write each number before its word."""

from __future__ import annotations

import re

from matui.signals.names import Value
from matui.signals.pairs import collect
from matui.signals.reading import LineReading

_LINE = re.compile(r"(?<![\w.])(?P<step>\d+)\s+(?P<time>\d[\d.]*) (?P<unit>m?s) run,(?P<rest>.*)")
_PAIR = re.compile(
    r"(?<![\w.])(?P<value>[-+]?(?:\d[\d.]*(?:[eE][-+]?\d+)?|nan|inf)) (?P<word>loss|acc|LR|GB used)\b"
)


def read_tinygrad(line: str) -> LineReading | None:
    """Read ``12  456.78 ms run, 12.34 ms python, 5.67 loss, 0.000100 LR, 3.21 GB used``."""
    match = _LINE.search(line)
    if match is None:
        return None
    pairs = {pair["word"]: pair["value"] for pair in _PAIR.finditer(match["rest"])}
    if "GB used" in pairs:
        pairs["gpu_memory"] = f"{pairs['GB used']} GB"
    values = collect(pairs.items())
    timed = Value("step_time", float(match["time"]) * (0.001 if match["unit"] == "ms" else 1.0), "s")
    return LineReading((*values, timed), int(match["step"])) if values else None
