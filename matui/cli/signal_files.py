"""Reads candidate log files side by side until it is known which one has signals."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Protocol, TypeVar


class FileReading(Protocol):
    """The reading of one file; ``found`` is set at the first signal."""

    found: asyncio.Event

    async def read(self, *, follow: bool, tail: int | None = None) -> None:
        """Read the file to its end."""
        ...

    def release(self) -> None:
        """Write what has been read, and the rest as it is read."""
        ...


R = TypeVar("R", bound=FileReading)


async def read_first_with_signals(runs: Sequence[R], tail: int | None) -> R | None:
    """Read the files side by side and return the first in order that has signals, read to its end.

    A file is written in its turn only; the files after the one with signals are given up. Raises the error
    of a file up to it.
    """
    readings = [asyncio.ensure_future(run.read(follow=False, tail=tail)) for run in runs]
    try:
        for at, run in enumerate(runs):
            run.release()
            waiting = asyncio.ensure_future(run.found.wait())
            await asyncio.wait({readings[at], waiting}, return_when=asyncio.FIRST_COMPLETED)
            waiting.cancel()
            if run.found.is_set():
                for other in readings[at + 1 :]:
                    other.cancel()
            await readings[at]
            if run.found.is_set():
                return run
        return None
    finally:
        for reading in readings:
            reading.cancel()
        await asyncio.gather(*readings, return_exceptions=True)
