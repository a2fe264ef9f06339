"""Reads the lists of another time of a replay: the kind shown first, the others after its paint."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from matui.console.first_rows import NEXT_POLLER_S

if TYPE_CHECKING:
    from matui.console.fleet import OpenProfiles

_MOST_WAIT_S = 1.0  # for the kind shown: a recorded error may hold its poll


class JumpReader:
    """The kinds still to be read. ``call_later`` calls a function after some seconds."""

    def __init__(self, call_later: Callable[[float, Callable[[], None]], object]) -> None:
        self._call_later = call_later
        self._fleet: OpenProfiles | None = None
        self._waits_for = ""
        self._pending: list[str] = []

    def read(self, fleet: OpenProfiles, shown: str) -> None:
        """Read every list; ``shown`` alone at first if it is a kind."""
        self._fleet, self._pending, self._waits_for = fleet, [], ""
        if shown not in fleet.kinds:
            fleet.controls.trigger()
            return
        self._waits_for = shown
        self._pending = [kind for kind in fleet.kinds if kind != shown]
        fleet.trigger(shown)
        self._call_later(_MOST_WAIT_S, lambda: self.note_shown(shown))

    def note_shown(self, kind_id: str) -> None:
        """Read the other kinds, one every 30 ms, once the table of the kind shown has its rows."""
        if kind_id == self._waits_for:
            self._waits_for = ""
            self._call_later(NEXT_POLLER_S, self._read_next)

    def _read_next(self) -> None:
        if self._fleet is not None and self._pending and not self._waits_for:
            self._fleet.trigger(self._pending.pop(0))
            self._call_later(NEXT_POLLER_S, self._read_next)
