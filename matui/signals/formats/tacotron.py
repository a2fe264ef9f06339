"""Tacotron 2."""

from __future__ import annotations

import re

from matui.signals.names import Value
from matui.signals.reading import LineReading

_NUMBER = r"(?:\d[\d.]*(?:e[-+]?\d+)?|nan|inf)"
_TRAINING = re.compile(
    rf"\bTrain loss (?P<step>\d+) (?P<loss>-?{_NUMBER}) Grad Norm (?P<norm>{_NUMBER}) (?P<time>\d[\d.]*)s/it"
)
_VALIDATION = re.compile(rf"\bValidation loss (?P<step>\d+):\s+(?P<loss>-?{_NUMBER})\s*$")


def read_tacotron(line: str) -> LineReading | None:
    """Read ``Train loss 100 0.51 Grad Norm 2.01 1.79s/it`` and ``Validation loss 1000:  0.465``."""
    match = _TRAINING.search(line)
    if match is not None:
        loss, norm, seconds = (float(match[name]) for name in ("loss", "norm", "time"))
        values = (Value("loss", loss), Value("grad_norm", norm), Value("step_time", seconds, "s"))
        return LineReading(values, int(match["step"]))
    match = _VALIDATION.search(line)
    return (
        None
        if match is None
        else LineReading((Value("eval_loss", float(match["loss"])),), int(match["step"]))
    )
