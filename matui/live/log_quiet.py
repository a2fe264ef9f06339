"""When a log is drained: the rule of the pane and of ``matui logs``."""

from __future__ import annotations

from matui.clock import Clock


class Quiet:
    """Decides when a log is drained: the job has ended, and then twice nothing came, a cadence apart."""

    def __init__(self, clock: Clock, cadence_s: float) -> None:
        self.proven = False
        self._clock = clock
        self._cadence_s = cadence_s
        self._since: float | None = None

    def saw(self, *, empty: bool, over: bool) -> None:
        """Note one look at the log's end; ``over``: the job had ended before the look."""
        now = self._clock.monotonic()
        if not (empty and over):
            self._since, self.proven = None, False
        elif self._since is None:
            self._since = now
        else:
            self.proven = self.proven or now - self._since >= 0.8 * self._cadence_s
