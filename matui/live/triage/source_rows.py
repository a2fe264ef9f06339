"""The rows of resources that triage is about, dated by what is known of their states."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from matui.live.triage.state_times import StateTimes
from matui.resources.model import Resource, ResourceKey


class SourceRows:
    """The rows in trouble, and those that time alone may bring there, as their pollers published them.

    Each has the time by ``times`` at which it entered its state; call ``date`` when that has changed.
    """

    def __init__(self, times: StateTimes) -> None:
        self._times = times
        self._rows: dict[ResourceKey, Resource] = {}

    @property
    def by_key(self) -> Mapping[ResourceKey, Resource]:
        """The rows by key."""
        return self._rows

    def put(self, row: Resource) -> None:
        """Take a row as its poller published it."""
        self._rows[row.key] = self._times.add_to(row, at_least=True)

    def date(self, keys: Iterable[ResourceKey]) -> None:
        """Date rows again, those of them that there are."""
        for key in keys:
            if (row := self._rows.get(key)) is not None:
                self.put(row)

    def find(self, key: ResourceKey) -> Resource | None:
        """Return the row of a resource."""
        return self._rows.get(key)

    def find_in_status(self, key: ResourceKey, status: str) -> Resource | None:
        """Return the row of a resource if it has this status."""
        row = self._rows.get(key)
        return row if row is not None and row.status == status else None

    def remove(self, key: ResourceKey) -> None:
        """Drop a row, if there is one."""
        self._rows.pop(key, None)

    def drop(self, profile: str) -> None:
        """Drop the rows of a profile."""
        self._rows = {key: row for key, row in self._rows.items() if key[0] != profile}

    def clear(self) -> None:
        """Drop all rows."""
        self._rows.clear()
