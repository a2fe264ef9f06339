"""End a command in order on SIGTERM and SIGHUP: files are finished or removed, and the audit is written."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

_SIGNALS = (signal.SIGTERM, signal.SIGHUP)
_EXIT_TIMEOUT_S = 5.0


def run_until_signal(work: Coroutine[Any, Any, T]) -> T:
    """Run ``work``; SIGTERM and SIGHUP cancel it as ctrl+c does.

    Raises SystemExit with 128 plus the number of the signal once its clean-up is done. The process ends after
    5 s even where the clean-up blocks.
    """
    received: list[int] = []
    try:
        return asyncio.run(_cancel_on_signals(work, received))
    except asyncio.CancelledError:
        if not received:
            raise
    raise SystemExit(128 + received[0])


async def _cancel_on_signals(work: Coroutine[Any, Any, T], received: list[int]) -> T:
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    timers: list[threading.Timer] = []

    def cancel(number: int) -> None:
        received.append(number)
        timers.append(threading.Timer(_EXIT_TIMEOUT_S, os._exit, (128 + number,)))
        timers[-1].daemon = True
        timers[-1].start()
        if task is not None:
            task.cancel()

    handled = [number for number in _SIGNALS if _is_default(number)]
    for number in handled:
        loop.add_signal_handler(number, cancel, number)
    try:
        return await work
    finally:
        for number in handled:
            loop.remove_signal_handler(number)
        for timer in timers:
            timer.cancel()


def _is_default(number: int) -> bool:
    """Whether the signal would end the process: nohup ignores SIGHUP, and threads handle no signals."""
    is_main = threading.current_thread() is threading.main_thread()
    return is_main and signal.getsignal(number) is signal.SIG_DFL
