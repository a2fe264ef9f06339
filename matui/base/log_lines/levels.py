"""The level of a log line."""

from __future__ import annotations

import re
from typing import Literal

from matui.base.log_lines.errors import EXAMINED, is_error

_WARNING = re.compile(r"\b(?:WARN(?:ING)?|Warning)\b|\b[A-Z]\w*Warning\b")


def level(text: str) -> Literal["error", "warning", ""]:
    """Return the level of a line of plain text, ``""`` for neither an error nor a warning."""
    if is_error(text):
        return "error"
    return "warning" if _WARNING.search(text[:EXAMINED]) else ""
