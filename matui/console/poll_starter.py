"""Starts the pollers of the kinds that are not shown one by one, so that keys are handled in between."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matui.console.session import ConsoleSession

NEXT_POLLER_S = 0.03


class PollStarter:
    """The pollers still to be started. ``call_later`` calls a function after some seconds."""

    def __init__(self, call_later: Callable[[float, Callable[[], None]], object]) -> None:
        self._call_later = call_later
        self.pending: list[tuple[ConsoleSession, str]] = []

    def add(self, member: ConsoleSession, shown: str | None) -> None:
        """Add the kinds of a profile, but for the kind shown."""
        from matui.resources.registry import KINDS

        kinds = [kind for kind in member.cloud.kinds if kind in KINDS and kind != shown]
        self.pending += [(member, kind) for kind in kinds]

    def drop(self, member: ConsoleSession | None) -> None:
        """Discard the kinds of a profile that has been closed."""
        self.pending = [one for one in self.pending if one[0] is not member]

    def start_next(self) -> None:
        """Start one poller; the next follows 30 ms later."""
        if self.pending:
            member, kind_id = self.pending.pop(0)
            member.pollers.poller(kind_id)
            self._call_later(NEXT_POLLER_S, self.start_next)
