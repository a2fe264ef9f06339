"""Blocks of Composer and OLMo: a line with the step, and then a line for each value."""

from __future__ import annotations

import re

from matui.signals.names import Value, parse_number, parse_value
from matui.signals.reading import LineReading

_LINE = re.compile(
    r"(?:^|\s)(?:(?:Train|Eval) )?(?P<word>[A-Za-z]\w*[/-][\w/-]+|\w*CrossEntropy"
    r"|System/Peak GPU Memory \(MB\))"
    r"(?:: |=)(?P<value>[-+]?(?:\d[\d.,]*(?:[eE][-+]?\d+)?|nan|inf))\s*$"
)
_METRIC = re.compile(
    r"(?:metrics/(?P<part>train|eval)/)?(?:(?P<loss>(?:Language)?CrossEntropy)"
    r"|(?P<perplexity>(?:Language)?Perplexity)|(?P<accuracy>(?:Language|Multiclass)?Accuracy))"
)
_RATE = re.compile(r"lr-\w+/group0|optim/learning_rate_group0")
_MEMORY = {"memory/peak_reserved_mem": 1.0, "System/Peak GPU Memory (MB)": 1 / 1024}  # in GiB
_OTHERS = frozenset(
    {
        "optim/total_grad_norm",
        "train/Perplexity",
        "throughput/device/tokens_per_sec",
        "throughput/device/tokens_per_second",
    }
)


def read_block_line(line: str) -> LineReading | None:
    """Read ``Train metrics/train/LanguageCrossEntropy: 10.3`` and ``optim/total_grad_norm=1.5``."""
    match = _LINE.search(line)
    value = None if match is None else _find_value(match["word"], match["value"])
    return None if value is None else LineReading((value,))


def _find_value(word: str, text: str) -> Value | None:
    number = parse_number(text)
    if number is None:
        return None
    if word in _OTHERS:
        return parse_value(word, text)
    if word in _MEMORY:
        return Value("memory_gib", number * _MEMORY[word], "GiB")
    if _RATE.fullmatch(word):
        return Value("learning_rate", number)
    metric = _METRIC.fullmatch(word)
    if metric is None:
        return None
    name = str(metric.lastgroup)
    return Value(f"eval_{name}" if metric["part"] == "eval" else name, number)
