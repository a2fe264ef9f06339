"""The simulator of the soak, in a process of its own: ``python -m tests.bench.soak_server CLOCK FAULTS``.

Prints its address. CLOCK is a file with the time that the console has.
Jobs come and go, so that its size stays the same however long it runs.
"""

from __future__ import annotations

import asyncio
import mmap
import os
import signal
import struct
import sys
from pathlib import Path

from matui.base.clock import SystemClock
from matui.sim.app import build_app
from matui.sim.server.faults import parse_faults
from matui.sim.server.serve import serve
from tests.seeded_world import SeededWorld, build_world

MOST_JOBS = 120


class SharedTime:
    """Seconds since the epoch in a file that two processes map."""

    def __init__(self, file: Path, now: float | None = None) -> None:
        if now is not None:
            file.write_bytes(struct.pack("d", now))
        with file.open("r+b") as opened:
            self._bytes = mmap.mmap(opened.fileno(), 8)

    def get(self) -> float:
        """Return the time."""
        return float(struct.unpack("d", self._bytes[:8])[0])

    def set(self, now: float) -> None:
        """Tell the time."""
        self._bytes[:8] = struct.pack("d", now)


class SharedClock(SystemClock):
    """A clock that shows a shared time."""

    def __init__(self, shared: SharedTime) -> None:
        self.now = shared.get  # type: ignore[method-assign]


async def main(clock_file: str, spec: str) -> None:
    """Serve until SIGTERM."""
    world = build_world(seed=7, clock=SharedClock(SharedTime(Path(clock_file))))
    app = build_app(world, faults=parse_faults(spec, seed=7))
    turnover = asyncio.create_task(_turn_over(world))
    try:
        await serve(app, on_ready=lambda url: print(url, flush=True))
    finally:
        turnover.cancel()


async def _turn_over(world: SeededWorld) -> None:
    parent = os.getppid()
    while True:
        await asyncio.sleep(0.2)
        if os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGTERM)
        for key in list(world.jobs.rows)[:-MOST_JOBS]:
            world.jobs.remove(key)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2]))
