"""Checkpoints that were saved."""

from __future__ import annotations

import re

from matui.signals.names import Value, parse_value
from matui.signals.progress import to_int
from matui.signals.reading import LineReading

_SAVED = re.compile(
    r"(?:successfully )?sav(?:ed|ing)\b[^/]{0,40}?\b(?:checkpoints?|ckpt)\b"
    r"|\bcheckpoint\b[^/]{0,30}?\bsaved\b|\bsave checkpoint: |\bsaving model to |\bsave to checkpoint\b"
    r"|\bsav(?:ed|ing) (?:current |)(?:model|state) to \S*(?:checkpoint|ckpt)|\[torch\] saved \S+\.pt\b"
    r"|\bcheckpoint save for step \d+ .*\bfinalized successfully|\bsave (?:best )?model (?:in|is to) ",
    re.IGNORECASE,
)
_FAILED = re.compile(r"(?i)\b(?:fail(?:ed|ure|ing)?|unable|cannot|could not|errors?|skip\w*|not)\b")
_STEP = re.compile(
    r"@ (?P<updates>\d+) updates|checkpoint at (?P<iterations>\d+) iterations"
    r"|model_(?P<detectron>\d{7})\.pth|checkpoints for (?P<tensorflow>\d+) into"
    r"|(?:iteration|step|global_step|iter)[ _=:]*(?P<step>\d[\d,]*)|(?:checkpoint|ckpt)[-_](?P<dash>\d+)",
    re.IGNORECASE,
)
# Lightning: "Epoch 3, global step 354: 'val_loss' reached 0.25000 (best 0.25000), saving model to …".
_BEST = re.compile(r"global step (?P<step>\d+): '?(?P<word>\S+?)'? reached (?P<value>\S+) .*saving model to ")
_UPDATES = re.compile(r"@ (?P<step>\d+) updates")


def read_checkpoint(line: str) -> LineReading | None:
    """Read that a checkpoint was saved, with its step where the line names one."""
    match = _SAVED.search(line)
    if match is None or _FAILED.search(line):
        return None
    step = _UPDATES.search(line) or _STEP.search(line, match.start())
    best = _BEST.search(line)
    if best is not None:
        value = parse_value(best["word"], best["value"])
        values = (Value("checkpoint", 1.0), *(() if value is None else (value,)))
        return LineReading(values, int(best["step"]))
    number = None if step is None else next(text for text in step.groups() if text)
    return LineReading((Value("checkpoint", 1.0),), to_int(number))
