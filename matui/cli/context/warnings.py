"""Warnings on stderr that are given once: a wrong clock of this machine, and an error that is retried."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from weakref import WeakSet

from matui.base.calls.send_gate import ANSWER
from matui.base.clock import Clock, format_skew_hint
from matui.base.errors import AuthenticationError, MatuiError
from matui.cli.output.streams import note
from matui.clouds.protocols import Cloud, get_clock_offset_s

_QUIET_S = 300.0
_LOOK_S = 2.0
_warned: WeakSet[asyncio.AbstractEventLoop] = WeakSet()


class RepeatedErrors:
    """Writes errors to stderr; the same error again only after five minutes without it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._met: dict[tuple[str, str], float] = {}

    def report(self, before: str, error: MatuiError) -> None:
        """Report an error after the text ``before``; the request id does not make it a different error."""
        key, now = (before, error.sentence), self._clock.monotonic()
        last, self._met[key] = self._met.get(key), now
        if last is None or now - last > _QUIET_S:
            note(f"{before} {error}")


@asynccontextmanager
async def warn_about_clock(cloud: Cloud) -> AsyncIterator[None]:
    """Check the clock offset every two seconds while the block runs, and at its end."""
    looking = asyncio.ensure_future(_wait_for_skew(cloud))
    is_reported = False
    try:
        yield
    except AuthenticationError:
        is_reported = True  # its sentence names the clock
        raise
    finally:
        is_reported = is_reported or looking.done()
        looking.cancel()
        if hint := "" if is_reported else format_skew_hint(get_clock_offset_s(cloud)):
            _warn_once(hint)


async def _wait_for_skew(cloud: Cloud) -> None:
    while True:
        await asyncio.sleep(_LOOK_S)
        if hint := format_skew_hint(get_clock_offset_s(cloud)):
            _warn_once(hint)
            return


def _warn_once(hint: str) -> None:
    """Write the warning once a run, even where several profiles show it."""
    loop = asyncio.get_running_loop()
    if loop not in _warned:
        _warned.add(loop)
        note(hint)


def note_wait(reason: str) -> None:
    """Report on stderr what a request or an action waits for."""
    if reason == ANSWER:
        note(f"Sent; waiting for {reason}.")
    elif reason:
        note(f"Waiting for {reason}; ctrl+c cancels.")
