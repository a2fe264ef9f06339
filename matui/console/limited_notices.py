"""Notifications of which many can come at once: findings of logs, capsules."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from math import inf

_SHOWN_AT_ONCE = 2
_SHOWN_S = 15.0
_MORE_EVERY_S = 120.0
MORE_FINDINGS = "More jobs have findings in their logs; triage lists them."
MORE_CAPSULES = "There is more to say of capsules; :capsules lists those that are saved."


class LimitedNotices:
    """Passes notices to ``show``; beyond two in 15 s it shows ``more`` instead, every two minutes."""

    def __init__(self, show: Callable[[str], None], more: str) -> None:
        self._show = show
        self._more = more
        self._shown_at: deque[float] = deque(maxlen=_SHOWN_AT_ONCE)
        self._more_at = -inf

    def add(self, words: str, now_s: float) -> None:
        """Show a notice at a monotonic time in seconds."""
        while self._shown_at and now_s - self._shown_at[0] >= _SHOWN_S:
            self._shown_at.popleft()
        if len(self._shown_at) < _SHOWN_AT_ONCE:
            self._show(words)
            self._shown_at.append(now_s)
        elif now_s - self._more_at >= _MORE_EVERY_S:
            self._show(self._more)
            self._more_at = now_s
