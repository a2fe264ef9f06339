"""Compile regular expressions: those of users, checked for catastrophic backtracking; long ones lazily."""

from __future__ import annotations

import re
from functools import cached_property

# A repetition within a repeated group can backtrack exponentially.
_RUNAWAY = re.compile(r"\((?:\\.|[^\\()])*[+*}](?:\\.|[^\\()])*\)[+*{]")
_LONGEST = 500


def compile_user_regex(pattern: str) -> re.Pattern[str]:
    """Return the pattern compiled case-insensitively. Raises ValueError with the reason if it is invalid."""
    if len(pattern) > _LONGEST:
        raise ValueError(f"a regex has at most {_LONGEST} characters")
    if _RUNAWAY.search(pattern):
        raise ValueError("a repetition within a repetition could take for ever")
    try:
        return re.compile(pattern, re.IGNORECASE | re.MULTILINE)
    except (re.error, OverflowError, RecursionError) as wrong:
        raise ValueError(f"not a regex: {wrong}") from None


class LazyPattern:
    """A regular expression that is compiled at its first use: a long one takes a millisecond at import."""

    def __init__(self, pattern: str, flags: int = 0) -> None:
        self.pattern = pattern
        self._flags = flags

    @cached_property
    def compiled(self) -> re.Pattern[str]:
        """The compiled expression."""
        return re.compile(self.pattern, self._flags)
