"""Marian: one line a display interval, one line a metric of a validation."""

from __future__ import annotations

import re

from matui.signals.names import Value, parse_number
from matui.signals.pairs import collect
from matui.signals.progress import RunProgress
from matui.signals.reading import LineReading

_LINE = re.compile(
    r"(?P<checked>\[valid\] )?\bEp\. (?P<epoch>\d[\d.]*) : Up\. (?P<step>[\d,]+) : (?P<rest>.*)"
)
_PAIR = re.compile(
    r"(?P<word>Cost|gNorm|L\.r\.) (?P<value>[-+]?(?:\d[\d.]*(?:e[-+]?\d+)?|nan|inf))|(?P<rate>[\d.]+) words/s"
)
_METRIC = re.compile(r"(?P<word>[\w-]+) : (?P<value>[-+]?(?:\d[\d.]*(?:e[-+]?\d+)?|nan|inf))")
_WORDS = {"Cost": "loss", "gNorm": "grad_norm", "L.r.": "learning_rate"}
_METRICS = {"cross-entropy": "eval_loss", "perplexity": "eval_perplexity"}


def read_marian(line: str) -> LineReading | None:
    """Read ``Ep. 1 : Up. 1000 : Sen. 64,230 : Cost 7.21 : Time 92.21s : 18144.71 words/s``.

    The cross-entropy of a validation is the loss of the evaluation; other metrics keep their name.
    """
    match = _LINE.search(line)
    if match is None:
        return None
    step = int(match["step"].replace(",", ""))
    progress = RunProgress(step, None, float(match["epoch"]))
    if match["checked"]:
        metric = _METRIC.match(match["rest"])
        number = None if metric is None else parse_number(metric["value"])
        if metric is None or number is None:
            return None
        return progress.reading((Value(_METRICS.get(metric["word"], f"eval_{metric['word']}"), number),))
    pairs = [
        ("tokens/s", pair["rate"]) if pair["rate"] else (_WORDS[pair["word"]], pair["value"])
        for pair in _PAIR.finditer(match["rest"])
    ]
    return progress.reading(collect(pairs))
