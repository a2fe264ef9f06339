"""An event loop whose time passes only while nothing is to be done, and then at once."""

from __future__ import annotations

import asyncio
import selectors
import threading
import time
from asyncio import Future
from collections.abc import Callable
from concurrent.futures import Executor
from typing import Any

PAUSE_S = 0.02
MAX_PAUSES = 50
QUIET_TURNS = 8  # a pause takes three turns; more than these, and something is being worked on


class VirtualTimeSelector(selectors.DefaultSelector):
    """Skips a wait for a timer, unless a thread, a pipe or a socket may end it.

    While a pipe or a socket is open its time passes as the machine's does, for what is at the other end.
    """

    def __init__(self) -> None:
        super().__init__()
        self.now = self._seen = time.monotonic()
        self.turns = 0
        self.jobs = 0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        self.turns += 1
        is_open = len(self.get_map()) > 1  # the first is the loop's own, for wake-ups
        if is_open:
            self._pass_time()
        elif timeout == 0 and not self.jobs:
            return []
        if timeout is None or timeout <= 0:
            return self._poll(timeout)
        if events := self._poll(0):
            return events
        if self.jobs or is_open:
            self._seen = time.monotonic()
            events = super().select(timeout)
            self._pass_time()
            return events
        self.now += timeout
        return []

    def _poll(self, timeout: float | None) -> list[tuple[selectors.SelectorKey, int]]:
        events = super().select(timeout)
        self._seen = time.monotonic()
        return events

    def _pass_time(self) -> None:
        seen, self._seen = self._seen, time.monotonic()
        self.now += self._seen - seen


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """An event loop whose ``time`` passes while callbacks run only if a pipe or a socket is open.

    So what is due first runs first, and how much runs before it does not depend on the machine's speed.
    """

    def __init__(self) -> None:
        self.selector = VirtualTimeSelector()
        self.is_idle = False  # the last wait for idle found nothing to wait for
        super().__init__(self.selector)

    def time(self) -> float:
        return self.selector.now

    def run_in_executor(self, executor: Executor | None, func: Callable[..., Any], *args: Any) -> Future[Any]:
        future = super().run_in_executor(executor, func, *args)
        self.selector.jobs += 1
        future.add_done_callback(self._end_job)
        return future

    def _end_job(self, _: Future[Any]) -> None:
        self.selector.jobs -= 1

    async def wait_for_idle(self) -> None:
        """Return when nothing but timers further away is left to run and no thread works, within a second."""
        self.is_idle = False
        for pause in range(MAX_PAUSES):
            before = self.selector.turns
            await asyncio.sleep(PAUSE_S)
            if self.selector.turns - before <= QUIET_TURNS and not self.selector.jobs:
                self.is_idle = pause == 0
                return


def make_event_loop() -> asyncio.AbstractEventLoop:
    """Return a loop of virtual time for the main thread, an ordinary one for any other."""
    is_main = threading.current_thread() is threading.main_thread()
    return VirtualTimeLoop() if is_main else asyncio.SelectorEventLoop()


def get_loop_time() -> float:
    """Return the time of the running loop, outside of one the machine's, in seconds."""
    try:
        return asyncio.get_running_loop().time()
    except RuntimeError:
        return time.monotonic()


async def wait_for_idle(min_sleep: float = 0.0, max_sleep: float = 1.0) -> None:
    """Replace Textual's function of this name, which compares the process's time with the machine's."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualTimeLoop)
    await loop.wait_for_idle()
