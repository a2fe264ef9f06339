"""``matui --demo`` as it stands some seconds after its start: ``late_demo.py SECONDS ARGUMENT…``."""

from __future__ import annotations

import sys
from typing import Any

from matui.__main__ import main
from matui.base.clock import Clock
from matui.cli.context import demo


def build_demo_app_since(seconds: float, clock: Clock) -> Any:
    """Return the demo's simulator with a world that began ``seconds`` ago."""
    from matui.sim.app import build_app
    from tests.seeded_world import build_world

    return build_app(build_world(seed=demo.SEED, clock=Earlier(clock, seconds), incident=True))


class Earlier:
    """A clock that is late when it is first read, and right afterwards."""

    def __init__(self, clock: Clock, seconds: float) -> None:
        self._clock, self._seconds = clock, seconds

    def now(self) -> float:
        """Return seconds since the epoch."""
        late, self._seconds = self._seconds, 0.0
        return self._clock.now() - late

    def monotonic(self) -> float:
        """Return seconds since some moment."""
        return self._clock.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await self._clock.sleep(seconds)


if __name__ == "__main__":
    later = float(sys.argv.pop(1))
    demo.build_demo_app = lambda clock: build_demo_app_since(later, clock)
    raise SystemExit(main())
