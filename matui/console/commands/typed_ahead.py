"""Drops keys that were typed for a dialog that did not open: a name typed blindly must run no commands."""

from __future__ import annotations

from collections.abc import Callable
from math import inf

_BURST_S = 0.5  # keys that follow each other faster are one burst
_UNSEEN_S = 1.0  # in which nobody has read why no dialog opens
_ALWAYS_TAKEN = frozenset({"ctrl+c", "ctrl+q", "escape"})


class TypedAhead:
    """Drops keys between ``hold`` and ``release``, and those that follow a dropped one without a pause.

    Times of keys are monotonic seconds.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._released_at = -inf
        self._dropped_at = -inf

    def hold(self) -> None:
        """Drop keys until ``release``."""
        self._released_at, self._dropped_at = inf, -inf

    def release(self) -> None:
        """Take keys typed from now on, once the burst that goes on has ended."""
        if self._released_at == inf:
            self._released_at = self._now()

    def refuse(self) -> None:
        """As ``release``, but a second later: a name that is typed at once is meant for the dialog."""
        if self._released_at == inf:
            self._released_at = self._now() + _UNSEEN_S

    def drops(self, key: str, typed_at: float) -> bool:
        """Return whether a key goes nowhere."""
        if key in _ALWAYS_TAKEN or self._released_at == -inf:
            return False
        if typed_at < self._released_at or typed_at - self._dropped_at < _BURST_S:
            self._dropped_at = max(self._dropped_at, typed_at)
            return True
        return False
