"""The last resort: ``key=value``, ``key: value`` and ``key value`` with known words."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from matui.signals.formats.trainer import has_anchor
from matui.signals.pairs import as_evaluation, collect, find_pairs, find_spaced, is_evaluation
from matui.signals.progress import find_progress
from matui.signals.reading import LineReading

_STEP_WORDS = ("step", "Step", "iter", "Iter", "poch", "pdate", "步", "迭代")
_NEVER_ALONE = frozenset({"epoch", "throughput", "memory_gib", "loss_scale", "skipped_steps", "step_time"})
_TIME_WITH_UNIT = re.compile(r"[\d.]+ ?(?:ms|s)\b")

_VALUE_AFTER = re.compile(r"[\w/@.-]*(?: [a-z]+)?['\"]?(?:\s*[=:：为]|\s+is)\s*['\"]?[-+\[(]?[\d.nNiI]")
_STEP_AFTER = re.compile(r"(?:step|iter(?:ation)?|epoch)['\"]?\s*[=:：]")
_ANCHOR_WORDS = ("loss", "Loss", "norm", "acc", "eval_runtime", "损失")
_OTHER_WORDS = ("lr", "learning", "eval_", "val_")
_STEP_WORDS_IN_LINE = ("step", "iter", "epoch")


def read_spaced(line: str) -> LineReading | None:
    """Read ``step 17860 loss 2.3274``: words and numbers with spaces between them."""
    return read_plain(line) if any(word in line for word in _STEP_WORDS) else None


def read_plain(line: str) -> LineReading | None:
    """Read words and their numbers; without a separator only where the line has a step or epoch."""
    pairs = find_pairs(line)
    progress = find_progress(line) if " loss " in line or "损失" in line or collect(pairs.items()) else None
    if progress is None:
        return None
    has_place = progress.step is not None or progress.epoch is not None
    if has_place and ("loss" in line.lower() or "损失" in line):
        pairs = {**find_spaced(line), **pairs}
        if _TIME_WITH_UNIT.match(pairs.get("time", "")):
            pairs["step_time"] = pairs["time"]
    values = collect(pairs.items())
    names = {value.name for value in values}
    is_of_step = bool(names - _NEVER_ALONE) and has_place
    if not (has_anchor(values) or is_of_step):
        return None
    if is_evaluation(line):
        values = as_evaluation(values)
    return progress.reading(values)


@lru_cache(maxsize=4)  # three shapes ask in turn
def has_anchor_word(line: str) -> bool:
    """Return whether a number follows one of the words without which pairs are no signals."""
    for word in _ANCHOR_WORDS:
        if word in line and _is_followed(line, word, _VALUE_AFTER):
            return True
    for word in _OTHER_WORDS:
        if word in line and _is_followed(line, word, _VALUE_AFTER):
            return any(_is_followed(line, step, _STEP_AFTER) for step in _STEP_WORDS_IN_LINE)
    return False


def _is_followed(line: str, word: str, pattern: re.Pattern[str]) -> bool:
    """Return whether ``pattern`` matches where ``word`` is, at any of its places."""
    at = line.find(word)
    while at >= 0:
        if pattern.match(line, at):
            return True
        at = line.find(word, at + 1)
    return False


def anchored(read: Callable[[str], LineReading | None]) -> Callable[[str], LineReading | None]:
    """Return a recogniser that looks at lines with an anchor only: the others are most lines."""
    return lambda line: read(line) if has_anchor_word(line) else None
