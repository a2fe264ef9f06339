"""Text styles set by SGR sequences (``ESC [ … m``), parsed and written (ECMA-48, 8.3.117)."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple, TypeAlias

Colour: TypeAlias = int | tuple[int, int, int] | None

RESET = "\x1b[0m"
_MAX_PARAMETERS = 200  # characters


class TextStyle(NamedTuple):
    """Colours and attributes. A colour is an index of the 256-colour palette, or red, green and blue."""

    fore: Colour = None
    back: Colour = None
    bold: bool = False
    dim: bool = False
    italic: bool = False
    underline: bool = False
    reverse: bool = False


PLAIN = TextStyle()

_FLAGS: dict[int, dict[str, bool]] = {
    1: {"bold": True},
    2: {"dim": True},
    3: {"italic": True},
    4: {"underline": True},
    7: {"reverse": True},
    22: {"bold": False, "dim": False},
    23: {"italic": False},
    24: {"underline": False},
    27: {"reverse": False},
}
_WRITTEN_FLAGS = {"bold": 1, "dim": 2, "italic": 3, "underline": 4, "reverse": 7}


@lru_cache(maxsize=512)
def apply_sgr(parameters: str, style: TextStyle) -> TextStyle:
    """Return the style after the parameters of an SGR sequence; unknown ones are ignored."""
    if len(parameters) > _MAX_PARAMETERS:
        return style
    codes = [int(code[:4]) if code.isdecimal() else 0 for code in re.split("[;:]", parameters)]
    while codes:
        style = _apply_code(codes.pop(0), codes, style)
    return style


def _apply_code(code: int, rest: list[int], style: TextStyle) -> TextStyle:
    if code == 0:
        return PLAIN
    if code in _FLAGS:
        return style._replace(**_FLAGS[code])
    if code in (38, 39, 48, 49):
        colour = _parse_extended_colour(rest) if code in (38, 48) else None
        return style._replace(fore=colour) if code < 40 else style._replace(back=colour)
    for first, last, offset, ground in (
        (30, 37, 0, "fore"),
        (40, 47, 0, "back"),
        (90, 97, 8, "fore"),
        (100, 107, 8, "back"),
    ):
        if first <= code <= last:
            return style._replace(**{ground: code - first + offset})  # type: ignore[arg-type]
    return style


def _parse_extended_colour(rest: list[int]) -> Colour:
    kind = rest.pop(0) if rest else 0
    if kind == 5 and rest:
        return min(255, rest.pop(0))
    if kind == 2 and len(rest) >= 3:
        red, green, blue = (min(255, rest.pop(0)) for _ in range(3))
        return (red, green, blue)
    return None


@lru_cache(maxsize=512)
def format_sgr(style: TextStyle) -> str:
    """Return the SGR sequence that sets a style after a reset."""
    codes = [str(code) for name, code in _WRITTEN_FLAGS.items() if getattr(style, name)]
    codes += [*_list_colour_codes(style.fore, 30), *_list_colour_codes(style.back, 40)]
    return f"\x1b[{';'.join(codes)}m" if codes else ""


def _list_colour_codes(colour: Colour, base: int) -> list[str]:
    if colour is None:
        return []
    if isinstance(colour, tuple):
        return [str(base + 8), "2", *map(str, colour)]
    if colour < 8:
        return [str(base + colour)]
    return [str(base + 60 + colour - 8)] if colour < 16 else [str(base + 8), "5", str(colour)]
