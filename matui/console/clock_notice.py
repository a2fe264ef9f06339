"""Says once that this machine's clock is wrong, also where the cloud does not mind."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from matui.clock import skew_hint
from matui.clouds.port import clock_offset_s
from matui.errors import MatuiError

if TYPE_CHECKING:
    from matui.console.session import ConsoleSession


class ClockNotice:
    """Remembers for which profiles it is among the errors; the status bar goes on showing it."""

    def __init__(self) -> None:
        self._said: set[str] = set()

    def look(self, session: ConsoleSession, say: Callable[[str], None]) -> None:
        """Say it, and keep it among the errors, when the last answers show it for the first time."""
        profile = session.cloud.profile
        hint = skew_hint(clock_offset_s(session.cloud))
        if hint and profile not in self._said:
            session.errors.note("clock", MatuiError(hint), session.clock.now())
            if not self._said:
                say(hint)
            self._said.add(profile)
