"""Limits that a cloud reports: lower than the configured one, never below a floor, and forgotten in time."""

from __future__ import annotations

import re

from matui.base.clock import Clock

LEAST_LEARNED = 10  # requests a minute: a misread or tiny limit must not silence the console
FORGET_AFTER_S = 300.0  # five windows of a minute without the limit being reported again
_OF_ONE_API = re.compile(r"policy\s+api\b", re.IGNORECASE)
_ID = re.compile(r"[^/]*\d[^/]*|[^/]{25,}")


class LearnedLimit:
    """The requests a minute that may be sent: ``configured``, or fewer for a while after a report."""

    def __init__(self, configured: int, clock: Clock) -> None:
        self._configured = max(1, configured)
        self._clock = clock
        self._learned: int | None = None
        self._reported_at = 0.0

    @property
    def current(self) -> int:
        """The limit now."""
        if self._learned is None:
            return self._configured
        if self._clock.monotonic() - self._reported_at >= FORGET_AFTER_S:
            self._learned = None
            return self._configured
        return self._learned

    def learn(self, limit_per_minute: float) -> None:
        """Take a limit that the cloud reports; one above the current limit changes nothing."""
        limit = max(LEAST_LEARNED, int(limit_per_minute))
        if limit <= self.current and limit < self._configured:
            self._learned = limit
            self._reported_at = self._clock.monotonic()


def is_of_one_api(message: str) -> bool:
    """Whether a gateway's report is about one API: ``policy api over ratelimit``."""
    return _OF_ONE_API.search(message) is not None


def api_key(method: str, path: str) -> str:
    """Return a name for the API of a request: its method and its path without ids."""
    version, *parts = path.lstrip("/").split("/")
    return " ".join((method, version, *("{}" if _ID.fullmatch(part) else part for part in parts)))
