"""The journals that a console writes to: the user's, and one of the demo that is deleted at the end."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pathlib import Path

    from matui.console.session import OpenProfile
    from matui.live.journal.journal import Journal


class JournalHost(Protocol):
    """The methods that the journals call on the application."""

    def get_state_dir(self) -> Path:
        """Return the folder of the journal."""

    def show_warning(self, words: str) -> None:
        """Show a warning as a notification."""


class Journals:
    """Opens each journal when the first profile needs it."""

    def __init__(self, host: JournalHost) -> None:
        self._host = host
        self._open: dict[tuple[bool, bool], Journal] = {}

    def open_journal(self, opened: OpenProfile, *, is_demo: bool) -> Journal:
        """Return the journal that a profile writes to; what is written waits for :meth:`release`.

        A profile whose settings turn the journal off, such as an opened capsule, has one of its own, which
        keeps nothing.
        """
        key = (is_demo, opened.settings.journal.enabled)
        if key not in self._open:
            self._open[key] = self._open_one(opened, is_demo=is_demo)
            self._open[key].hold()
        return self._open[key]

    @property
    def all(self) -> tuple[Journal, ...]:
        """The journals that are open."""
        return tuple(self._open.values())

    def release(self) -> None:
        """Start writing the journals: the first rows are shown."""
        for journal in self.all:
            journal.release()

    async def close(self) -> None:
        """Write what is left and close the journals."""
        journals, self._open = self._open, {}
        for journal in journals.values():
            journal.problems.on_problem = None  # the screen that would show it is gone
            await asyncio.to_thread(journal.close)

    def _open_one(self, opened: OpenProfile, *, is_demo: bool) -> Journal:
        from matui.live.journal.journal import Limits, open_journal, open_temporary_journal

        loop = asyncio.get_running_loop()

        def report(words: str) -> None:
            with suppress(RuntimeError):  # the console has ended
                loop.call_soon_threadsafe(self._host.show_warning, words)

        wanted = opened.settings.journal
        if is_demo and wanted.enabled:
            return open_temporary_journal(clock=opened.clock, on_problem=report)
        folder = self._host.get_state_dir() if wanted.enabled else None
        limits = Limits(wanted.days, wanted.megabytes)
        return open_journal(folder, clock=opened.clock, limits=limits, on_problem=report)
