"""The rows of a list, kept in order, and the difference that a poll made. Pure."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections import Counter
from collections.abc import Collection, Hashable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import count
from math import inf
from typing import TypeVar

from matui.resources.model import Phase, Resource

_Key = tuple[float, int, str]
K = TypeVar("K", bound=Hashable)
_VERSIONS = count()
_RUNNING_TIMES = frozenset({"auto_stop_left_s", "auto_stop_at"})  # the end is computed from the time left


class Rows(Mapping[str, Resource]):
    """Resources by id, newest first; those of equal or unknown creation time in the order they were added.

    The order is maintained by insertion: a big list is never sorted again. ``version`` is another number
    after each change, and no other list ever has the same.
    """

    __slots__ = ("_by_id", "_keys", "_order", "_phases", "_sequence", "version")

    def __init__(self) -> None:
        self._by_id: dict[str, Resource] = {}
        self._keys: dict[str, _Key] = {}
        self._order: list[_Key] = []
        self._phases: Counter[Phase] = Counter()
        self._sequence = 0
        self.version = next(_VERSIONS)

    def __getitem__(self, resource_id: str) -> Resource:
        return self._by_id[resource_id]

    def __contains__(self, resource_id: object) -> bool:
        return resource_id in self._by_id

    def __iter__(self) -> Iterator[str]:
        return (key[2] for key in self._order)

    def __len__(self) -> int:
        return len(self._by_id)

    @property
    def phases(self) -> Mapping[Phase, int]:
        """The number of rows by phase."""
        return self._phases

    def put(self, row: Resource) -> Resource | None:
        """Add or replace a row; return the row that it replaced.

        Where only the raw record differs, the row stays the same object and gets the new raw record.
        """
        was = self._by_id.get(row.id)
        if was is not None and was == row:
            was.raw.renew(row.raw)
            return was
        self._by_id[row.id] = row
        self.version = next(_VERSIONS)
        if was is None:
            self._place(row, self._sequence)
            self._sequence += 1
            self._phases[row.phase] += 1
            return None
        if was.phase is not row.phase:
            self._phases[was.phase] -= 1
            self._phases[row.phase] += 1
        if was.created_at != row.created_at:
            sequence = self._keys[row.id][1]
            self._remove_key(row.id)
            self._place(row, sequence)
        return was

    def drop(self, resource_id: str) -> Resource | None:
        """Remove a row; return it, or None when there was none."""
        was = self._by_id.pop(resource_id, None)
        if was is not None:
            self.version = next(_VERSIONS)
            self._remove_key(resource_id)
            self._phases[was.phase] -= 1
        return was

    def find_position(self, resource_id: str) -> int:
        """Return the number of rows before this one. Raises KeyError."""
        return bisect_left(self._order, self._keys[resource_id])

    def find_created_between(self, newer: float, older: float) -> list[str]:
        """Return the ids created strictly between two moments (ms since the epoch, ``inf`` for no bound)."""
        start = bisect_right(self._order, (-newer, self._sequence, ""))
        stop = bisect_left(self._order, (-older, -1, ""))
        return [key[2] for key in self._order[start:stop]]

    def find_first_in(self, phases: Collection[Phase], start: int) -> int | None:
        """Return the position, at or after ``start``, of the first row in one of ``phases``, or None."""
        if not any(self._phases[phase] for phase in phases):
            return None
        by_id = self._by_id
        for position in range(start, len(self._order)):
            if by_id[self._order[position][2]].phase in phases:
                return position
        return None

    def _place(self, row: Resource, sequence: int) -> None:
        created = row.created_at
        key = (-created if created is not None else inf, sequence, row.id)
        self._keys[row.id] = key
        insort(self._order, key)

    def _remove_key(self, resource_id: str) -> None:
        del self._order[bisect_left(self._order, self._keys.pop(resource_id))]


@dataclass(frozen=True, slots=True)
class Diff:
    """Resources added, removed (their last state) and changed (their new state).

    Any difference except in ``raw`` counts as a change. ``only_times`` is set where nothing but durations and
    the times left of the changed resources differs, as they do at each poll.
    """

    added: tuple[Resource, ...] = ()
    removed: tuple[Resource, ...] = ()
    changed: tuple[Resource, ...] = ()
    only_times: bool = field(default=False, compare=False)

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed)


def compute_diff(before: Mapping[K, Resource | None], rows: Mapping[K, Resource]) -> Diff:
    """Return the net change of the ids (or keys) in ``before``, which maps each to its earlier state.

    None stands for one that was not there.
    """
    added: list[Resource] = []
    removed: list[Resource] = []
    changed: list[Resource] = []
    only_times = True
    for resource_id, was in before.items():
        now = rows.get(resource_id)
        if now is None:
            if was is not None:
                removed.append(was)
        elif was is None:
            added.append(now)
        elif was != now:
            changed.append(now)
            only_times = only_times and _remove_times(was) == _remove_times(now)
    only_times = only_times and bool(changed) and not (added or removed)
    return Diff(tuple(added), tuple(removed), tuple(changed), only_times)


def _remove_times(row: Resource) -> Resource:
    """Return the row without what changes as time passes."""
    facts = {name: value for name, value in row.facts.items() if name not in _RUNNING_TIMES}
    return replace(row, duration_ms=None, facts=facts)
