"""Rows shown with the status that an action should give them, until the cloud reports it. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from matui.live.poll.rows import Rows
from matui.resources.model import Phase, Resource

_MAX_LOOKUPS = 10


class OptimisticState:
    """Resources just acted on: shown with the expected status, and polled first on whatever page they are."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._pending: set[str] = set()
        self._lookups: dict[str, int] = {}

    @property
    def pending_ids(self) -> Collection[str]:
        """The ids that the page in flight must not change: it was requested before they were acted on."""
        return self._pending

    def on_request(self) -> None:
        """Record that a page is requested now: it decides about every expectation so far."""
        self._pending.clear()

    def expect(self, resource_id: str, status: str) -> tuple[Resource | None, Resource | None]:
        """Expect ``status``, or any change where it is empty; return the row before and the row shown now."""
        was = self._rows.get(resource_id)
        if was is None:
            return None, None
        self._lookups[resource_id] = _MAX_LOOKUPS
        if not status:
            return was, None
        self._pending.add(resource_id)
        shown = replace(was, status=status, phase=Phase.PENDING, facts={**was.facts, "expected": True})
        self._rows.put(shown)
        return was, shown

    def forget(self, resource_id: str) -> None:
        """Remove a row that no longer exists."""
        self._lookups.pop(resource_id, None)

    def position_beyond(self, start: int) -> int | None:
        """Return the position, at or after ``start``, of the next row acted on, or None."""
        for known in tuple(self._lookups):
            left = self._lookups.pop(known) - 1
            if left > 0:
                self._lookups[known] = left
            position = self._rows.position(known)
            if position >= start:
                return position
        return None
