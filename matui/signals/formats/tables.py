"""Tables: under named columns (fastai, spaCy, the Trainer in a notebook), or a row a value (SB3, Ray)."""

from __future__ import annotations

import re
from functools import partial

from matui.signals.formats.blocks import RowReader, find_block
from matui.signals.names import Value, parse_number, parse_value
from matui.signals.pairs import as_evaluation
from matui.signals.progress import LineReading

_ROW = re.compile(
    r"(?:\|\s+(?P<word>[a-z][\w/]*)\s+\||│\s+(?P<boxed>[a-z][\w/]*)\s+│?)"
    r"\s+(?P<value>[-+]?(?:[\d.]+(?:e[-+]?\d+)?|nan|inf))\s*[|│]\s*$"
)
_STEPS = ("total_timesteps", "training_iteration")
_REWARD = "ep_rew_mean"
_HEADER = re.compile(r"(?:^|[\s:|>\]])(?P<columns>epoch\s+train_loss\s+valid_loss(?:\s+\w+)*)\s*$")
_EPOCH = re.compile(r"(?:\S*[:|>\]])?(?P<epoch>\d{1,6})")
_TIME = re.compile(r"\(?\d+:\d\d(?::\d\d)?\)?")
_NUMBER = re.compile(r"-?\d+\.\d+(?:[eE][-+]?\d+)?|-?(?:nan|inf)|(?P<none>#na#|None)")
_SPACY = re.compile(r"(?:^|[\s:|\]])E\s+#\s+(?P<columns>LOSS .*\bSCORE)\s*$")
_NOTEBOOK = re.compile(
    r"(?:^|[\s:|>\]])(?P<first>Step|Epoch)\s+(?P<columns>Training Loss(?:\s+[A-Z][\w -]*)?)$"
)
_BETWEEN = re.compile(r"\s{2,}|(?<=Loss)\s")  # columns: a tab may have been one blank
_INTEGER = re.compile(r"(?:\S*[:|>\]])?(?P<number>\d{1,12})")  # a prefix may be before it
_DECIMAL = re.compile(r"[-+]?\d+\.\d+(?:e[-+]?\d+)?|nan|inf")
_NOTHING, _NO_LOG = "No log", "No_log"  # in a row before the first loss


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
            values.append(_read_value(name, found[0]))
    return LineReading(tuple(values))


def _read_value(column: str, text: str) -> Value:
    """Return the value of a column; all but the loss of the training are measured on the validation set."""
    value = parse_value(column, text) or Value(column, parse_number(text) or 0.0)
    return value if column == "train_loss" else as_evaluation((value,))[0]


def find_table(line: str) -> RowReader | None:
    """Return what reads the rows below a line that names columns or begins a block; None for any other."""
    if "oss" not in line and "LOSS" not in line:
        return find_block(line)
    columns = read_columns(line)
    if columns:
        return partial(read_epoch_row, columns=columns)
    spacy = _SPACY.search(line)
    if spacy is not None:
        return partial(_read_spacy_row, columns=tuple(re.split(r"\s{2,}", spacy["columns"])))
    notebook = _NOTEBOOK.search(line)
    if notebook is not None:
        names = tuple(_BETWEEN.split(notebook["columns"].rstrip()))
        return partial(_read_notebook_row, first=notebook["first"], columns=names)
    return None


def _read_spacy_row(line: str, columns: tuple[str, ...]) -> LineReading | None:
    """Read ``1  400  133.45  1345.67  65.67  0.66``; a loss that is alone is that of the training."""
    row = line.split()[-len(columns) - 2 :]
    if len(row) != len(columns) + 2 or not row[1].isdecimal() or not all(map(_DECIMAL.fullmatch, row[2:])):
        return None
    epoch = _INTEGER.fullmatch(row[0])
    if epoch is None:
        return None
    is_alone = sum(name.startswith("LOSS") for name in columns) == 1
    values = [Value("epoch", float(epoch["number"]))]
    for name, text in zip(columns, row[2:], strict=True):
        known = f"eval_{name.lower()}"
        if name.startswith("LOSS"):
            known = "loss" if is_alone else "_".join(name.lower().split()).rstrip(".")
        values.append(Value(known, float(text)))
    return LineReading(tuple(values), int(row[1]))


def _read_notebook_row(line: str, first: str, columns: tuple[str, ...]) -> LineReading | None:
    """Read ``100     1.2345      1.3456``: the step or epoch, and the losses and scores."""
    row = line.replace(_NOTHING, _NO_LOG).split()[-len(columns) - 1 :]
    if len(row) != len(columns) + 1 or (at := _INTEGER.fullmatch(row[0])) is None:
        return None
    if not all(text == _NO_LOG or _DECIMAL.fullmatch(text) for text in row[1:]):
        return None
    values: list[Value] = []
    for name, text in zip(columns, row[1:], strict=True):
        value = None if text == _NO_LOG else parse_value(name, text)
        if value is not None:
            values += (value,) if name == columns[0] else as_evaluation((value,))
    number = int(at["number"])
    if first == "Step":
        return LineReading(tuple(values), number)
    return LineReading((Value("epoch", float(number)), *values))
