"""veRL: one line a step, its numbers with ``-`` between them."""

from __future__ import annotations

import re

from matui.signals.names import parse_number
from matui.signals.pairs import collect
from matui.signals.progress import RunProgress
from matui.signals.reading import LineReading

_STEP = re.compile(r"(?<![\w/.])step:(?P<step>\d+) - (?P<rest>\S+:.*)")
_WRAPPED = re.compile(r"^np\.\w+\(")


def read_verl(line: str) -> LineReading | None:
    """Read ``step:10 - actor/pg_loss:0.01 - actor/lr:1e-06 - perf/throughput:500.5``."""
    match = _STEP.search(line)
    if match is None:
        return None
    texts: dict[str, str] = {}
    for part in match["rest"].split(" - "):
        word, _, text = part.rpartition(":")
        texts.setdefault(word, _WRAPPED.sub("", text))
    values = collect(texts.items())
    epoch = parse_number(texts.get("training/epoch", ""))
    return RunProgress(int(match["step"]), None, epoch).reading(values)
