"""The rows of the last start, read before the configuration, and what is kept for the next one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from matui.console.first_rows import find_first_kind

if TYPE_CHECKING:
    from matui.console.changes.last_start import LastStart
    from matui.console.fleet import OpenProfiles
    from matui.console.kept_state import KeptState
    from matui.console.session import ConsoleOptions
    from matui.resources.model import Resource

_LAST_START_S = 2.0  # that the rows of the last start may hold up reading the configuration


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
