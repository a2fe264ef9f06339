"""Which rows are on their way from one state to another, and since when. Pure."""

from __future__ import annotations

from matui.live.diff import Diff
from matui.resources.model import Phase

# A job may wait in a queue for days; that is no reason to hammer the API for days.
LONGEST_S = 600.0


class Transitions:
    """Rows whose phase is pending, until they have kept one status for ten minutes. Times are in seconds."""

    def __init__(self) -> None:
        self._since: dict[str, tuple[str, float]] = {}

    def note(self, diff: Diff, now: float) -> None:
        """Take in what a poll changed."""
        for row in diff.removed:
            self._since.pop(row.id, None)
        for row in (*diff.added, *diff.changed):
            if row.phase is not Phase.PENDING:
                self._since.pop(row.id, None)
            elif self._since.get(row.id, ("", 0.0))[0] != row.status:
                self._since[row.id] = (row.status, now)

    def moving(self, now: float) -> bool:
        """Whether something is in transition."""
        return any(now - since < LONGEST_S for _, since in self._since.values())
