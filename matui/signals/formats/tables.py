"""Tables with a row a value: stable-baselines3, Ray and Lightning; the steps may be a row."""

from __future__ import annotations

import re

from matui.signals.names import Value, parse_number, parse_value
from matui.signals.reading import LineReading

_ROW = re.compile(
    r"(?:\|\s+(?P<word>[a-z][\w/]*)\s+\||│\s+(?P<boxed>[a-z][\w/]*)\s+│?)"
    r"\s+(?P<value>[-+]?(?:[\d.]+(?:e[-+]?\d+)?|nan|inf))\s*[|│]\s*$"
)
_STEPS = ("total_timesteps", "training_iteration")
_REWARD = "ep_rew_mean"


def read_table_row(line: str) -> LineReading | None:
    """Read ``|    value_loss      | 51.3     |``; the row of the steps has a step and no values."""
    row = _ROW.search(line)
    if row is None:
        return None
    word, number = row["word"] or row["boxed"], parse_number(row["value"])
    if word in _STEPS:
        return None if number is None else LineReading((), int(number))
    value = parse_value(word, row["value"])
    if word == _REWARD and number is not None:
        value = Value("reward", number)
    return None if value is None else LineReading((value,))


def read_other_row(line: str) -> LineReading | None:
    """Read the row of a signal that is no loss, ``| learning_rate | 0.0003 |``, below the row of the steps.

    The rate of the frames is above that row.
    """
    row = _ROW.search(line)
    value = None if row is None else parse_value(row["word"] or row["boxed"], row["value"])
    return None if value is None or value.name == "throughput" else LineReading((value,))
