"""Early ends of the console: a second ctrl+c, or a signal; the terminal is restored."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable

from textual.app import App

_EXIT_TIMEOUT_S = 5.0
_EXIT_CODES = {signal.SIGTERM: 143, signal.SIGHUP: 129, signal.SIGINT: 130}
INTERRUPT_S = 2.0  # between the two presses


def end_on_signals(app: App[int]) -> None:
    """Make SIGTERM, SIGHUP (the SSH session is gone) and SIGINT end ``app`` with 128 plus the signal number.

    The process exits after 5 s even when a write to the terminal blocks.
    """
    loop = asyncio.get_running_loop()

    def end(code: int) -> None:
        signal.signal(signal.SIGTTOU, signal.SIG_IGN)  # in the background too: writing must not stop us now
        loop.call_later(_EXIT_TIMEOUT_S, os._exit, code)
        app.exit(code)

    for number, code in _EXIT_CODES.items():
        loop.add_signal_handler(number, end, code)


class InterruptKey:
    """Whether ctrl+c was pressed a moment ago, and no other key since."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._pressed_at: float | None = None

    def press(self) -> bool:
        """Record a press; return whether it is the second within two seconds."""
        now, before = self._monotonic(), self._pressed_at
        if before is not None and now - before <= INTERRUPT_S:
            return True
        self._pressed_at = now
        return False

    def forget(self) -> None:
        """Record that another key was pressed."""
        self._pressed_at = None
