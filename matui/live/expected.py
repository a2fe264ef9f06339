"""Rows shown as an action should make them, until the cloud has told. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from matui.live.rows import Rows
from matui.resources.model import Phase, Resource

_LOOKS = 10


class Expected:
    """Ids acted on: shown as expected, and looked for first in the next polls, whatever page they are on."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._held: set[str] = set()
        self._looks: dict[str, int] = {}

    @property
    def held(self) -> Collection[str]:
        """The ids that the page in flight must not touch: it was asked for before they were acted on."""
        return self._held

    def asked(self) -> None:
        """Note that a page is asked for now: what it says settles every expectation so far."""
        self._held.clear()

    def expect(self, resource_id: str, status: str) -> tuple[Resource | None, Resource | None]:
        """Expect ``status``, or without one just news; return the row as it was and as it is shown now."""
        was = self._rows.get(resource_id)
        if was is None:
            return None, None
        self._looks[resource_id] = _LOOKS
        if not status:
            return was, None
        self._held.add(resource_id)
        shown = replace(was, status=status, phase=Phase.PENDING, facts={**was.facts, "expected": True})
        self._rows.put(shown)
        return was, shown

    def forget(self, resource_id: str) -> None:
        """Let go of a row that is gone."""
        self._looks.pop(resource_id, None)

    def position_beyond(self, start: int) -> int | None:
        """Return where a row acted on stands at or after ``start``, in turn, or None."""
        for known in tuple(self._looks):
            left = self._looks.pop(known) - 1
            if left > 0:
                self._looks[known] = left
            position = self._rows.position(known)
            if position >= start:
                return position
        return None
