"""The characters and colours of the terminal, from the environment."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from enum import Enum

# Terminals, by the start of TERM, whose fonts or wires know ASCII only.
_ASCII_TERMS = ("vt", "ansi", "dumb", "cons25", "sun", "wy")
_RICH_TERMS = ("256color", "truecolor", "direct", "kitty", "ghostty", "alacritty", "wezterm", "foot")


class Charset(Enum):
    """The characters that a terminal can show."""

    UNICODE = "unicode"
    LINUX = "linux"  # Latin-1 and the lines of boxes
    ASCII = "ascii"


def charset(environ: Mapping[str, str]) -> Charset:
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
