"""The tables of fastai: a line with the names of the columns, and then a line for each epoch."""

from __future__ import annotations

import re

from matui.signals.names import Value, parse_number, parse_value
from matui.signals.pairs import as_evaluation
from matui.signals.reading import LineReading

_HEADER = re.compile(r"(?:^|[\s:|>\]])(?P<columns>epoch\s+train_loss\s+valid_loss(?:\s+\w+)*)\s*$")
_EPOCH = re.compile(r"(?:\S*[:|>\]])?(?P<epoch>\d{1,6})")
_TIME = re.compile(r"\(?\d+:\d\d(?::\d\d)?\)?")
_NUMBER = re.compile(r"-?\d+\.\d+(?:[eE][-+]?\d+)?|-?(?:nan|inf)|(?P<none>#na#|None)")


def read_columns(line: str) -> tuple[str, ...]:
    """Return the columns that a line names; none for any other line."""
    match = _HEADER.search(line) if "valid_loss" in line else None
    return () if match is None else tuple(match["columns"].split())


def read_epoch_row(line: str, columns: tuple[str, ...]) -> LineReading | None:
    """Read the row of an epoch: ``0    0.169390    0.020871    0.993250    00:12``."""
    words = line.split()
    if words and _TIME.fullmatch(words[-1]):
        words.pop()
    elif "time" in columns:
        return None
    columns = tuple(name for name in columns if name != "time")
    row = words[-len(columns) :]
    epoch = _EPOCH.fullmatch(row[0]) if len(row) == len(columns) else None
    if epoch is None:
        return None
    numbers = [_NUMBER.fullmatch(text) for text in row[1:]]
    if not all(numbers):
        return None
    values = [Value("epoch", float(epoch["epoch"]))]
    for name, found in zip(columns[1:], numbers, strict=True):
        if found is not None and not found["none"]:
            values.append(_value_of(name, found[0]))
    return LineReading(tuple(values))


def _value_of(column: str, text: str) -> Value:
    """Return the value of a column; all but the loss of the training are measured on the validation set."""
    value = parse_value(column, text) or Value(column, parse_number(text) or 0.0)
    return value if column == "train_loss" else as_evaluation((value,))[0]
