"""The simulated project as its time advances."""

from __future__ import annotations

from matui.sim.world.scheduling import start_work_that_fits
from matui.sim.world.state import WorldState


class World(WorldState):
    """The simulated project."""

    def advance_to(self, now: int) -> None:
        """Advance the time to ``now`` (ms) and start the work of pools that fits."""
        super().advance_to(now)
        start_work_that_fits(self)
