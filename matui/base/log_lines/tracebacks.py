"""Group the lines of tracebacks, native stacks and failure tables into one error each."""

from __future__ import annotations

import re
from collections.abc import Sequence

from matui.base.log_lines.writers import split_prefix

LOOK_BACK = 100  # lines before an error in which it may have begun
_FURTHEST = 400  # lines between two lines of one traceback, with those of other processes

_GOES_ON = re.compile(
    r"\s|$|During handling of the above|The above exception was|frame #\d|#\d+ |\[rank\d+\]: *(?:File|\s|$)"
    r"|\.\.\. *\d|-{5,}|={5,}|Root Cause|\^+|Failures:|<NO_OTHER_FAILURES>|\[\d+\]:$|\[\d+\]:\s*$"
    r"|\\[nt]|- (?:Ascend|C\+\+|The )|\(Please |(?:main|runtime)\.\w|github\.com/|created by |exit status 2$"
    r"|\S+\(\S*\+0x|[0-9a-f]{6,16}-[0-9a-f]{6,16} "
    r"|\*\*\*|@ +0x|0x[0-9a-f]{6,}|\[0x[0-9a-f]+\]|/\S+\(\S*\+0x|C\+\+ |Thread 0x|Current thread"
    r"|Extension modules|Exception raised from|at |Caused by:|goroutine |stack backtrace:|note: run with"
    r"|\d+: |\d+# |\[PID: \d+\]|TraceBack|Traceback|Solution:|Possible Cause|Compile-time"
    r"|E[0-9A-Z]\d{4}\s|Device-side assertion tracking|For debugging"
    r"|Stack(?:trace| trace)|Fatal Python error|terminate called|Aborted|Segmentation fault"
)


def group_errors(texts: Sequence[str], error_lines: Sequence[int], skip: int = 0) -> list[int]:
    """Return the indices at which errors begin, from ``skip`` on.

    ``error_lines`` are the indices of lines that report errors. Lines of one prefix belong together, whatever
    processes of other prefixes print between them.
    """
    heads: list[int] = []
    last: dict[str, int] = {}
    for at in error_lines:
        prefix = split_prefix(texts[at]).prefix
        before = last.get(prefix)
        if at >= skip and not (before is not None and _goes_on(texts, before, at, prefix)):
            heads.append(at)
        last[prefix] = at
    return heads


def _goes_on(texts: Sequence[str], before: int, at: int, prefix: str) -> bool:
    """Return whether every line of the prefix between two error lines continues the first."""
    if at - before > _FURTHEST:
        return False
    for number in range(before + 1, at):
        line = split_prefix(texts[number])
        if (line.prefix == prefix or not line.prefix) and not _GOES_ON.match(line.body):
            return False
    return True
