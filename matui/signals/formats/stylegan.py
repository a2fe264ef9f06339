"""StyleGAN 2 and 3, which count ticks of some thousand images."""

from __future__ import annotations

import re

from matui.signals.names import Value
from matui.signals.reading import LineReading

_TICK = re.compile(
    r"\btick (?P<step>\d+)\s+kimg (?P<kimg>\d[\d.]*)\s.*?\bsec/tick (?P<time>\d[\d.]*)"
    r"(?:.*?\bgpumem (?P<memory>\d[\d.]*))?(?:.*?\baugment (?P<augment>\d[\d.]*))?"
)


def read_stylegan(line: str) -> LineReading | None:
    """Read ``tick 12  kimg 48.4  time 12m 34s  sec/tick 101.2  gpumem 7.35``; a step is a tick."""
    match = _TICK.search(line)
    if match is None:
        return None
    values = [Value("kimg", float(match["kimg"])), Value("step_time", float(match["time"]), "s")]
    if match["memory"]:
        values.append(Value("memory_gib", float(match["memory"]), "GiB"))
    if match["augment"]:
        values.append(Value("augment", float(match["augment"])))
    return LineReading(tuple(values), int(match["step"]))
