"""ESPnet 2."""

from __future__ import annotations

import re
from collections.abc import Iterator

from matui.signals.names import Value
from matui.signals.pairs import as_evaluation, collect, split_pairs
from matui.signals.progress import RunProgress
from matui.signals.reading import LineReading

_BATCHES = re.compile(r"\b(?P<epoch>\d+)epoch:train:\d+-(?P<batch>\d+)batch: (?P<rest>.*)")
_RESULTS = re.compile(
    r"\b(?P<epoch>\d+)epoch results: \[train\] (?P<train>[^\[]*)(?:\[valid\] (?P<valid>[^\[]*))?"
)
_TIMES = {"train_time": "step_time", "iter_time": ""}  # iter_time is the wait for data


def read_espnet(line: str) -> LineReading | None:
    """Read ``1epoch:train:1-100batch: loss=162.5, acc=0.25`` and the means of an epoch."""
    match = _BATCHES.search(line)
    if match is not None:
        values = collect(_pairs(match["rest"]))
        return RunProgress(int(match["batch"]), None, float(match["epoch"])).reading(values)
    match = _RESULTS.search(line)
    if match is None:
        return None
    checked = as_evaluation(collect(_pairs(match["valid"] or "")))
    return RunProgress(None, None, float(match["epoch"])).reading(
        (*collect(_pairs(match["train"])), *_new(checked))
    )


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    for word, value in split_pairs(text, ",", "="):
        yield _TIMES.get(word.strip(), word.strip()), value


def _new(values: tuple[Value, ...]) -> Iterator[Value]:
    """Yield the values that only an evaluation has."""
    return (value for value in values if value.name.startswith("eval_"))
