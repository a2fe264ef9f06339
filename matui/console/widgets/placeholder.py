"""A sentence in the middle of an empty pane."""

from __future__ import annotations

import textwrap
from functools import lru_cache


@lru_cache(maxsize=32)
def placeholder_lines(text: str, width: int, height: int) -> tuple[str, ...]:
    """Return the lines of a pane of that size in cells with ``text`` a little above its middle."""
    wrapped = [line for part in text.splitlines() for line in textwrap.wrap(part, max(10, width - 8)) or [""]]
    above = max(0, (height - len(wrapped)) // 2 - 2)
    return ("",) * above + tuple(wrapped)
