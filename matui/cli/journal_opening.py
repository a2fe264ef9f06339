"""Opens the journal of a headless command and closes it at the end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from matui.cli.output import note

if TYPE_CHECKING:
    from matui.base.clock import Clock
    from matui.clouds.protocols import Cloud
    from matui.config.settings import JournalSettings, Profile
    from matui.live.journal.journal import Journal


@asynccontextmanager
async def keep_journal(
    cloud: Cloud, profile: Profile, wanted: JournalSettings, clock: Clock, *, demo: bool
) -> AsyncIterator[Journal]:
    """Yield the journal that a command writes to, and write at the end what is left; the demo has none."""
    from matui.clouds.factory import endpoint_of
    from matui.config.paths import state_path
    from matui.live.journal.change import Account
    from matui.live.journal.journal import Limits
    from matui.live.journal.opening import open_journal

    folder = state_path() if wanted.enabled and not demo else None
    limits = Limits(wanted.days, wanted.megabytes)
    journal = open_journal(folder, clock=clock, limits=limits, on_problem=note)
    endpoint = endpoint_of(profile)
    journal.add_profile(
        profile.name,
        lambda: Account(cloud.name, endpoint, cloud.project_id or profile.app or "", cloud.region),
    )
    try:
        yield journal
    finally:
        if journal.is_writing:
            await asyncio.shield(asyncio.to_thread(journal.close))
