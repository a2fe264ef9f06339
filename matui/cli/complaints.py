"""Says a failure that is tried again once, however often it comes."""

from __future__ import annotations

from matui.cli.output import note
from matui.clock import Clock
from matui.errors import MatuiError

_QUIET_S = 300.0


class Complaints:
    """Writes to stderr; the same failure is told again only after five minutes without it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._met: dict[tuple[str, str], float] = {}

    def tell(self, before: str, error: MatuiError) -> None:
        """Tell a failure, with ``before`` it; what differs in nothing but its request id is the same one."""
        kind, now = (before, error.sentence), self._clock.monotonic()
        last, self._met[kind] = self._met.get(kind), now
        if last is None or now - last > _QUIET_S:
            note(f"{before} {error}")
