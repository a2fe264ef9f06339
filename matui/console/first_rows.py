"""The first reads: the kind that the console opens with, the order of the others, rows of the last start."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matui.console.changes.last_start import LastStart
    from matui.console.fleet import OpenProfiles
    from matui.console.kept_state import KeptState
    from matui.console.session import ConsoleOptions, ConsoleSession
    from matui.resources.model import Resource

NEXT_POLLER_S = 0.03
MAX_HOLD_S = 0.05
_MOST_WAIT_S = 1.0  # for the kind shown: a recorded error may hold its poll
_LAST_START_S = 2.0  # that the rows of the last start may hold up reading the configuration


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


class WarmStart:
    """What is shown at a start until the first answer; nothing in the demo and in a replay."""

    def __init__(self, options: ConsoleOptions, kept: KeptState, *, is_replay: bool) -> None:
        self._options = options
        self._kept = kept
        self._is_off = options.demo or is_replay

    async def read(self, on_problem: Callable[[str], None]) -> tuple[LastStart, list[Resource]] | None:
        """Return the last start with this configuration and its rows, before it has been read again.

        ``on_problem`` is called in a thread with what is wrong with the journal.
        """
        if self._is_off:
            return None
        from matui.console.changes.last_start import find_last_start, read_rows
        from matui.live.journal.journal import FILE_NAME

        folder = self._kept.get_folder()
        try:
            async with asyncio.timeout(_LAST_START_S):
                start = await asyncio.to_thread(find_last_start, self._options, folder)
                if start is None:
                    return None
                rows = await asyncio.to_thread(read_rows, start, folder / FILE_NAME, on_problem)
        except TimeoutError:  # another process has locked the journal, or its disk is slow
            return None
        self._kept.open()
        return start, rows

    def keep(self, fleet: OpenProfiles) -> None:
        """Keep what is shown first for the next start, where the settings allow it."""
        members = fleet.members
        if self._is_off or not all(
            each.settings.remember and each.settings.journal.warm_start for each in members
        ):
            return
        from matui.console.changes.last_start import describe_start, keep_last_start

        start = describe_start(find_first_kind(self._options.screen) or members[0].settings.start, members)
        self._kept.write_later(partial(keep_last_start, start, self._options, self._kept.get_folder()))
