"""Opens a capsule in place of the open profiles, and leads back to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from matui.base.formatting import format_local_time
from matui.live.capsules import PROFILE_PREFIX
from matui.live.capsules.cloud import CapsuleCloud

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import tzinfo

    from matui.clouds.protocols import Cloud
    from matui.console.browse_view import BrowseView
    from matui.console.profile_manager import ProfileManager


@dataclass(frozen=True, slots=True)
class _Before:
    """The state before the capsule: the profiles, the kind, and the changes not yet seen."""

    names: Sequence[str]
    kind_id: str
    unseen: dict[str, set[str]]


class CapsuleVisit:
    """The capsule that is open, if any, and what was open before it."""

    def __init__(self, browse: BrowseView, manager: ProfileManager) -> None:
        self._browse = browse
        self._manager = manager
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

        ``kind_id`` is the kind shown now, which is shown again afterwards.
        """
        if not self.can_leave:
            names = tuple(self._manager.fleet.names)
            self._before = _Before(names, kind_id, self._browse.unseen.take())
        await self._manager.set_profiles((f"{PROFILE_PREFIX}{capsule_id}",))

    async def leave(self) -> None:
        """Open again what was open before."""
        before, self._before = self._before, None
        if before is not None:
            self._browse.unseen.restore(before.unseen)
            await self._manager.set_profiles(before.names)
            await self._browse.shown.show_kind(before.kind_id)

    def forget(self) -> None:
        """Take that other profiles were chosen: nothing leads back any more."""
        if self._before is not None:
            self._browse.unseen.restore(self._before.unseen)
            self._before = None


def is_capsule(cloud: Cloud) -> bool:
    """Return whether a profile is an opened capsule."""
    return cloud.profile.startswith(PROFILE_PREFIX)


def describe_capsule(cloud: Cloud, zone: tzinfo | None) -> str:
    """Return what the status bar says of an opened capsule; ``zone`` None is the machine's."""
    return f"capsule saved {_time_saved(cloud, zone)} · offline · live profiles are not polled"


def describe_saved(cloud: Cloud, zone: tzinfo | None) -> str:
    """Return what the title of a pane says of the age of what a capsule holds: ``saved 03:12``."""
    return f"saved {_time_saved(cloud, zone)[11:16]}"


def _time_saved(cloud: Cloud, zone: tzinfo | None) -> str:
    saved_at = cloud.saved_at if isinstance(cloud, CapsuleCloud) else None
    return format_local_time(saved_at, zone)[:19]
