"""What esc, ctrl+c and signals end: work in progress, or the console, with the terminal restored."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

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


class Cancellations:
    """The functions that cancel what is in progress, in the order in which it started."""

    def __init__(self) -> None:
        self._cancels: list[Callable[[], object]] = []

    @contextmanager
    def register(self, cancel: Callable[[], object]) -> Iterator[None]:
        """Register ``cancel`` for ``cancel_latest`` while the block runs."""
        self._cancels.append(cancel)
        try:
            yield
        finally:
            if cancel in self._cancels:
                self._cancels.remove(cancel)

    def __bool__(self) -> bool:
        """Whether there is anything to cancel."""
        return bool(self._cancels)

    def cancel_latest(self) -> bool:
        """Cancel what started last; return whether there was anything."""
        if self._cancels:
            self._cancels.pop()()
            return True
        return False
