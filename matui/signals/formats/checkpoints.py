"""Checkpoints that were saved."""

from __future__ import annotations

import re

from matui.signals.names import Value
from matui.signals.progress import to_int
from matui.signals.reading import LineReading

_SAVED = re.compile(
    r"(?:successfully )?sav(?:ed|ing)\b[^/]{0,40}?\bcheckpoints?\b|\bcheckpoint\b[^/]{0,30}?\bsaved\b",
    re.IGNORECASE,
)
_STEP = re.compile(
    r"@ (?P<updates>\d+) updates|checkpoints for (?P<tensorflow>\d+) into"
    r"|(?:iteration|step|global_step|iter)[ _=:]*(?P<step>\d[\d,]*)|(?:checkpoint|ckpt)[-_](?P<dash>\d+)",
    re.IGNORECASE,
)
_UPDATES = re.compile(r"@ (?P<step>\d+) updates")


def read_checkpoint(line: str) -> LineReading | None:
    """Read that a checkpoint was saved, with its step where the line names one."""
    match = _SAVED.search(line)
    if match is None:
        return None
    step = _UPDATES.search(line) or _STEP.search(line, match.start())
    number = None if step is None else next(text for text in step.groups() if text)
    return LineReading((Value("checkpoint", 1.0),), to_int(number))
