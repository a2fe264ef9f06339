"""Formats keys for people, and the key bar."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from textual.content import Content

from matui.console.bars.text_bar import clickable

_KEY_NAMES = {
    "colon": ":",
    "slash": "/",
    "question_mark": "?",
    "exclamation_mark": "!",
    "ampersand": "&",
    "apostrophe": "'",
    "number_sign": "#",
    "vertical_line": "|",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "asterisk": "*",
    "equals_sign": "=",
    "plus": "+",
    "minus": "-",
    "tilde": "~",
    "full_stop": ".",
    "comma": ",",
    "greater_than_sign": ">",
    "less_than_sign": "<",
    "shift+left": "shift+←",
    "shift+right": "shift+→",
    "left": "←",
    "right": "→",
    "up": "↑",
    "down": "↓",
    "ctrl+up": "ctrl+↑",
    "ctrl+down": "ctrl+↓",
    "shift+down": "shift+↓",
    "escape": "esc",
    "space": "space",
}


def format_keys(keys: str) -> str:
    """Return joined keys as users read them: ``enter,d`` is ``enter d``, ``colon`` is ``:``."""
    return " ".join(_KEY_NAMES.get(key, key) for key in keys.split(","))


class KeyHint(NamedTuple):
    """A key in the key bar; a click on it runs the command, ``""`` for none."""

    key: str
    words: str
    command_id: str = ""


def build_key_bar(hints: Sequence[KeyHint], width: int) -> Content:
    """Return as many ``key hint`` pairs as fit into ``width`` cells; the last one is always there."""
    if not hints:
        return Content("")
    cells = [len(hint.key) + len(hint.words) + 3 for hint in hints]
    left, shown = width - cells[-1], []
    for hint, size in zip(hints[:-1], cells[:-1], strict=True):
        left -= size
        if left < 0:
            break
        shown.append(hint)
    return Content("").join(_format_hint(hint) for hint in (*shown, hints[-1]))


def fit_hints(hints: Sequence[str], width: int) -> str:
    """Return as many hints as fit into ``width`` cells; the last one is always there."""
    *first, last = hints
    shown, left = "", width - len(f" {last}")
    for hint in first:
        if len(f"{shown} {hint} ") > left:
            break
        shown += f" {hint} "
    return f"{shown} {last}"


def _format_hint(hint: KeyHint) -> Content:
    content = Content.assemble((f" {hint.key} ", "bold $accent"), (f"{hint.words} ", "$text-muted"))
    return clickable(content, hint.command_id) if hint.command_id else content
