"""The last resort: ``key=value``, ``key: value`` and ``key value`` with known words."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from matui.signals.formats.trainer import has_anchor
from matui.signals.pairs import as_evaluation, collect, find_pairs, find_spaced, is_evaluation
from matui.signals.progress import find_progress
from matui.signals.reading import LineReading

_STEP_WORDS = ("step", "Step", "iter", "Iter", "poch", "pdate", "Batch", "步", "迭代")
_NEVER_ALONE = frozenset({"epoch", "throughput", "memory_gib", "loss_scale", "skipped_steps", "step_time"})
# A number before its unit: "(1250.5 examples/sec; 0.102 sec/batch)", "(250.50 ms | 125000 tok/s)".
_PACE = re.compile(
    r"(?<![\w.])(?P<number>\d[\d.,]*) "
    r"(?P<unit>(?:examples|samples|images|tokens|tok|iter)/s(?:ec)?|sec/batch|ms(?= \|))(?![\w/:=：])"
)
_PACE_WORDS = {"ms": "elapsed time per iteration (ms)"}
# The table of the Trainer at the end of a run.
_SUMMARY = re.compile(r"(?<![\w/.])train_loss {2,}= ")
_SETTINGS = frozenset({"learning_rate", "epoch", "loss_scale"})
_SETTING = re.compile(r"(?i)batch[_ -]?size|momentum|weight[_ -]decay|warmup")
_TIME_WITH_UNIT = re.compile(r"[\d.]+ ?(?:ms|s)\b")

_VALUE_AFTER = re.compile(
    r"(?!accum)[\w/@.-]*(?: [a-z]+)?['\"]?(?:\s*[=:：为]|\s+is)\s*(?:tensor\(|['\"])?[-+\[(]?[\d.nNiI]"
)
_STEP_AFTER = re.compile(r"(?:step|iter(?:ation)?|epoch)['\"]?\s*[=:：]")
_ANCHOR_WORDS = ("loss", "Loss", "norm", "acc", "Acc", "eval_runtime", "损失")
_OTHER_WORDS = ("lr", "learning", "eval_", "val_")


def read_spaced(line: str) -> LineReading | None:
    """Read ``step 17860 loss 2.3274``: words and numbers with spaces between them."""
    return read_plain(line) if any(word in line for word in _STEP_WORDS) else None


def read_plain(line: str) -> LineReading | None:
    """Read words and their numbers; without a separator only where the line has a step or epoch."""
    pairs = find_pairs(line)
    if "Epoch time" in line:
        pairs.pop("time", None)
    has_loss = "oss" in line or "损失" in line
    if not (has_loss or collect(pairs.items())):
        return None
    progress = find_progress(line)
    has_place = progress.step is not None or progress.epoch is not None
    if has_place and has_loss:
        pairs = {**find_spaced(line), **pairs}
        pairs.update(_find_paces(line, pairs))
    values = collect(pairs.items())
    if _SUMMARY.search(line):
        return LineReading(tuple(one._replace(name="train_loss") for one in values if one.name == "loss"))
    names = {value.name for value in values}
    is_of_step = bool(names - _NEVER_ALONE) and has_place
    is_setting = names <= _SETTINGS and _SETTING.search(line) is not None
    if is_setting or not (has_anchor(values) or is_of_step):
        return None
    return progress.reading(as_evaluation(values) if is_evaluation(line) else values)


def _find_paces(line: str, pairs: dict[str, str]) -> dict[str, str]:
    """Return times and rates that other words have than their names, without those of ``pairs``."""
    found = {
        _PACE_WORDS.get(pace["unit"], pace["unit"]): pace["number"]
        for pace in _PACE.finditer(line)
        if pace["unit"] not in pairs
    }
    if _TIME_WITH_UNIT.match(pairs.get("time", "")):
        found["step_time"] = pairs["time"]
    return found


@lru_cache(maxsize=4)  # three shapes ask in turn
def has_anchor_word(line: str) -> bool:
    """Return whether a number follows one of the words without which pairs are no signals."""
    for word in _ANCHOR_WORDS:
        if word in line and _is_followed(line, word, _VALUE_AFTER):
            return True
    for word in _OTHER_WORDS:
        if word in line and _is_followed(line, word, _VALUE_AFTER):
            return _STEP_AFTER.search(line) is not None
    return False


def _is_followed(line: str, word: str, pattern: re.Pattern[str]) -> bool:
    """Return whether ``pattern`` matches where ``word`` is, at any of its places."""
    find, match = line.find, pattern.match
    at = find(word)
    while at >= 0:
        if match(line, at):
            return True
        at = find(word, at + 1)
    return False


def anchored(read: Callable[[str], LineReading | None]) -> Callable[[str], LineReading | None]:
    """Return a recogniser that looks at lines with an anchor only: the others are most lines."""
    return lambda line: read(line) if has_anchor_word(line) else None
