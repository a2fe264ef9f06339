"""A pause after a refused access key: the gateway locks a key for five minutes after five failures."""

from __future__ import annotations

from matui.base.clock import Clock
from matui.base.errors import AuthenticationError

BACKOFF_S = 60.0


class CredentialBackoff:
    """After the gateway has refused the key, lets one request a minute try it; the rest fail unsent."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._refusal: AuthenticationError | None = None
        self._until = 0.0

    def check(self) -> None:
        """Raise the refusal while it holds; the one call that may try again passes."""
        if self._refusal is None:
            return
        now = self._clock.monotonic()
        if now < self._until:
            raise self._refusal.with_traceback(None)
        self._until = now + BACKOFF_S

    def note(self, error: AuthenticationError) -> None:
        """Record a refusal of the key by the gateway; a repeated one does not count."""
        if error is not self._refusal and error.status == 401 and error.code.upper().startswith("APIG"):
            self._refusal = error
            self._until = self._clock.monotonic() + BACKOFF_S

    def over(self) -> None:
        """Record that the key was accepted."""
        self._refusal = None
