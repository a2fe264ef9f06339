"""The notice of a wrong clock, which is shown once."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from matui.base.clock import format_skew_hint
from matui.base.errors import MatuiError

if TYPE_CHECKING:
    from matui.console.session import ConsoleSession


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
