"""The colours that tell profiles apart."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection

# In the order in which profiles get them; red is for those who ask for it. A theme says what each looks like.
PALETTE = ("cyan", "magenta", "green", "yellow", "blue", "red")
ASSIGNED = PALETTE[:-1]
_RGB = re.compile(r"#[0-9a-fA-F]{6}")


def checked_colour(text: str) -> str:
    """Return a colour's name or ``#rrggbb`` in small letters. Raises ValueError for anything else."""
    colour = text.casefold()
    if colour not in PALETTE and not _RGB.fullmatch(colour):
        raise ValueError(f"must be one of {', '.join(PALETTE)}, or a colour such as #1f77b4")
    return colour


def free_colour(taken: Collection[str]) -> str:
    """Return the next colour to assign: one of the palette that no other has, else the one fewest have."""
    counts = Counter(taken)
    return min(ASSIGNED, key=lambda colour: counts[colour])
