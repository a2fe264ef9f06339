"""Says on stderr, once, that this machine's clock is wrong, where no failure says it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from weakref import WeakSet

from matui.base.clock import format_skew_hint
from matui.base.errors import AuthenticationError
from matui.cli.output import note
from matui.clouds.protocols import Cloud, clock_offset_s

_LOOK_S = 2.0
_told: WeakSet[asyncio.AbstractEventLoop] = WeakSet()


@asynccontextmanager
async def clock_noted(cloud: Cloud) -> AsyncIterator[None]:
    """Look while the block runs, for what runs long, and once more at its end."""
    looking = asyncio.ensure_future(_look(cloud))
    told = False
    try:
        yield
    except AuthenticationError:
        told = True  # its sentence names the clock
        raise
    finally:
        told = told or looking.done()
        looking.cancel()
        if hint := "" if told else format_skew_hint(clock_offset_s(cloud)):
            _say(hint)


async def _look(cloud: Cloud) -> None:
    while True:
        await asyncio.sleep(_LOOK_S)
        if hint := format_skew_hint(clock_offset_s(cloud)):
            _say(hint)
            return


def _say(hint: str) -> None:
    """Say it once a run, however many profiles show it."""
    loop = asyncio.get_running_loop()
    if loop not in _told:
        _told.add(loop)
        note(hint)
