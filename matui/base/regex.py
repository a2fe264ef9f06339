"""Regular expressions that users write: compiled only where they cannot take for ever."""

from __future__ import annotations

import re

# A repeated group that repeats inside can take for ever on a single name.
_RUNAWAY = re.compile(r"\((?:\\.|[^\\()])*[+*}](?:\\.|[^\\()])*\)[+*{]")
_LONGEST = 500


def compile_user_regex(pattern: str) -> re.Pattern[str]:
    """Return the pattern, without regard to case. Raises ValueError that says what is wrong with it."""
    if len(pattern) > _LONGEST:
        raise ValueError(f"a regex has at most {_LONGEST} characters")
    if _RUNAWAY.search(pattern):
        raise ValueError("a repetition within a repetition could take for ever")
    try:
        return re.compile(pattern, re.IGNORECASE | re.MULTILINE)
    except (re.error, OverflowError, RecursionError) as wrong:
        raise ValueError(f"not a regex: {wrong}") from None
