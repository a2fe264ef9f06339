"""Filters of what widgets paint: control characters, attributes for colours, eight colours, ASCII signs."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from enum import Enum
from functools import lru_cache
from itertools import accumulate

from rich.cells import get_character_cell_size
from rich.color import Color as RichColor
from rich.color import ColorType
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter, NoColor

from matui.base.text.sanitize import strip_controls

# Terminals, by the start of TERM, whose fonts or wires know ASCII only.
_ASCII_TERMS = ("vt", "ansi", "dumb", "cons25", "sun", "wy")
_RICH_TERMS = ("256color", "truecolor", "direct", "kitty", "ghostty", "alacritty", "wezterm", "foot")
_BLACK, _WHITE, _BRIGHT = 0, 7, 8
_DARK_BACKGROUNDS = frozenset({0, 1, 4, 5})  # black, red, blue, magenta: white is read more easily on them
_SIGNS = {
    **dict.fromkeys("●◉⬤", "*"),
    **dict.fromkeys("◐◑◒◓◔◕", "+"),
    **dict.fromkeys("✓✔", "v"),
    **dict.fromkeys("○◯", "o"),
    **dict.fromkeys("▲△↑⬆▴", "^"),
    **dict.fromkeys("▼▽↓⬇▾", "v"),
    **dict.fromkeys("✗✘×✕", "x"),
    **dict.fromkeys("◌…", "~"),
    **dict.fromkeys("›→▶▸»≥", ">"),
    **dict.fromkeys("‹←◀◂«≤", "<"),
    **dict.fromkeys("–—−‐‑·•∙", "-"),
    **dict.fromkeys("‘’′", "'"),
    **dict.fromkeys("“”″", '"'),
    **dict.fromkeys("⚠‼", "!"),
    **dict.fromkeys("\u00a0\u2009\u202f", " "),
    "≈": "~",
    "≠": "#",
    "∞": "8",
    **dict.fromkeys("µμ", "u"),
    "∅": "0",
    "⊘": "/",
    **dict.fromkeys("„‟", '"'),
    "‚": ",",
    "±": "+",
    "°": "o",
    **dict.fromkeys(map(chr, range(0x2400, 0x2422)), "^"),  # pictures of control characters
}
_BLOCKS = {
    **dict.fromkeys("▐▌▎▍▏▕", "|"),
    **dict.fromkeys("█▉▊▋■▀▓", "#"),
    **dict(zip("▁▂▃▄▅▆▇", "_.-=+*%", strict=True)),  # heights, of which sparks consist
    "▒": "=",
    "░": "_",
    "▔": "-",
}
_LINES = {
    **dict.fromkeys("─━╌╍┄┅┈┉═╴╶", "-"),
    **dict.fromkeys("│┃╎╏┆┇┊┋║╵╷", "|"),
    **dict.fromkeys("┌┐└┘├┤┬┴┼╭╮╰╯╔╗╚╝╠╣╦╩╬┏┓┗┛┣┫┳┻╋", "+"),
}
# What the Linux console has instead: frames, and blocks of two heights.
_LINUX_LIKE = dict(zip("╭╮╰╯━┃▔▉▊▋", "┌┐└┘─│─███", strict=True))
_LINUX_HAS = frozenset("─│┌┐└┘├┤┬┴┼█▄▀▌▐░▒▓")


class Charset(Enum):
    """The characters that a terminal can show."""

    UNICODE = "unicode"
    LINUX = "linux"  # Latin-1 and the lines of boxes
    ASCII = "ascii"


def find_charset(environ: Mapping[str, str]) -> Charset:
    """Return the characters that can be shown: by the locale first, then by TERM."""
    locale = environ.get("LC_ALL") or environ.get("LC_CTYPE") or environ.get("LANG") or ""
    # Python sets LC_CTYPE to a UTF-8 locale where LANG is C.
    names = {locale} if environ.get("LC_ALL") else {locale, environ.get("LANG", "")}
    if any(_is_plain(name) for name in names if name):
        return Charset.ASCII
    term = environ.get("TERM", "")
    if term == "linux" or term.startswith("linux-"):
        return Charset.LINUX
    return Charset.ASCII if term.startswith(_ASCII_TERMS) else Charset.UNICODE


def _is_plain(locale: str) -> bool:
    """Whether a locale is not one of UTF-8; one without an encoding is taken for UTF-8 unless it is C."""
    name, _, encoding = locale.partition(".")
    encoding = encoding.partition("@")[0].casefold().replace("-", "")
    return name in ("C", "POSIX") and not encoding if not encoding else encoding != "utf8"


def has_colors(environ: Mapping[str, str]) -> bool:
    """Return whether the terminal has colours, as terminfo says."""
    term = environ.get("TERM", "")
    if environ.get("COLORTERM") or any(word in term for word in _RICH_TERMS):
        return True
    import curses

    with suppress(curses.error, TypeError):
        curses.setupterm(term, 1)
        return curses.tigetnum("colors") > 0
    return True


@lru_cache(maxsize=4096)
def spell_out(text: str, charset: Charset) -> str:
    """Return text with ``\\u4e2d`` for each letter that the terminal cannot show: names stay different."""
    if charset is Charset.UNICODE or text.isascii():
        return text
    return "".join(
        char if _replace(char, charset).strip("?") or char == "?" else char.encode("unicode_escape").decode()
        for char in text
    )


@lru_cache(maxsize=1024)
def find_spelled_places(text: str, charset: Charset) -> Sequence[int]:
    """Return where each character of a text begins once it is spelled out, and where the last one ends."""
    if spell_out(text, charset) == text:
        return range(len(text) + 1)
    return tuple(accumulate((len(spell_out(char, charset)) for char in text), initial=0))


class ControlFilter(LineFilter):
    """Removes control, bidi and surrogate characters from what widgets paint."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002
        """Return the segments; the same list when there is nothing to remove."""
        if all(segment.text.isprintable() for segment in segments):
            return segments
        return [
            segment if segment.control else Segment(strip_controls(segment.text), segment.style)
            for segment in segments
        ]


