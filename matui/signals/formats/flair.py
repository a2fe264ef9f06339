"""The evaluations of Flair."""

from __future__ import annotations

import re

from matui.signals.names import Value
from matui.signals.reading import LineReading

_LINE = re.compile(
    r"\b(?:DEV|TEST) : loss (?P<loss>\d[\d.]*(?:e-?\d+)?|nan|inf)"
    r"(?: - (?P<word>[a-z][\w-]*)(?: \([^)]*\))?\s+(?P<score>\d[\d.]*))?"
)
_SCORES = {"f1-score": "eval_f1", "accuracy": "eval_accuracy"}


def read_flair(line: str) -> LineReading | None:
    """Read ``DEV : loss 0.12 - f1-score (micro avg)  0.9012``."""
    match = _LINE.search(line)
    if match is None:
        return None
    values = [Value("eval_loss", float(match["loss"]))]
    if match["word"]:
        word = match["word"]
        values.append(Value(_SCORES.get(word, f"eval_{word}"), float(match["score"])))
    return LineReading(tuple(values))
