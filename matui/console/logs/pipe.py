"""Pipes lines to a command that gets the terminal."""

from __future__ import annotations

import os
import shlex
import subprocess
import threading
from collections.abc import Iterator
from contextlib import suppress
from typing import IO

from matui.base.errors import UsageError


def pager() -> str:
    """Return the command of the pager to use without another wish."""
    return os.environ.get("MATUI_PAGER") or os.environ.get("PAGER") or "less -R"


def command_of(text: str) -> list[str]:
    """Return a command as its words: no shell ever sees it. Raises UsageError where it is none."""
    try:
        words = shlex.split(text or pager())
    except ValueError as error:
        raise UsageError(f"This is no command: {error}.") from error
    if not words:
        raise UsageError("A command is missing.")
    return words


def run_through(words: list[str], lines: Iterator[str], *, wait: bool = False) -> int:
    """Run a command with the lines as its input, the terminal being its own; returns its exit status.

    With ``wait`` what it printed stays until enter is pressed. Raises UsageError where it cannot be run.
    """
    try:
        process = subprocess.Popen(words, stdin=subprocess.PIPE)  # noqa: S603 - the user's own words
    except OSError as error:
        raise UsageError(f"{words[0]} cannot be run: {error.strerror}.") from error
    assert process.stdin is not None  # noqa: S101 - asked for above
    feeder = threading.Thread(target=_feed, args=(process.stdin, lines), daemon=True)
    feeder.start()
    status = 130
    with suppress(KeyboardInterrupt, EOFError):
        status = process.wait()
        feeder.join(timeout=5)
        if wait:
            input(f"\n{words[0]} ended with {status}; enter goes back to matui ")
    return status


def _feed(pipe: IO[bytes], lines: Iterator[str]) -> None:
    """Write until the command has read enough."""
    try:
        with pipe:
            for text in lines:
                pipe.write(text.encode("utf-8", "replace") + b"\n")
    except (BrokenPipeError, ValueError):
        return
