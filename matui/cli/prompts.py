"""Questions on a terminal. Input typed before a question appeared is discarded."""

from __future__ import annotations

import asyncio
import os
import sys

from matui.cli.output import is_terminal


def can_ask() -> bool:
    """Whether stdin and stderr are terminals, so that a question can be answered."""
    return is_terminal(sys.stdin) and is_terminal(sys.stderr)


async def ask(question: str) -> str:
    """Write the question to stderr and return the line typed after it.

    Raises KeyboardInterrupt at the end of input; ctrl+c interrupts it at once.
    """
    descriptor = sys.stdin.fileno()
    _forget_typed_ahead(descriptor)
    sys.stderr.write(question)
    sys.stderr.flush()
    loop = asyncio.get_running_loop()
    readable = asyncio.Event()
    loop.add_reader(descriptor, readable.set)
    try:
        await readable.wait()
    finally:
        loop.remove_reader(descriptor)
    line = os.read(descriptor, 4096)
    if not line:
        raise KeyboardInterrupt
    return line.decode(sys.stdin.encoding or "utf-8", "replace").rstrip("\r\n")


def _forget_typed_ahead(descriptor: int) -> None:
    import termios

    termios.tcflush(descriptor, termios.TCIFLUSH)
