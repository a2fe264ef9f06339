"""Make text from outside safe to show on a terminal."""

from __future__ import annotations

import re

_BIDI_AND_INVISIBLE = "\u061c\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff"
# Compiled at first use: compiling takes longer than importing the rest of this module.
_UNSAFE = f"[\x00-\x1f\x7f-\x9f\ud800-\udfff{_BIDI_AND_INVISIBLE}]"
_WIDTHLESS = f"[\x00-\x1f\x7f-\x9f{_BIDI_AND_INVISIBLE}]"
# Drawn as nothing or as a blank: Default_Ignorable_Code_Point, and other spaces.
_DECEPTIVE = (
    "[\u00a0\u00ad\u034f\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f\u2000-\u200d\u202f\u205f\u2800\u3000\u3164"
    "\ufe00-\ufe0f\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_LOST_SPACES = r"^ +| +$| {2,}"


def clean(text: str) -> str:
    """Return ``text`` on one line with every control, bidi, invisible and surrogate character made visible.

    Nothing is dropped, so two names that differ still differ: ESC becomes ``␛``, a newline ``␊``,
    U+202E ``<202e>``.
    """
    if text.isprintable():
        return text
    return re.sub(_UNSAFE, _escape_match, text)


def make_visible(text: str) -> str:
    """Return ``clean(text)`` with every other invisible or blank character made visible too.

    For names of the targets of actions: two names that differ look different. Spaces at an end or in a row
    become ``␠``.
    """
    shown = re.sub(_LOST_SPACES, lambda spaces: "\u2420" * len(spaces.group()), clean(text))
    return shown if shown.isascii() else re.sub(_DECEPTIVE, _escape_match, shown)


def strip_controls(text: str) -> str:
    """Return ``text`` with every character that could act on a terminal removed or replaced by U+FFFD.

    The width in cells is kept. The last filter before text is written, behind :func:`clean`.
    """
    return text if text.isprintable() else re.sub(_UNSAFE, _replace_at_same_width, text)


def _replace_at_same_width(match: re.Match[str]) -> str:
    return "" if re.match(_WIDTHLESS, match.group()) else "\ufffd"


def _escape_match(match: re.Match[str]) -> str:
    code = ord(match.group())
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "\u2421"
    return f"<{code:02x}>" if code < 0x100 else f"<{code:04x}>"


def decode_argument(text: str) -> str:
    """Return an argument of a command line that the locale could not decode as the UTF-8 that was typed."""
    if not any("\udc80" <= character <= "\udcff" for character in text):
        return text
    try:
        return text.encode("utf-8", "surrogateescape").decode("utf-8")
    except UnicodeDecodeError:
        return text
