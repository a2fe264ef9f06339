"""Detects when a log is drained; used by the log pane and by ``matui logs``."""

from __future__ import annotations

from matui.base.clock import Clock


class DrainDetector:
    """A log is drained when, after its job has ended, two reads a cadence apart return nothing."""

    def __init__(self, clock: Clock, cadence_s: float) -> None:
        self.drained = False
        self._clock = clock
        self._cadence_s = cadence_s
        self._since: float | None = None

    def observe(self, *, empty: bool, ended: bool) -> None:
        """Record one read at the end of the log; ``ended``: the job had ended before it was sent."""
        now = self._clock.monotonic()
        if not (empty and ended):
            self._since, self.drained = None, False
        elif self._since is None:
            self._since = now
        else:
            self.drained = self.drained or now - self._since >= 0.8 * self._cadence_s