class AttributeFilter(LineFilter):
    """Replaces colours by bold, dim, underlines and reverse video."""

    def __init__(
        self,
        strong: Collection[str],
        reversed_: Collection[str],
        dim: Collection[str] = (),
        underlined: Collection[str] = (),
    ) -> None:
        super().__init__()
        self._underlined = {Color.parse(colour).rich_color for colour in underlined}
        self._strong = {Color.parse(colour).rich_color for colour in strong}
        self._reversed = {Color.parse(colour).rich_color for colour in reversed_}
        self._dim = {Color.parse(colour).rich_color for colour in dim}

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002
        """Return the segments without colours."""
        return [
            segment
            if segment.style is None
            else Segment(segment.text, self._convert(segment.style), segment.control)
            for segment in segments
        ]

    def _convert(self, style: Style) -> Style:
        plain = style + NoColor.DEFAULT_COLORS
        if style.color in self._strong:
            plain += Style(bold=True, underline=True)
        if style.bgcolor in self._reversed:
            plain += Style(reverse=True)
        if style.bgcolor in self._underlined:
            plain += Style(underline=True)
        return plain + Style(dim=style.color in self._dim)


class FewColorsFilter(LineFilter):
    """Limits the colours of the terminal's own palette to eight, and keeps text readable on each of them.

    Bright black, which some palettes show as the background, is the default colour, dim as text and in
    reverse video as a background. Other bright colours are bold. Text on a colour is white or black.
    """

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002
        """Return the segments in eight colours."""
        return [
            segment
            if segment.style is None
            else Segment(segment.text, reduce_to_eight_colors(segment.style), segment.control)
            for segment in segments
        ]


@lru_cache(maxsize=512)
def reduce_to_eight_colors(style: Style) -> Style:
    """Return a style in the first eight colours of the palette; colours beyond 16 stay as they are."""
    fore, back = _get_number(style.color), _get_number(style.bgcolor)
    if back == _BRIGHT:
        return style + NoColor.DEFAULT_COLORS + Style(reverse=True, dim=False)
    changes = Style()
    if back is not None and back > _BRIGHT:
        back -= _BRIGHT
        changes += Style(bgcolor=_build_color(back))
    if back is not None:
        on_dark = back in _DARK_BACKGROUNDS
        return style + changes + Style(color=_build_color(_WHITE if on_dark else _BLACK), dim=False)
    if fore == _BRIGHT:
        changes += Style(color=RichColor.default(), dim=not style.bold)
    elif fore is not None and fore > _BRIGHT:
        changes += Style(color=_build_color(fore - _BRIGHT), bold=True)
    return style + changes


def _get_number(color: RichColor | None) -> int | None:
    """Return the number of a colour of the terminal's palette of 16, None for any other and the default."""
    if color is None or color.type is not ColorType.STANDARD:
        return None
    return color.number


def _build_color(number: int) -> RichColor:
    return RichColor.from_ansi(number)


class CharsetFilter(LineFilter):
    """Replaces the characters that the terminal cannot show by others of the same width."""

    def __init__(self, charset: Charset) -> None:
        super().__init__()
        self._replacements = _Replacements(charset)

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002
        """Return the segments; the same list when there is nothing to replace."""
        if all(segment.text.isascii() for segment in segments):
            return segments
        return [
            segment
            if segment.control or segment.text.isascii()
            else Segment(segment.text.translate(self._replacements), segment.style)
            for segment in segments
        ]


class _Replacements(dict[int, str]):
    """A table for ``str.translate``, filled as characters occur."""

    def __init__(self, charset: Charset) -> None:
        super().__init__()
        self._charset = charset

    def __missing__(self, code: int) -> str:
        replacement = self[code] = _replace(chr(code), self._charset)
        return replacement


def _replace(character: str, charset: Charset) -> str:
    if character.isascii():
        return character
    if charset is Charset.LINUX:
        character = _LINUX_LIKE.get(character, character)
        if character in _LINUX_HAS or (" " < character <= "ÿ" and character not in "\u00a0\u00ad"):
            return character
    for table in (_SIGNS, _LINES, _BLOCKS):
        if character in table:
            return table[character]
    width = get_character_cell_size(character)
    if "\u2800" <= character <= "\u28ff":  # braille, of which curves consist
        return " " if character == "\u2800" else ":"
    base = unicodedata.normalize("NFKD", character)[:1]
    return base if base.isascii() and base.isprintable() and width == 1 else "?" * width
