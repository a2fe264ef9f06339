"""Blocks of nnU-Net and RSL-RL: a line with the epoch or iteration, and then a line for each value."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import TypeAlias

from matui.signals.names import Value, parse_number, parse_value
from matui.signals.reading import LineReading

RowReader: TypeAlias = Callable[[str], LineReading | None]

_NUMBER = r"(?P<value>[-+]?(?:\d[\d.]*(?:e[-+]?\d+)?|nan|inf))"
_EPOCH = re.compile(r"\d: Epoch (?P<epoch>\d+)\s*$")
_EPOCH_ROW = re.compile(rf": (?P<word>train_loss|val_loss|Current learning rate:) {_NUMBER}\s*$")
_ITERATION = re.compile(r"\bLearning iteration (?P<step>\d+)/(?P<total>\d+)\s*$")
_ITERATION_ROW = re.compile(
    r"(?:^|\s{2,}|[|\]:]\s*)(?:Mean )?"
    rf"(?P<word>\w{{1,30}}(?: \w{{1,30}})? loss|reward|Iteration time|Computation): {_NUMBER}"
    r"(?P<unit>s| steps/s \(.*)?\s*$"
)
_WORDS = {"Iteration time": "step_time", "Computation": "steps/s", "Current learning rate:": "learning_rate"}


def find_block(line: str) -> RowReader | None:
    """Return what reads the lines below one that begins a block; None for any other line."""
    if "Epoch " in line and (epoch := _EPOCH.search(line)) is not None:
        return partial(_read_epoch_row, epoch=float(epoch["epoch"]))
    if "Learning iteration " in line and (at := _ITERATION.search(line)) is not None:
        return partial(_read_iteration_row, step=int(at["step"]), total=int(at["total"]))
    return None


def _read_epoch_row(line: str, epoch: float) -> LineReading | None:
    """Read ``2026-11-28 12:00:01.123456: train_loss -0.5123``."""
    row = _EPOCH_ROW.search(line)
    value = None if row is None else parse_value(_WORDS.get(row["word"], row["word"]), row["value"])
    return None if value is None else LineReading((value, Value("epoch", epoch)))


def _read_iteration_row(line: str, step: int, total: int) -> LineReading | None:
    """Read ``Mean surrogate loss: -0.0123``."""
    row = _ITERATION_ROW.search(line)
    if row is None:
        return None
    word, number = row["word"], parse_number(row["value"])
    if word in _WORDS or word == "reward":
        value = parse_value(_WORDS.get(word, word), row["value"])
    else:
        name = "_".join(word.lower().split())
        value = None if number is None else Value(name, number)
    return None if value is None else LineReading((value,), step, total)
