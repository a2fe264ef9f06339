"""Dictionaries and JSON: the Trainer of Hugging Face, LLaMA-Factory, ms-swift, fairseq, mmcv."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from matui.signals.names import Value, parse_number, parse_value
from matui.signals.pairs import as_evaluation, collect, is_evaluation
from matui.signals.progress import LineReading, find_progress, to_int

_DICT = re.compile(r"\{(?P<rest>\s*['\"](?:[^{}]|\{[^{}]*\})*)\}")
_DICT_PAIR = re.compile(
    r"""['"](?P<word>[^'"]{1,60})['"]\s*:\s*(?:\w+\()?"""
    r"""(?:'(?P<quoted>[^'{}]{1,40})'|"(?P<double>[^"{}]{1,40})"|(?P<value>[^,'"{}]{1,40}))"""
)
_STEP_OF_TOTAL = re.compile(r"\s*(?P<step>\d+)\s*/\s*(?P<total>\d+)")
_STEP_WORDS = (
    *("global_step", "step", "train step", "iter", "iteration", "steps", "global step", "train_step"),
    *("it", "batch_num", "current_steps", "num_updates", "valid_num_updates", "training_iteration", "_step"),
)
_OF_TOTAL_WORDS = ("global_step/max_steps", "iteration")
_EVALUATIONS = frozenset({"eval", "val", "valid", "validation", "test"})
# Its values are those of an evaluation: "eval": {"loss": 0.5}.
_EVALUATION = re.compile(r"\"(?:eval|val|valid|validation|test)\":\s*\{")
_TOTAL_WORDS = ("total_steps", "max_steps", "total_iters", "max_iters")
_ANCHORS = frozenset({"loss", "eval_loss", "grad_norm", "eval_accuracy"})
_NEVER_ALONE = frozenset({"epoch", "throughput", "memory_gib", "loss_scale", "skipped_steps", "step_time"})
_OF_TRAINER = frozenset({"loss", "learning_rate", "epoch"})
_TOTALS = re.compile(
    r"\b(?:Total optimization steps\s*=\s*(?P<total>[\d,]+)"
    r"|Num Epochs\s*=\s*(?P<epochs>[\d,]+)(?:\s*\|\s*Total steps\s*=\s*(?P<steps>[\d,]+))?)"
)


def read_dict(line: str) -> LineReading | None:
    """Read a dictionary as Python prints it, with the bar of tqdm that may be on the same line."""
    match = _DICT.search(line)
    if match is None or ("{" in match["rest"] and _EVALUATION.search(match["rest"]) is not None):
        return None
    pairs = _DICT_PAIR.finditer(match["rest"])
    found = read_known({pair["word"]: pair["quoted"] or pair["double"] or pair["value"] for pair in pairs})
    return None if found is None else _add_head(found, line[: match.start()])


def _add_head(reading: LineReading, head: str) -> LineReading:
    """Return the reading with the step that is before the dictionary: ``train | step: 100 | output: {…}``."""
    if is_evaluation(head):
        reading = reading._replace(values=as_evaluation(reading.values))
    if reading.step is not None or "tep" not in head:
        return reading
    progress = find_progress(head)
    return reading._replace(step=progress.step, total=reading.total or progress.total)


def read_json(line: str) -> LineReading | None:
    """Read a line that is an object in JSON, nested objects included."""
    start = line.find("{")
    try:
        tree = json.loads(line[start:])
    except (ValueError, RecursionError):
        return None
    return read_known(dict(_iterate_leaves(tree))) if isinstance(tree, dict) else None


def read_totals(line: str) -> LineReading | None:
    """Read what the Trainer announces: the number of steps, or of epochs."""
    match = _TOTALS.search(line)
    return (
        None
        if match is None
        else LineReading((), None, to_int(match["total"] or match["steps"]), to_int(match["epochs"]))
    )


def _iterate_leaves(tree: dict[str, Any], depth: int = 0) -> Iterator[tuple[str, str]]:
    for word, value in tree.items():
        if isinstance(value, dict) and depth < 3:
            leaves = _iterate_leaves(value, depth + 1)
            yield from ((f"eval/{name}", text) for name, text in leaves) if word in _EVALUATIONS else leaves
        elif isinstance(value, int | float | str) and not isinstance(value, bool):
            yield word, str(value)[:60]


def read_known(pairs: dict[str, str]) -> LineReading | None:
    """Read pairs that hold a loss or a gradient norm, or another signal with its step or epoch.

    A learning rate alone is a setting that was printed. ``train_loss`` beside ``train_runtime`` is the mean
    of the whole run, no loss of a step.
    """
    if "data_time" in pairs and "time" in pairs:
        pairs = {**pairs, "step_time": pairs["time"]}
    values = _add_factory_unit(pairs, collect(pairs.items()))
    if "train_runtime" in pairs and (mean := parse_value("loss", pairs.get("train_loss", ""))) is not None:
        rest = (value for value in values if value.name != "loss")
        values = (mean._replace(name="train_loss"), *rest)
        return LineReading(values)
    names = {value.name for value in values}
    others = names - _NEVER_ALONE
    has_terms = len(others) > 1 and any(name.endswith("_loss") for name in others)
    is_of_step = bool(others) and any(word in pairs for word in ("epoch", *_STEP_WORDS))
    if not (names & _ANCHORS or has_terms or "eval_runtime" in pairs or is_of_step):
        return None
    of_total = next(
        filter(None, (_STEP_OF_TOTAL.match(pairs.get(word, "")) for word in _OF_TOTAL_WORDS)), None
    )
    if of_total is not None:
        return LineReading(values, int(of_total["step"]), int(of_total["total"]))
    return LineReading(values, find_int(pairs, _STEP_WORDS), find_int(pairs, _TOTAL_WORDS))


def _add_factory_unit(pairs: dict[str, str], values: tuple[Value, ...]) -> tuple[Value, ...]:
    """Return the values with the unit of LLaMA-Factory's throughput, which counts tokens a second."""
    if "throughput" not in pairs or not ("current_steps" in pairs or pairs.keys() >= _OF_TRAINER):
        return values
    return tuple(
        value._replace(unit="tokens/s") if value.name == "throughput" and not value.unit else value
        for value in values
    )


def find_int(pairs: dict[str, str], words: Iterable[str]) -> int | None:
    """Return the integer of the first of the words that has one."""
    for word in words:
        number = parse_number(pairs[word]) if word in pairs else None
        if number is not None and number == number // 1 and abs(number) < 1e15:
            return int(number)
    return None


def has_anchor(values: Iterable[Value]) -> bool:
    """Return whether a loss, a gradient norm or the accuracy of an evaluation is among the values."""
    return any(value.name in _ANCHORS for value in values)
