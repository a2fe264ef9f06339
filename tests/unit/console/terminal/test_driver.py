"""Signals that stop and continue the console are handled between two writes to the terminal."""

from __future__ import annotations

import asyncio
import os
import signal

import pytest
from textual.app import App
from textual.drivers.linux_driver import LinuxDriver

from matui.console.terminal.driver import PacedDriver

STOPS = (signal.SIGTSTP, signal.SIGCONT)


async def test_a_signal_to_continue_is_handled_after_what_it_interrupts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    handled: list[int] = []

    class Driver(PacedDriver):
        def _sigcont_application(self, *_: object) -> None:
            handled.append(signal.SIGCONT)

    monkeypatch.setattr(LinuxDriver, "start_application_mode", lambda _driver: None)
    before = {number: signal.getsignal(number) for number in STOPS}
    try:
        Driver(App()).start_application_mode()
        os.kill(os.getpid(), signal.SIGCONT)
        assert handled == []  # a write that holds the lock of its queue may have been interrupted
        for _ in range(100):
            await asyncio.sleep(0)
        assert handled == [signal.SIGCONT]
    finally:
        for number, handler in before.items():
            asyncio.get_running_loop().remove_signal_handler(number)
            signal.signal(number, handler)
