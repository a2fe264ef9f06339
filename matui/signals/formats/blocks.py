"""Blocks, a line with the step or epoch above lines of values: Composer, OLMo, nnU-Net, RSL-RL, VITS."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import TypeAlias

from matui.signals.counting import EPOCH_ALONE
from matui.signals.names import Value, parse_number, parse_value
from matui.signals.progress import LineReading

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
RowReader: TypeAlias = Callable[[str], LineReading | None]

_NUMBER = r"(?P<value>[-+]?(?:\d[\d.]*(?:e[-+]?\d+)?|nan|inf))"
_EPOCH = re.compile(r"\d: Epoch (?P<epoch>\d+)\s*$")
_EPOCH_ROW = re.compile(rf": (?P<word>train_loss|val_loss|Current learning rate:) {_NUMBER}\s*$")
# Version 1 has the rate among other lines below "epoch:  12".
_OLD_RATE = re.compile(rf"\d: lr: {_NUMBER}(?: |\s*$)")
_ITERATION = re.compile(r"\bLearning iteration (?P<step>\d+)/(?P<total>\d+)\s*$")
_ITERATION_ROW = re.compile(
    r"(?:^|\s{2,}|[|\]:]\s*)(?:Mean )?"
    rf"(?P<word>\w{{1,30}}(?: \w{{1,30}})? loss|reward|Iteration time|Computation): {_NUMBER}"
    r"(?P<unit>s| steps/s \(.*)?\s*$"
)
_WORDS = {"Iteration time": "step_time", "Computation": "steps/s", "Current learning rate:": "learning_rate"}


# Tensorpack writes a line a value with the name of the module before it.
_FINISHED = re.compile(r"\bEpoch (?P<epoch>\d+) \(global_step (?P<step>\d+)\) finished")
_MONITOR_ROW = re.compile(rf"@monitor\.py:\d+\] (?P<word>[\w/.-]+(?: \([\w/]+\))?): {_NUMBER}\s*$")
_MONITORED = {"cost": "loss", "total_cost": "loss", "Throughput (samples/sec)": "samples/sec"}
# VITS writes a list that ends with the step and the learning rate; RVC the losses by name below it.
_SHARE_OF_EPOCH = re.compile(r"\bTrain Epoch: (?P<epoch>\d+) \[[\d.]+%\]\s*$")
_LIST = re.compile(r"\[(?P<losses>(?:[-\d.e]+, )*)(?P<step>\d+), (?P<rate>\d[\d.]*(?:e-\d+)?)\]\s*$")
_LOSSES = ("loss_disc", "loss_gen", "loss_fm", "loss_mel", "loss_dur", "loss_kl")
_NAMED_LOSS = re.compile(rf"\b(?P<word>loss_\w+)={_NUMBER}")


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


class _VitsRows:
    """Reads the lines below ``Train Epoch: 9 [20%]``."""

    def __init__(self, epoch: float) -> None:
        self._epoch = Value("epoch", epoch)
        self._step: int | None = None

    def __call__(self, line: str) -> LineReading | None:
        """Read ``[4200, 9.99e-05]`` and ``loss_disc=3.9, loss_gen=3.0``."""
        listed = _LIST.search(line)
        if listed is not None:
            self._step = int(listed["step"])
            numbers = [float(text) for text in listed["losses"].split(", ")[:-1]]
            terms = zip(_LOSSES, numbers, strict=True) if len(numbers) == len(_LOSSES) else ()
            values = tuple(Value(name, number) for name, number in terms)
            rate = Value("learning_rate", float(listed["rate"]))
            return LineReading((*values, rate, self._epoch), self._step)
        named = tuple(Value(one["word"], float(one["value"])) for one in _NAMED_LOSS.finditer(line))
        return LineReading((*named, self._epoch), self._step) if named else None


def find_block(line: str) -> RowReader | None:
    """Return what reads the lines below one that begins a block; None for any other line."""
    if "Epoch " in line and (epoch := _EPOCH.search(line)) is not None:
        return partial(_read_epoch_row, epoch=float(epoch["epoch"]))
    if "epoch:  " in line and (epoch := EPOCH_ALONE.search(line)) is not None:
        return partial(_read_old_rate, epoch=float(epoch["epoch"]))
    if "(global_step " in line and (end := _FINISHED.search(line)) is not None:
        return partial(_read_monitor_row, epoch=float(end["epoch"]), step=int(end["step"]))
    if "Train Epoch: " in line and (share := _SHARE_OF_EPOCH.search(line)) is not None:
        return _VitsRows(float(share["epoch"]))
    if "Learning iteration " in line and (at := _ITERATION.search(line)) is not None:
        return partial(_read_iteration_row, step=int(at["step"]), total=int(at["total"]))
    return None


def _read_epoch_row(line: str, epoch: float) -> LineReading | None:
    """Read ``2026-11-28 12:00:01.123456: train_loss -0.5123``."""
    row = _EPOCH_ROW.search(line)
    value = None if row is None else parse_value(_WORDS.get(row["word"], row["word"]), row["value"])
    return None if value is None else LineReading((value, Value("epoch", epoch)))


def _read_old_rate(line: str, epoch: float) -> LineReading | None:
    """Read ``2026-11-28 12:00:01.123456: lr: 0.00964``."""
    row = _OLD_RATE.search(line)
    value = None if row is None else parse_value("lr", row["value"])
    return None if value is None else LineReading((value, Value("epoch", epoch)))


def _read_monitor_row(line: str, epoch: float, step: int) -> LineReading | None:
    """Read ``[0807 19:57:19 @monitor.py:474] total_cost: 2.125``."""
    row = _MONITOR_ROW.search(line)
    if row is None:
        return None
    word, number = row["word"], parse_number(row["value"])
    value = parse_value(_MONITORED.get(word, word), row["value"])
    if value is None and word.endswith("loss") and number is not None:
        value = Value(word, number)
    return None if value is None else LineReading((value, Value("epoch", epoch)), step)


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
