"""Notifications that are shown once or a few at a time: a wrong clock, findings of logs."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from math import inf
from typing import TYPE_CHECKING

from matui.base.clock import format_skew_hint
from matui.base.errors import MatuiError

if TYPE_CHECKING:
    from matui.console.session import ConsoleSession


_SHOWN_AT_ONCE = 2
_SHOWN_S = 15.0
_MORE_EVERY_S = 120.0
_MORE = "More jobs have findings in their logs; triage lists them."


class FindingNotices:
    """Passes findings to ``show``; beyond two in 15 s it says that there are more, every two minutes."""

    def __init__(self, show: Callable[[str], None]) -> None:
        self._show = show
        self._shown_at: deque[float] = deque(maxlen=_SHOWN_AT_ONCE)
        self._more_at = -inf

    def add(self, words: str, now_s: float) -> None:
        """Show a finding at a monotonic time in seconds."""
        while self._shown_at and now_s - self._shown_at[0] >= _SHOWN_S:
            self._shown_at.popleft()
        if len(self._shown_at) < _SHOWN_AT_ONCE:
            self._show(words)
            self._shown_at.append(now_s)
        elif now_s - self._more_at >= _MORE_EVERY_S:
            self._show(_MORE)
            self._more_at = now_s


class ClockNotice:
    """Remembers the profiles that have been reported; the status bar shows the skew as long as it lasts."""

    def __init__(self) -> None:
        self._said: set[str] = set()

    def check(self, session: ConsoleSession, say: Callable[[str], None]) -> None:
        """Add a wrong clock to the error log the first time that the answers of a profile show it."""
        from matui.clouds.protocols import clock_offset_s

        profile = session.cloud.profile
        hint = format_skew_hint(clock_offset_s(session.cloud))
        if hint and profile not in self._said:
            session.errors.record("clock", MatuiError(hint), session.clock.now())
            if not self._said:
                say(hint)
            self._said.add(profile)
