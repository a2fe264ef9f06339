"""Tells reasons that explain a failure from those that only state it. Pure."""

from __future__ import annotations

import re
from functools import cache

from matui.live.triage.item import Why

_WORD = re.compile(r"\w")
_GENERIC = r"""
    \b(?:exit(?:ed)?|return(?:ed)?|errors?|code|status|fail(?:ed|ure|s)?|abnormal(?:ly)?|terminated|ended|end
      |unexpected(?:ly)?|non-?zero|the|a|an|of|in|by|with|has|is|was|on|for|due|to|because|reason|and
      |(?:training)?jobs?|train(?:ing)?|tasks?|workers?|process(?:es)?|container|instance|run|script|user
      |python3?|main|unknown|null|none|now|lost|createfailed|sig[a-z]{2,5}
      |(?:worker|master|ps|server|task|rank|node|pod)[-_ ]?\d+|-?\d+)\b
    |训练|作业|任务|失败|异常|退出|状态|错误|码|进程|容器|运行
"""


def is_weak(why: Why) -> bool:
    """Return whether a reason states no more than that something failed: a status, or an exit code."""
    if why.source == "code":
        from matui.resources.why import STATUS_WORDS

        return why.text in STATUS_WORDS.values()
    return _WORD.search(_generic_words().sub("", why.text.partition(" – ")[0])) is None


@cache
def _generic_words() -> re.Pattern[str]:
    """Return what matches the words that explain nothing; compiled when the first reason comes."""
    return re.compile(_GENERIC, re.IGNORECASE | re.VERBOSE)
