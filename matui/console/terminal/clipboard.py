"""Escape sequences for the clipboard and notifications, also through tmux and GNU screen; copies text."""

from __future__ import annotations

import asyncio
import base64
import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from matui.base.formatting import pluralize
from matui.base.sanitize import clean

if TYPE_CHECKING:
    from textual.app import App

_TMUX_TIMEOUT_S = 3.0
_SCREEN_PART = 250  # characters of a string that GNU screen passes through


def wrap_for_multiplexer(sequence: str, environ: Mapping[str, str]) -> str:
    """Return a sequence in the form that passes through tmux or GNU screen to the terminal.

    Screen passes the low byte of each character, which may be a control character: it gets ASCII alone.
    """
    if environ.get("TMUX"):
        return "\x1bPtmux;" + sequence.replace("\x1b", "\x1b\x1b") + "\x1b\\"
    if environ.get("STY"):
        sequence = sequence.replace("→", "->").replace("…", "...").encode("ascii", "replace").decode()
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
        parts = ";".join(text.replace(";", ",") for text in (title, words))  # a semicolon ends a part
        return wrap_for_multiplexer(f"\x1b]777;notify;{parts}\a", environ)
    return wrap_for_multiplexer(f"\x1b]9;{title}: {words}\a", environ)


async def load_tmux_buffer(text: str, environ: Mapping[str, str]) -> str:
    """Pass the text to the tmux that the console runs in; return why tmux refused it, else ``""``.

    With its defaults tmux discards what applications write to the clipboard (``set-clipboard external``,
    ``allow-passthrough off``). ``load-buffer -w`` also sets the clipboard of the terminal, since tmux 3.2.
    """
    if not environ.get("TMUX"):
        return ""
    failure = await _run_tmux(("load-buffer", "-w", "-"), text, environ)
    return failure and await _run_tmux(("load-buffer", "-"), text, environ)


async def _run_tmux(arguments: Sequence[str], text: str, environ: Mapping[str, str]) -> str:
    pipe = asyncio.subprocess.PIPE
    try:
        process = await asyncio.create_subprocess_exec(
            "tmux", *arguments, stdin=pipe, stdout=asyncio.subprocess.DEVNULL, stderr=pipe, env=dict(environ)
        )
    except OSError as error:
        return error.strerror or "it cannot be run"
    data = text.encode("utf-8", "replace")
    try:
        _, said = await asyncio.wait_for(process.communicate(data), _TMUX_TIMEOUT_S)
    except TimeoutError:
        process.kill()
        return f"no answer in {_TMUX_TIMEOUT_S:g} s"
    if not process.returncode:
        return ""
    return clean(said.decode("utf-8", "replace").strip()) or f"exit status {process.returncode}"


def describe_clipboard(environ: Mapping[str, str], tmux_failure: str = "") -> str:
    """Return where a copied text went; ``tmux_failure`` is why tmux refused it."""
    if tmux_failure:
        return f"the terminal's clipboard (OSC 52); not to tmux: {tmux_failure.rstrip('.')}"
    if environ.get("TMUX"):
        return "the tmux buffer and the terminal's clipboard"
    return "the terminal's clipboard (OSC 52)"


def copy(app: App[Any], text: str, what: str) -> None:
    """Copy ``text`` and show that ``what`` was copied, and to where."""
    app.copy_to_clipboard(text)

    async def report() -> None:
        failure = await load_tmux_buffer(text, os.environ)
        where = describe_clipboard(os.environ, failure)
        severity = "warning" if failure else "information"
        app.notify(f"Copied {what} to {where}.", severity=severity, markup=False)  # type: ignore[arg-type]

    app.run_worker(report(), group="copy")


def count_lines(text: str) -> str:
    """Return how many lines a text has: ``3 lines``."""
    count = text.count("\n") + 1
    return pluralize(count, "line")
