"""Report an error that is retried once, however often it occurs."""

from __future__ import annotations

from matui.base.clock import Clock
from matui.base.errors import MatuiError
from matui.cli.output import note

_QUIET_S = 300.0


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
