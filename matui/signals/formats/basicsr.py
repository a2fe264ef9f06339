"""BasicSR and its many descendants, whose losses have names of their own."""

from __future__ import annotations

import re

from matui.signals.names import Value, parse_number
from matui.signals.progress import RunProgress
from matui.signals.reading import LineReading

_LINE = re.compile(
    r"\[epoch:\s*(?P<epoch>\d+), iter:\s*(?P<step>[\d,]+), lr:\((?P<rate>[^,)]+)[^\]]*\]"
    r"(?: \[[^\]]*?(?:time \(data\): (?P<time>\d[\d.]*)[^\]]*)?\])?(?P<rest>.*)"
)
_LOSS = re.compile(r"\b(?P<name>[A-Za-z]\w{0,40}): (?P<value>[-+]?(?:\d[\d.]*(?:e[-+]?\d+)?|nan|inf))(?!\S)")
_SCORE = re.compile(r"# (?P<name>[a-z]\w{0,20}): (?P<value>\d[\d.]*)\s+Best: \d[\d.]* @ (?P<step>\d+) iter")


def read_basicsr(line: str) -> LineReading | None:
    """Read ``[train..][epoch:  0, iter:  5,000, lr:(1.0e-04,)] [eta: …] l_pix: 1.2e-02``; names stay."""
    match = _LINE.search(line)
    if match is None:
        score = _SCORE.search(line)
        return None if score is None else LineReading((Value(score["name"], float(score["value"])),))
    values = [Value(loss["name"], float(loss["value"])) for loss in _LOSS.finditer(match["rest"])]
    rate = parse_number(match["rate"])
    if rate is not None:
        values.append(Value("learning_rate", rate))
    if match["time"]:
        values.append(Value("step_time", float(match["time"]), "s"))
    step = int(match["step"].replace(",", ""))
    return RunProgress(step, None, float(match["epoch"])).reading(tuple(values))
