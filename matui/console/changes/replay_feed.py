"""The changes of a replay for the table of changes, up to the time that is shown."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from matui.live.journal.change_views import build_row

if TYPE_CHECKING:
    from matui.live.recording.playback import Playback
    from matui.resources.model import Resource


class ReplayChangeFeed:
    """What the recorded polls of the open profiles saw. The first read blocks on the disk."""

    def __init__(self, playback: Playback, profiles: Collection[str]) -> None:
        self.problem = ""
        self.oldest_at: int | None = None
        self.is_complete = False
        self._playback = playback
        self._profiles = frozenset(profiles)
        self._until = -1

    def older(self, count: int = 0) -> list[Resource]:  # noqa: ARG002  all are read at once
        """Return the changes up to the time that is shown as rows."""
        self.is_complete = True
        return self.newer()

    def newer(self) -> list[Resource]:
        """Return the changes that were played since the last call."""
        recorded = self._playback.read_changes()
        self.problem = recorded.problem
        since, self._until = self._until, max(self._until, self._playback.at_ms)
        return [
            build_row(change)
            for change in recorded.changes
            if since < change.seen_at <= self._until and change.profile in self._profiles
        ]

    def gaps(self, until: int) -> list[Resource]:  # noqa: ARG002
        """Return nothing: a recording does not hold when polls found no difference."""
        return []
