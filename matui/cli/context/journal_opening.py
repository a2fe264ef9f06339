"""The journal of a headless command: opened at its first use, and closed at the end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import cached_property
from typing import TYPE_CHECKING

from matui.cli.output.streams import note

if TYPE_CHECKING:
    from matui.base.clock import Clock
    from matui.clouds.protocols import Cloud
    from matui.config.section_settings import JournalSettings
    from matui.config.settings import Profile
    from matui.live.journal.journal import Journal
    from matui.resources.model import Resource


class CommandJournal:
    """Opens the journal when it is used; what can wait is recorded at the end, after the output.

    ``acted`` is what actions were sent to.
    """

    def __init__(self, open_journal: Callable[[], Journal]) -> None:
        self.acted: list[Resource] = []
        self._open = open_journal
        self._waiting: list[Callable[[Journal], None]] = []

    @cached_property
    def opened(self) -> Journal:
        """The journal."""
        return self._open()

    def record_at_end(self, record: Callable[[Journal], None]) -> None:
        """Call ``record`` with the journal when the command ends."""
        self._waiting.append(record)

    async def close(self) -> None:
        """Record what waits, and close the file once everything is written."""
        for record in self._waiting:
            record(self.opened)
        if "opened" in self.__dict__ and self.opened.is_writing:
            await asyncio.shield(asyncio.to_thread(self.opened.close))


@asynccontextmanager
async def keep_journal(
    cloud: Cloud, profile: Profile, wanted: JournalSettings, clock: Clock, *, demo: bool
) -> AsyncIterator[CommandJournal | None]:
    """Yield the journal that a command writes to, None for none: the demo has none."""
    if demo or not wanted.enabled:
        yield None
        return

    def open_user_journal() -> Journal:
        from matui.clouds.factory import get_journal_endpoint
        from matui.clouds.protocols import compute_clock_correction_ms
        from matui.config.paths import get_state_path
        from matui.live.journal.change import Account
        from matui.live.journal.journal import Limits, open_journal

        limits = Limits(wanted.days, wanted.megabytes)
        journal = open_journal(get_state_path(), clock=clock, limits=limits, on_problem=note)
        endpoint = get_journal_endpoint(profile, cloud)
        journal.accounts.add(
            profile.name,
            lambda: Account(cloud.name, endpoint, cloud.project_id or profile.app or "", cloud.region),
            lambda: compute_clock_correction_ms(cloud),
        )
        return journal

    journal = CommandJournal(open_user_journal)
    try:
        yield journal
    finally:
        await journal.close()
