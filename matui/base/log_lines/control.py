"""Reads the control sequences in a log line: plain text, and the colours that SGR sets.

Colours (SGR) are kept as spans. Cursor movements and erasures, which mean nothing in a list of lines, are
dropped; any other control character is made visible.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TypeAlias

from matui.base.cells import cell_width
from matui.base.sanitize import clean

MOST_CHARACTERS = 20_000  # of one line that are shown and searched
TAB = 8

# A CSI sequence, or an OSC 8 hyperlink; each with ESC or its 8-bit form.
_SEQUENCE = re.compile(
    r"(?:\x1b\[|\x9b)([0-?]*)[ -/]*([@-~])|(?:\x1b\]|\x9d)8;[^\x07\x1b\x9c]{0,2000}(?:\x07|\x1b\\|\x9c)"
)

Colour: TypeAlias = int | tuple[int, int, int] | None


@dataclass(frozen=True, slots=True)
class TextStyle:
    """What SGR can ask for: a colour is an index of 256 or red, green and blue."""

    fore: Colour = None
    back: Colour = None
    bold: bool = False
    dim: bool = False
    italic: bool = False
    underline: bool = False
    reverse: bool = False


PLAIN = TextStyle()
StyleSpan: TypeAlias = tuple[int, int, TextStyle | str]


@dataclass(frozen=True, slots=True)
class LineText:
    """A line that is safe to show.

    ``spans`` are (start, end, look) in characters, a look being SGR's or the name of a style; ``base`` names
    the style of the rest; ``rule`` draws the text on a line across the pane.
    """

    text: str
    spans: tuple[StyleSpan, ...] = ()
    base: str = ""
    rule: bool = False


def parse_line(raw: str) -> LineText:
    """Return a log line's last state as plain text with the spans of its colours."""
    if raw.isprintable() and len(raw) <= MOST_CHARACTERS:
        return LineText(raw)
    state = _last_state(raw)
    shown, hidden = state[:MOST_CHARACTERS], len(state) - MOST_CHARACTERS
    line = _read(shown)
    if hidden > 0:
        return replace(line, text=f"{line.text} … {hidden:,} more characters")
    return line


def plain_text(raw: str) -> str:
    """Return what a search looks at."""
    return raw if raw.isprintable() and len(raw) <= MOST_CHARACTERS else parse_line(raw).text


def _last_state(raw: str) -> str:
    """Return what a progress bar, redrawn after carriage returns, showed last."""
    if "\r" not in raw:
        return raw
    return next((part for part in reversed(raw.split("\r")) if part), "")


def _read(raw: str) -> LineText:
    pieces: list[str] = []
    spans: list[StyleSpan] = []
    look, at, column, length = PLAIN, 0, 0, 0
    for match in [*_SEQUENCE.finditer(raw), None]:
        piece = _visible(raw[at : match.start() if match else len(raw)], column)
        if piece:
            pieces.append(piece)
            column += cell_width(piece)
            if look != PLAIN:
                spans.append((length, length + len(piece), look))
            length += len(piece)
        if match is not None:
            at = match.end()
            look = _styled(match, look)
    return LineText("".join(pieces), tuple(spans))


def _visible(text: str, column: int) -> str:
    if "\t" not in text:
        return clean(text)
    out = ""
    for index, part in enumerate(text.split("\t")):
        if index:
            out += " " * (TAB - (column + cell_width(out)) % TAB)
        out += clean(part)
    return out


def _styled(match: re.Match[str], look: TextStyle) -> TextStyle:
    if match[2] != "m" or (match[1] and match[1][0] in "<=>?"):
        return look
    return _sgr(match[1], look)


@lru_cache(maxsize=512)
def _sgr(parameters: str, look: TextStyle) -> TextStyle:
    """Apply the numbers of an SGR sequence; those without a meaning here are passed over."""
    if len(parameters) > 200:
        return look
    codes = [int(code[:4]) if code.isdecimal() else 0 for code in re.split("[;:]", parameters)]
    while codes:
        look = _one_code(codes.pop(0), codes, look)
    return look


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


def _one_code(code: int, rest: list[int], look: TextStyle) -> TextStyle:
    if code == 0:
        return PLAIN
    if code in _FLAGS:
        return replace(look, **_FLAGS[code])
    if code in (38, 39, 48, 49):
        colour = _extended(rest) if code in (38, 48) else None
        return replace(look, fore=colour) if code < 40 else replace(look, back=colour)
    for first, last, offset, ground in (
        (30, 37, 0, "fore"),
        (40, 47, 0, "back"),
        (90, 97, 8, "fore"),
        (100, 107, 8, "back"),
    ):
        if first <= code <= last:
            return replace(look, **{ground: code - first + offset})  # type: ignore[arg-type]
    return look


def _extended(rest: list[int]) -> Colour:
    kind = rest.pop(0) if rest else 0
    if kind == 5 and rest:
        return min(255, rest.pop(0))
    if kind == 2 and len(rest) >= 3:
        red, green, blue = (min(255, rest.pop(0)) for _ in range(3))
        return (red, green, blue)
    return None
