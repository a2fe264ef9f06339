"""What counts as trouble in the log of a training job. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
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

# Every error has one of these; to look for them takes a fraction of the time.
_SIGNS = (
    *("rror", "RROR", "xception", "raceback", "CRITICAL", "FATAL", "PANIC", "ailed", "imeout", "imed out"),
    *("bort", "ut of memory", "OOM", "oom-kill", "Killed", "fault", "dumped", "SIG", "xit", "nan", "inf"),
)
_GOES_ON = re.compile(
    r"\s|$|During handling of the above|The above exception was|frame #\d|#\d+ |\[rank\d+\]: *(?:File|\s|$)"
    r"|\.\.\. *\d|-{5,}|={5,}|Root Cause|\^+"
)
LOOK_BACK = 100  # lines before a problem in which the problem may have begun


def is_error(text: str) -> bool:
    """Whether a line tells of an error."""
    head = text[:_HEAD]
    return any(sign in head for sign in _SIGNS) and ERROR.search(head) is not None


def level(text: str) -> Literal["error", "warning", ""]:
    """Return how bad a line is."""
    if is_error(text):
        return "error"
    return "warning" if _WARNING.search(text[:_HEAD]) else ""


def error_heads(texts: Sequence[str], skip: int = 0) -> list[int]:
    """Return where errors begin, leaving out the first ``skip`` lines, which only tell what goes on after.

    A traceback with what it ends in is one error, and so are error lines without anything between them.
    """
    heads: list[int] = []
    within = False
    for index, text in enumerate(texts):
        if is_error(text):
            if not within and index >= skip:
                heads.append(index)
            within = True
        elif within and not _GOES_ON.match(text):
            within = False
    return heads
