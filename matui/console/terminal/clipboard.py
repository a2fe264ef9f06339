"""Escape sequences for the clipboard and notifications, also through tmux and GNU screen; copies text."""

from __future__ import annotations

import asyncio
import base64
import os
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from matui.base.text.formatting import pluralize
from matui.base.text.sanitize import clean

if TYPE_CHECKING:
    from textual.app import App

_TMUX_TIMEOUT_S = 3.0
_NO_CLIPBOARD = re.compile(r"(?m)^ *\d+: Ms: \[missing\]$")
_TERMINAL = re.compile(r"(?m)^Terminal \d+: (tmux|screen)[\w.-]*\Z")
_TERMS_WITHOUT_CLIPBOARD = ("linux", "vt100", "vt102", "vt220", "ansi", "cons25", "sun")
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


def build_clipboard_sequences(text: str, environ: Mapping[str, str]) -> list[str]:
    """Return the sequences (OSC 52) that set the clipboard, in tmux also its own; none without one."""
    if not has_clipboard(environ):
        return []
    data = base64.b64encode(text.encode("utf-8", "replace")).decode("ascii")
    sequence = f"\x1b]52;c;{data}\a"
    through = wrap_for_multiplexer(sequence, environ)
    return [sequence, through] if environ.get("TMUX") else [through]


def build_notification(title: str, words: str, environ: Mapping[str, str]) -> str:
    """Return the sequence of a desktop notification: OSC 777 on terminals known for it, else OSC 9."""
    kind = f"{environ.get('TERM', '')} {environ.get('TERM_PROGRAM', '')}".lower()
    if any(name in kind for name in ("rxvt", "foot", "ghostty", "wezterm")):
        parts = ";".join(text.replace(";", ",") for text in (title, words))  # a semicolon ends a part
        return wrap_for_multiplexer(f"\x1b]777;notify;{parts}\a", environ)
    return wrap_for_multiplexer(f"\x1b]9;{title}: {words}\a", environ)


class TmuxCopy(NamedTuple):
    """What tmux did with a text: why it refused it, and whether it passes it to the terminal too.

    ``outer`` is the multiplexer that this terminal is itself, ``""`` for none.
    """

    failure: str = ""
    passes_on: bool = True
    outer: str = ""


async def load_tmux_buffer(text: str, environ: Mapping[str, str]) -> TmuxCopy:
    """Pass the text to the tmux that the console runs in; outside tmux nothing is run.

    With its defaults tmux discards what applications write to the clipboard (``set-clipboard external``,
    ``allow-passthrough off``). ``load-buffer -w`` also sets the clipboard of the terminal, since tmux 3.2, if
    tmux knows how that terminal's clipboard is set.
    """
    if not environ.get("TMUX"):
        return TmuxCopy()
    failure, _ = await _run_tmux(("load-buffer", "-w", "-"), environ, text)
    if failure:
        failure, _ = await _run_tmux(("load-buffer", "-"), environ, text)
        return TmuxCopy(failure, passes_on=False)
    _, answer = await _run_tmux(
        ("display-message", "-p", "#{client_tty}", ";", "show-messages", "-T"), environ
    )
    return TmuxCopy(passes_on=_sets_clipboard(answer), outer=_find_outer(answer))


def _sets_clipboard(answer: str) -> bool:
    """Whether tmux lists a clipboard for the terminal it names first; True where that is not listed."""
    tty, _, listed = answer.partition("\n")
    _, _, own = listed.partition(f" for {tty.strip()},")
    own, _, _ = own.partition("\nTerminal ")
    return not (tty.strip() and _NO_CLIPBOARD.search(own))


def _find_outer(answer: str) -> str:
    """Return the multiplexer that runs the terminal which tmux names first, by its type; ``""`` for none."""
    tty, _, listed = answer.partition("\n")
    found = _TERMINAL.search(listed.partition(f" for {tty.strip()},")[0]) if tty.strip() else None
    return found[1] if found is not None else ""


async def _run_tmux(arguments: Sequence[str], environ: Mapping[str, str], text: str = "") -> tuple[str, str]:
    """Run tmux with the text as input; return why it failed or ``""``, and its output."""
    from matui.base.redaction.known import drop_secrets

    pipe = asyncio.subprocess.PIPE
    try:
        process = await asyncio.create_subprocess_exec(
            "tmux", *arguments, stdin=pipe, stdout=pipe, stderr=pipe, env=drop_secrets(environ)
        )
    except OSError as error:
        return error.strerror or "it cannot be run", ""
    data = text.encode("utf-8", "replace")
    try:
        output, said = await asyncio.wait_for(process.communicate(data), _TMUX_TIMEOUT_S)
    except TimeoutError:
        process.kill()
        return f"no answer in {_TMUX_TIMEOUT_S:g} s", ""
    if not process.returncode:
        return "", output.decode("utf-8", "replace")
    return clean(said.decode("utf-8", "replace").strip()) or f"exit code {process.returncode}", ""


def describe_clipboard(environ: Mapping[str, str], tmux: TmuxCopy | None = None) -> str:
    """Return where a copied text went; ``tmux`` is what tmux did with it."""
    tmux = tmux or TmuxCopy()
    if tmux.failure:
        return f"the terminal's clipboard (OSC 52); not to tmux: {tmux.failure.rstrip('.')}"
    if environ.get("TMUX") and not tmux.passes_on:
        return "the tmux buffer; tmux knows no clipboard of this terminal"
    if environ.get("TMUX") and tmux.outer:
        return (
            f"the tmux buffer, and to the outer {tmux.outer}, which may keep it from the terminal's clipboard"
        )
    if environ.get("TMUX"):
        return "the tmux buffer and the terminal's clipboard"
    return "the terminal's clipboard (OSC 52)"


def has_clipboard(environ: Mapping[str, str]) -> bool:
    """Whether a text can be copied at all: a console of the kernel and an old terminal have no clipboard."""
    return bool(environ.get("TMUX")) or environ.get("TERM", "") not in _TERMS_WITHOUT_CLIPBOARD


def copy(app: App[Any], text: str, what: str) -> None:
    """Copy ``text`` and show that ``what`` was copied, and to where."""
    app.copy_to_clipboard(text)

    async def report() -> None:
        if not has_clipboard(os.environ):
            term = clean(os.environ.get("TERM", ""))
            sentence = f"Not copied: a terminal of the type {term} has no clipboard."
            app.notify(sentence, severity="warning", markup=False)
            return
        tmux = await load_tmux_buffer(text, os.environ)
        where = describe_clipboard(os.environ, tmux)
        severity = "warning" if tmux.failure else "information"
        app.notify(f"Copied {what} to {where}.", severity=severity, markup=False)  # type: ignore[arg-type]

    app.run_worker(report(), group="copy")


def format_line_count(text: str) -> str:
    """Return how many lines a text has: ``3 lines``."""
    count = text.count("\n") + 1
    return pluralize(count, "line")
