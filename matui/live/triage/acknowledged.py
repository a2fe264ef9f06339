"""Which resources were acknowledged, and in which status."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from matui.live.triage.item import Acknowledgement, TriageItem
from matui.live.triage.ranking import acknowledge, select_valid_acknowledgements
from matui.live.triage.state_times import StateTimes
from matui.resources.model import Resource, ResourceKey


class AcknowledgedStates:
    """The acknowledgement of each resource, with the status in which it was made."""

    def __init__(self) -> None:
        self._made: dict[ResourceKey, tuple[Acknowledgement, str]] = {}

    @property
    def keys(self) -> Collection[ResourceKey]:
        """What was acknowledged, in whatever state."""
        return self._made.keys()

    def load(self, known: Mapping[ResourceKey, tuple[Acknowledgement, str]]) -> set[ResourceKey]:
        """Take what is acknowledged, and nothing else; return the keys of what may have changed."""
        before, self._made = self._made, dict(known)
        return {*before, *known}

    def set(self, rows: Iterable[Resource], made: Acknowledgement | None) -> list[ResourceKey]:
        """Acknowledge rows in their current state, for None withdraw it; return their keys."""
        keys = []
        for row in rows:
            keys.append(row.key)
            self._made.pop(row.key, None)
            if made is not None:
                self._made[row.key] = (made, row.status)
        return keys

    def forget(self, keys: Iterable[ResourceKey]) -> None:
        """Drop what was acknowledged of resources that are gone."""
        for key in keys:
            self._made.pop(key, None)

    def iterate_profile(self, profile: str) -> Iterator[tuple[ResourceKey, tuple[Acknowledgement, str]]]:
        """Yield what is acknowledged of a profile."""
        return ((key, made) for key, made in self._made.items() if key[0] == profile)

    def apply(self, item: TriageItem, times: StateTimes) -> TriageItem:
        """Return the item as acknowledged, where its state has not changed since."""
        return acknowledge(item, select_valid_acknowledgements(item, self._made, times))
