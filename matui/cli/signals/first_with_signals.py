"""Reads files side by side until the first of them in order has signals."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, Protocol, TypeVar


class FileReading(Protocol):
    """The reading of one file.

    ``found`` is set at the first signal, ``at_end`` when the end of the file is reached for the first time.
    """

    found: asyncio.Event
    at_end: asyncio.Event

    async def read(self, *, follow: bool, tail: int | None = None) -> None:
        """Read the file to its end; with ``follow`` until the job has ended."""
        ...

    def release(self) -> None:
        """Write what has been read, and the rest as it is read."""
        ...


R = TypeVar("R", bound=FileReading)


async def read_first_with_signals(runs: Sequence[R], tail: int | None, *, follow: bool = False) -> R | None:
    """Read the files side by side and return the first in order that has signals, read to its end.

    With ``follow`` it is read until the job has ended, and the last file where none has signals at its end.
    A file is written in its turn only; the files after the one with signals are given up. Raises the error
    of a file up to it.
    """
    readings = [asyncio.ensure_future(run.read(follow=follow, tail=tail)) for run in runs]
    try:
        for at, run in enumerate(runs):
            run.release()
            await _wait_for_first(readings[at], run.found, *((run.at_end,) if follow else ()))
            is_chosen = run.found.is_set() or (follow and run is runs[-1])
            if is_chosen:
                for other in (*readings[:at], *readings[at + 1 :]):
                    other.cancel()
            if is_chosen or readings[at].done():
                await readings[at]
            if is_chosen:
                return run
        return None
    finally:
        for reading in readings:
            reading.cancel()
        await asyncio.gather(*readings, return_exceptions=True)


async def _wait_for_first(reading: asyncio.Future[None], *events: asyncio.Event) -> None:
    """Return when the reading has ended or one of the events has been set."""
    waiting: set[asyncio.Future[Any]] = {asyncio.ensure_future(event.wait()) for event in events}
    await asyncio.wait(waiting | {reading}, return_when=asyncio.FIRST_COMPLETED)
    for task in waiting:
        task.cancel()
