"""Formats keys for people, and the key bar."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

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
    "escape": "esc",
    "space": "space",
}


def format_keys(keys: str) -> str:
    """Return joined keys as users read them: ``enter,d`` is ``enter d``, ``colon`` is ``:``."""
    return " ".join(_KEY_NAMES.get(key, key) for key in keys.split(","))


def build_key_bar(hints: Sequence[tuple[str, str]], width: int) -> Content:
    """Return as many ``key hint`` pairs as fit into ``width`` cells; the last one is always there."""
    if not hints:
        return Content("")
    cells = [len(key) + len(hint) + 3 for key, hint in hints]
    left, shown = width - cells[-1], []
    for hint, size in zip(hints[:-1], cells[:-1], strict=True):
        left -= size
        if left < 0:
            break
        shown.append(hint)
    return Content("").join(
        Content.assemble((f" {key} ", "bold $accent"), (f"{words} ", "$text-muted"))
        for key, words in (*shown, hints[-1])
    )
