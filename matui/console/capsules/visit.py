"""Opens a capsule in place of the open profiles, and leads back to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from matui.live.capsules import PROFILE_PREFIX, is_capsule

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matui.console.browse_view import BrowseView
    from matui.console.profile_manager import ProfileManager
    from matui.console.table.kind_tables import KindTables
    from matui.resources.model import ResourceKey


class _Before(NamedTuple):
    """The state before the capsule: the profiles, the kind, the row, and the changes not yet seen."""

    names: Sequence[str]
    kind_id: str
    row: ResourceKey | None
    unseen: dict[str, set[str]]


class CapsuleVisit:
    """The capsule that is open, if any, and what was open before it."""

    def __init__(self, browse: BrowseView, manager: ProfileManager, tables: KindTables) -> None:
        self._browse = browse
        self._manager = manager
        self._tables = tables
        self._before: _Before | None = None

    @property
    def is_entered(self) -> bool:
        """Whether a capsule was opened and not left, so that no change of other profiles is shown."""
        return self._before is not None

    @property
    def can_leave(self) -> bool:
        """Whether a capsule is shown that was opened from other profiles."""
        members = self._manager.fleet.members
        is_shown = bool(members) and is_capsule(members[0].cloud)
        return is_shown and self._before is not None

    async def enter(self, capsule_id: str, kind_id: str) -> None:
        """Show a capsule alone; from one to the next, what was open before the first stays known.

        Filters apply again afterwards; ``kind_id`` is the kind shown now, which is shown again afterwards.
        """
        if not self.can_leave:
            names = tuple(self._manager.fleet.names)
            table = self._tables.table
            row = table.cursor.resource if table is not None else None
            key = row.key if row is not None else None
            self._before = _Before(names, kind_id, key, self._browse.unseen.take())
            self._tables.set_filters_aside()
        await self._manager.set_profiles((f"{PROFILE_PREFIX}{capsule_id}",))

    async def leave(self) -> None:
        """Open again what was open before."""
        before, self._before = self._before, None
        if before is not None:
            self._browse.unseen.restore(before.unseen)
            await self._manager.set_profiles(before.names)
            self._tables.restore_filters()
            await self._browse.shown.show_kind(before.kind_id)
            if before.row is not None:
                await self._browse.shown.follow(before.row, before.kind_id)

    def forget(self) -> None:
        """Forget the way back: other profiles were chosen."""
        if self._before is not None:
            self._browse.unseen.restore(self._before.unseen)
            self._tables.restore_filters()
            self._before = None
