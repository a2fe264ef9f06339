"""The first reads: the kind that the console opens with, and the order of the others."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matui.console.fleet import OpenProfiles
    from matui.console.session import ConsoleSession

NEXT_POLLER_S = 0.03
MAX_HOLD_S = 0.05
_MOST_WAIT_S = 1.0  # for the kind shown: a recorded error may hold its poll


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
            member.pollers.get_poller(kind_id)
            self._call_later(NEXT_POLLER_S, self.start_next)


class PaintHold:
    """A batch of updates that stays open until the first rows, for at most 50 ms."""

    def __init__(self, call_later: Callable[[float, Callable[[], None]], object]) -> None:
        self._call_later = call_later
        self._batch: ExitStack | None = None

    @property
    def is_held(self) -> bool:
        """Whether nothing is painted at the moment."""
        return self._batch is not None

    def hold(self, batch: ExitStack, on_expiry: Callable[[], None]) -> None:
        """Keep ``batch`` open; closes the one before. ``on_expiry`` is called where no rows come in time."""
        self.release()
        self._batch = batch

        def expire() -> None:
            if self._batch is batch:
                self.release()
                on_expiry()

        self._call_later(MAX_HOLD_S, expire)

    def release(self) -> None:
        """Close the batch, which paints everything."""
        batch, self._batch = self._batch, None
        if batch is not None:
            batch.close()


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


def find_first_kind(name: str | None) -> str | None:
    """Return the id of the kind that ``--screen`` names, None for that of the settings. Raises UsageError."""
    if name is None:
        return None
    from matui.resources.kinds.triage import TRIAGE
    from matui.resources.registry import find_kind

    return TRIAGE.id if name.casefold() == TRIAGE.id else find_kind(name, (TRIAGE.id,)).id
