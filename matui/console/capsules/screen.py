"""The capsules, newest first; enter opens one like a live resource, offline."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TypeAlias

from textual.binding import Binding
from textual.content import Content

from matui.console.host import Application
from matui.console.screens.table_screen import PolledTableScreen
from matui.console.session import ConsoleSession
from matui.console.table.widget import ResourceTable
from matui.live.capsules.archive import CapsuleStore, StoredCapsule, UnreadableCapsule
from matui.live.capsules.text import build_row
from matui.live.poll.poller import PolledValue
from matui.resources.kinds.capsules import CAPSULES, FACTS

_Folder: TypeAlias = tuple[tuple[StoredCapsule, ...], tuple[UnreadableCapsule, ...]]


class CapsulesScreen(PolledTableScreen[_Folder]):
    """A row a capsule. It is read again every five seconds."""

    BINDINGS = [Binding("enter,d", "open", "open the capsule")]
    facts = FACTS
    keys = ("enter open", "/ filter", "o sort", "c copy the id", "esc back")
    empty = "No capsule has been saved: a job or service that fails while matui runs gets one."

    def __init__(self, session: ConsoleSession, application: Application) -> None:
        table = ResourceTable(CAPSULES, now_ms=session.get_now_ms, id="capsules-table")
        super().__init__(session, table, self._read, CAPSULES.cadence_s)
        self._application = application
        settings = session.settings.capsules
        self._store = CapsuleStore(session.observers.folder, limit_bytes=int(settings.megabytes * 1_000_000))

    async def _read(self) -> _Folder:
        found = await asyncio.to_thread(self._store.list_capsules)
        return found, await asyncio.to_thread(self._store.list_unreadable)

    def receive(self, state: PolledValue[_Folder]) -> None:
        """Show the capsules, and how many files cannot be read."""
        if state.value is None:
            return
        capsules, broken = state.value
        self.show_rows({one.manifest.id: build_row(one) for one in capsules})
        self._title.show(
            Content.assemble(
                (" capsules ", "bold $cursor-text on $cursor"),
                (f" {len(capsules):,}", "bold"),
                (_name_unreadable(broken), "$text-warning"),
                (f"  {self._store.folder}", "$text-muted"),
            )
        )

    def open_row(self) -> None:
        self.action_open()

    def action_open(self) -> None:
        """Open the capsule under the cursor; ``q`` and ``esc`` lead back."""
        if (row := self.get_selected()) is not None:
            self._application.profiles.open_capsule(row.id)
            self.dismiss(None)


def _name_unreadable(broken: Sequence[UnreadableCapsule]) -> str:
    newer = [one.needs for one in broken if one.needs]
    if len(broken) == 1 and newer:
        return f"  {newer[0]}"
    words = f"  {len(broken)} cannot be read" if broken else ""
    return f"{words}, {len(newer)} of them without a newer matui: matui capsule list" if newer else words
