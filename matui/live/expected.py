"""Rows shown as an action should make them, until the cloud has told. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from matui.live.rows import Rows
from matui.resources.model import Phase, Resource

_LOOKS = 10


class Expected:
    """Expectations by id, each with the number of the page asked for last when it was made.

    A row acted on is looked for first in the next polls, whatever page it is on.
    """

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._since: dict[str, int] = {}
        self._looks: dict[str, int] = {}
        self._asks = 0

    def asked(self) -> None:
        """Note that a page is asked for now: only pages asked for after an expectation can settle it."""
        self._asks += 1

    def expect(self, resource_id: str, status: str) -> tuple[Resource | None, Resource | None]:
        """Expect ``status``, or without one just news; return the row as it was and as it is shown now."""
        was = self._rows.get(resource_id)
        if was is None:
            return None, None
        self._looks[resource_id] = _LOOKS
        if not status:
            return was, None
        self._since[resource_id] = self._asks
        shown = replace(was, status=status, phase=Phase.PENDING, facts={**was.facts, "expected": True})
        self._rows.put(shown)
        return was, shown

    def held(self) -> Collection[str]:
        """The ids that the page asked for last must not touch, for it was asked for too early."""
        return {known for known, since in self._since.items() if since >= self._asks}

    def told(self, page: Iterable[Resource]) -> None:
        """Let go of what a page has settled."""
        if not self._since:
            return
        for row in page:
            if self._since.get(row.id, self._asks) < self._asks:
                del self._since[row.id]

    def forget(self, resource_id: str) -> None:
        """Let go of a row that is gone."""
        self._since.pop(resource_id, None)
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
