"""Where a numbered list ends, whose rows may move between its pages while they are read."""

from __future__ import annotations

from matui.clouds.opensearch.api import PAGE_SIZE
from matui.clouds.wire_types import to_whole


class ListProgress:
    """The rows of a list that have been read: a row may come twice, and the total may change."""

    def __init__(self) -> None:
        self.unreadable = 0
        self._keys: set[str] = set()
        self._before = 0
        self._total: int | None = None

    def is_new(self, key: str) -> bool:
        """Note a row. Return whether it has not been read before."""
        is_new = key not in self._keys
        self._keys.add(key)
        return is_new

    def ends_with(self, count: int, reported: float | None) -> bool:
        """Whether the list ends with the page of ``count`` rows whose total is ``reported``.

        The greatest total counts: a smaller one on a later page means that rows have moved up.
        """
        total = to_whole(reported)
        if total is not None:
            self._total = max(total, self._total or 0)
        seen = len(self._keys) + self.unreadable
        brought, self._before = seen - self._before, seen
        if not count or not brought:
            return True
        return seen >= self._total if self._total is not None else count < PAGE_SIZE
