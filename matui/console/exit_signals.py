"""Ends the console in order on SIGTERM, SIGHUP and SIGINT, so that the terminal is restored."""

from __future__ import annotations

import asyncio
import os
import signal

from textual.app import App

_EXIT_TIMEOUT_S = 5.0
_EXIT_CODES = {signal.SIGTERM: 143, signal.SIGHUP: 129, signal.SIGINT: 130}


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
