"""Ends the console in order when the process is told to: the terminal is given back as it was."""

from __future__ import annotations

import asyncio
import os
import signal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.app import App

_PATIENCE_S = 5.0
_CODES = {signal.SIGTERM: 143, signal.SIGHUP: 129, signal.SIGINT: 130}


def end_on_signals(app: App[int]) -> None:
    """Let SIGTERM, SIGHUP (the SSH session is gone) and SIGINT end ``app`` with 128 and the signal.

    Whatever hangs on a terminal that no longer answers is given up after five seconds.
    """
    loop = asyncio.get_running_loop()

    def end(code: int) -> None:
        signal.signal(signal.SIGTTOU, signal.SIG_IGN)  # in the background too: writing must not stop us now
        loop.call_later(_PATIENCE_S, os._exit, code)
        app.exit(code)

    for number, code in _CODES.items():
        loop.add_signal_handler(number, end, code)
