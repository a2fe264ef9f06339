"""The colours that tell profiles apart."""

from __future__ import annotations

import re

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


def colours_of(wanted: list[tuple[str, str | None]]) -> dict[str, str]:
    """Return a colour for each profile: its own, else the next of the palette that none has asked for."""
    taken = {colour for _name, colour in wanted}
    free = [colour for colour in ASSIGNED if colour not in taken] or list(ASSIGNED)
    colours: dict[str, str] = {}
    for name, colour in wanted:
        colours[name] = colour or free[sum(other is None for _, other in wanted[: len(colours)]) % len(free)]
    return colours
