"""Escape sequences for the clipboard and notifications, also through tmux and GNU screen. Pure."""

from __future__ import annotations

import base64
from collections.abc import Mapping

_SCREEN_PART = 250  # characters of a string that GNU screen passes through


def wrap_for_multiplexer(sequence: str, environ: Mapping[str, str]) -> str:
    """Return a sequence in the form that passes through tmux or GNU screen to the terminal."""
    if environ.get("TMUX"):
        return "\x1bPtmux;" + sequence.replace("\x1b", "\x1b\x1b") + "\x1b\\"
    if environ.get("STY"):
        parts = (sequence[at : at + _SCREEN_PART] for at in range(0, len(sequence), _SCREEN_PART))
        return "".join(f"\x1bP{part}\x1b\\" for part in parts)
    return sequence


def clipboard_sequences(text: str, environ: Mapping[str, str]) -> list[str]:
    """Return the sequences (OSC 52) that set the clipboard; in tmux also its own."""
    data = base64.b64encode(text.encode("utf-8", "replace")).decode("ascii")
    sequence = f"\x1b]52;c;{data}\a"
    through = wrap_for_multiplexer(sequence, environ)
    return [sequence, through] if environ.get("TMUX") else [through]


def notification(title: str, words: str, environ: Mapping[str, str]) -> str:
    """Return the sequence of a desktop notification: OSC 777 on terminals known for it, else OSC 9."""
    kind = f"{environ.get('TERM', '')} {environ.get('TERM_PROGRAM', '')}".lower()
    if any(name in kind for name in ("rxvt", "foot", "ghostty", "wezterm")):
        return wrap_for_multiplexer(f"\x1b]777;notify;{title.replace(';', ',')};{words}\a", environ)
    return wrap_for_multiplexer(f"\x1b]9;{title}: {words}\a", environ)
