"""What reaches the terminal a person sits at, whatever lies between: its clipboard, its notices. Pure."""

from __future__ import annotations

import base64
from collections.abc import Mapping

_SCREEN_PART = 250  # characters of a string that GNU screen hands on


def wrapped(sequence: str, environ: Mapping[str, str]) -> str:
    """Return an escape sequence as it gets through tmux or GNU screen to the terminal outside."""
    if environ.get("TMUX"):
        return "\x1bPtmux;" + sequence.replace("\x1b", "\x1b\x1b") + "\x1b\\"
    if environ.get("STY"):
        parts = (sequence[at : at + _SCREEN_PART] for at in range(0, len(sequence), _SCREEN_PART))
        return "".join(f"\x1bP{part}\x1b\\" for part in parts)
    return sequence


def clipboard_sequences(text: str, environ: Mapping[str, str]) -> list[str]:
    """Return what to write to the terminal: in tmux also what tmux itself understands."""
    data = base64.b64encode(text.encode("utf-8", "replace")).decode("ascii")
    sequence = f"\x1b]52;c;{data}\a"
    through = wrapped(sequence, environ)
    return [sequence, through] if environ.get("TMUX") else [through]


def notification(title: str, words: str, environ: Mapping[str, str]) -> str:
    """Return what lets the terminal notify: OSC 777 where the terminal is known to want that, else OSC 9."""
    kind = f"{environ.get('TERM', '')} {environ.get('TERM_PROGRAM', '')}".lower()
    if any(name in kind for name in ("rxvt", "foot", "ghostty", "wezterm")):
        return wrapped(f"\x1b]777;notify;{title.replace(';', ',')};{words}\a", environ)
    return wrapped(f"\x1b]9;{title}: {words}\a", environ)
