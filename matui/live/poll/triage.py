"""The resources that need attention, collected from what the pollers publish."""

from __future__ import annotations

from matui.live.poll.poller import Update
from matui.live.poll.rows import Diff
from matui.resources.kinds.triage import is_in_trouble
from matui.resources.model import Resource

Key = tuple[str, str, str]


class TriageList:
    """The rows that need attention, by key."""

    def __init__(self) -> None:
        self.rows: dict[Key, Resource] = {}

    def drop(self, profile: str) -> None:
        """Remove the rows of a profile."""
        self.rows = {key: row for key, row in self.rows.items() if row.profile != profile}

    def apply(self, update: Update) -> Diff:
        """Apply what a poller published; return what changed among the rows that need attention."""
        added: list[Resource] = []
        changed: list[Resource] = []
        removed: list[Resource] = []
        for resource in (*update.diff.added, *update.diff.changed):
            known = self.rows.get(resource.key)
            if is_in_trouble(resource):
                self.rows[resource.key] = resource
                (changed if known else added).append(resource)
            elif known:
                removed.append(self.rows.pop(resource.key))
        gone = [resource.key for resource in update.diff.removed if resource.key in self.rows]
        removed += [self.rows.pop(key) for key in gone]
        return Diff(tuple(added), tuple(removed), tuple(changed))
