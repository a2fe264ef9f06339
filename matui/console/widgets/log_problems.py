"""What counts as trouble in the log of a training job. Pure."""

from __future__ import annotations

import re
from typing import Literal

_HEAD = 400  # characters of a line that are looked at

ERROR = re.compile(
    r"Traceback \(most recent call last\)"
    r"|\b[A-Z]\w*(?:Error|Exception)\b(?::|$)"
    r"|\b(?:ERROR|CRITICAL|FATAL|PANIC)\b"
    r"|\b(?:Fatal|fatal) (?:Python )?error\b"
    r"|\b[Ee]rror:"
    r"|\bCUDA (?:error|out of memory)"
    r"|\b(?:NCCL|HCCL|ACL|EI|EE|EJ)\d{0,4}\b.{0,40}\b(?:error|failed|timeout|timed out|abort)"
    r"|\b[Oo]ut of memory\b|\bOOM(?:Killed)?\b|\boom-kill"
    r"|^Killed\b|\bSegmentation fault\b|\bcore dumped\b|\bBus error\b"
    r"|\bSIG(?:KILL|SEGV|ABRT|BUS)\b"
    r"|\b[Ee]xit(?:ed)?(?: with)?(?: code| status)?[ :=]+(?!0\b)-?\d{1,3}\b"
    r"|\bloss\b\W{1,3}(?:nan|inf)\b"
)
_WARNING = re.compile(r"\b(?:WARN(?:ING)?|Warning)\b|\b[A-Z]\w*Warning\b")


def level(text: str) -> Literal["error", "warning", ""]:
    """Return how bad a line is."""
    head = text[:_HEAD]
    if ERROR.search(head):
        return "error"
    return "warning" if _WARNING.search(head) else ""
