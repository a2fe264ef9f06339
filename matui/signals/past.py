"""Lines that repeat what was measured before: a summary, a checkpoint that was loaded, the best step."""

from __future__ import annotations

import re

_PAST = re.compile(
    r"(?<![\w.-])wandb: "
    r"|\b(?:[Ll]oad(?:ed|ing)|LOAD(?:ED|ING)) (?:\S+ ){0,3}?(?:checkpoint|ckpt|model|weights|state)"
    r"|\bAveraged stats: |\b[Bb]etter model found at\b|\btotal training loss \d"
    r"|\b[Rr](?:estor|esum)(?:ed|ing)\b"
    r"|(?:加载|恢复|载入)[^,，:：]{0,20}(?:检查点|模型|权重|训练|断点|checkpoint|ckpt)"
)
_BEST = re.compile(
    r"\b(?:[Bb]est|BEST)[ _-](?:\w+ )?(?:iteration|iter|epoch|step|round|model|checkpoint|ckpt)\b"
)
_MEASURED = re.compile(r"(?i)loss|acc|step|epoch|iter|损失")


def is_of_past(line: str, *, is_saved: bool = False) -> bool:
    """Return whether the values of a line are not those of the step that the run is at.

    ``is_saved`` is for a checkpoint that is saved now; it may be the best one.
    """
    if _PAST.search(line):
        return True
    if is_saved:
        return False
    best = _BEST.search(line)
    return best is not None and _MEASURED.search(line, 0, best.start()) is None


def announces_best(line: str) -> bool:
    """Return whether the next line repeats the best round: ``Early stopping, best iteration is:``."""
    return "est iteration is" in line
