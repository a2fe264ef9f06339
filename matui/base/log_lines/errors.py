"""Recognises errors in the log of a training job."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

EXAMINED = 400  # characters of a line that are looked at

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

# Every error contains one of these; a plain search takes a fraction of the time of the pattern.
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
    """Return whether a line reports an error."""
    head = text[:EXAMINED]
    return any(sign in head for sign in _SIGNS) and ERROR.search(head) is not None


def error_heads(texts: Sequence[str], skip: int = 0) -> list[int]:
    """Return the indices at which errors begin, from ``skip`` on; the lines before it serve as context only.

    A traceback with what it ends in is one error, and so are error lines without anything between them.
    """
    heads: list[int] = []
    last: int | None = None
    for at in _error_lines(texts):
        goes_on = last is not None and all(_GOES_ON.match(texts[n]) for n in range(last + 1, at))
        if not goes_on and at >= skip:
            heads.append(at)
        last = at
    return heads


def _error_lines(texts: Sequence[str]) -> list[int]:
    """Return the indices of error lines; searching all lines for the signs at once is faster."""
    heads = [text if len(text) <= EXAMINED else text[:EXAMINED] for text in texts]
    together = "\n".join(heads)
    ends: list[int] = []
    suspects: set[int] = set()
    for sign in _SIGNS:
        at = together.find(sign)
        while at >= 0:
            ends = ends or list(accumulate(len(head) + 1 for head in heads))
            line = bisect_right(ends, at)
            suspects.add(line)
            at = together.find(sign, ends[line])
    return [line for line in sorted(suspects) if ERROR.search(heads[line])]
