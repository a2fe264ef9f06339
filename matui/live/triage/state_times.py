"""When each resource entered its state, as polling sees it and the journal has seen it. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

from matui.live.poll.rows import Diff
from matui.live.triage.evidence import Key
from matui.live.triage.stays import StateChange
from matui.resources.model import Resource
from matui.resources.times import SEEN_SINCE, STATE_SINCE, state_since


class _Entry(NamedTuple):
    status: str
    at: float
    exact: bool


class StateTimes:
    """The status of each resource and when it was entered, in ms since the epoch."""

    def __init__(self) -> None:
        self._entries: dict[Key, _Entry] = {}

    def load(self, steps: Iterable[StateChange]) -> None:
        """Load the states of the journal, oldest first, unless polling has seen a newer one."""
        for step in steps:
            known = self._entries.get(step.key)
            if step.after is None:
                if known is not None and known.at <= step.at:
                    del self._entries[step.key]
            elif known is None or known.at <= step.at or known.status == step.after:
                self._entries[step.key] = _Entry(step.after, step.at, step.exact)

    def observe(self, diff: Diff, now_ms: float) -> None:
        """Note the states that a poll has brought at ``now_ms``."""
        for row in diff.removed:
            self._entries.pop(row.key, None)
        seen: dict[str, _Entry] = {}  # shared by the rows of one poll: a list may be long
        for row in (*diff.added, *diff.changed):
            known = self._entries.get(row.key)
            if known is None:
                entry = seen.get(row.status)
                if entry is None:
                    entry = seen[row.status] = _Entry(row.status, now_ms, exact=False)
                self._entries[row.key] = entry
            elif known.status != row.status and not row.facts.get("expected"):
                self._entries[row.key] = _Entry(row.status, now_ms, exact=True)

    def drop(self, profile: str) -> None:
        """Forget the resources of a profile."""
        self._entries = {key: entry for key, entry in self._entries.items() if key[0] != profile}

    def entered_after(self, key: Key, at: float) -> bool:
        """Return whether the resource is known to have entered its state later than ``at``."""
        entry = self._entries.get(key)
        return entry is not None and entry.exact and entry.at > at

    def add_to(self, row: Resource, *, at_least: bool = False) -> Resource:
        """Return the row with the time it entered its state, where its cloud does not state one.

        With ``at_least`` also with the time since which the state lasts at least.
        """
        entry = self._entries.get(row.key)
        if entry is None or entry.status != row.status or not (entry.exact or at_least):
            return row
        if state_since(row) is not None:
            return row
        fact = STATE_SINCE if entry.exact else SEEN_SINCE
        return replace(row, facts={**row.facts, fact: int(entry.at)})

    def add_to_diff(self, diff: Diff) -> Diff:
        """Return the diff with the times in its rows."""
        return Diff(tuple(map(self.add_to, diff.added)), diff.removed, tuple(map(self.add_to, diff.changed)))
