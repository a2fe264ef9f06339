"""Pages by number over a list that goes on from markers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from matui.resources.model import Resource

MOST_REQUESTS = 100


@dataclass(frozen=True, slots=True)
class Stretch:
    """Rows from one marker on; ``marker`` is the next one, ``""`` at the end of the list."""

    rows: tuple[Resource, ...]
    marker: str


class Markers:
    """Remembers which marker leads to which row, so that a page far down is not walked to again."""

    def __init__(self, fetch: Callable[[str, int], Awaitable[Stretch]], most: int) -> None:
        self._fetch = fetch
        self._most = most
        self._markers: dict[int, str] = {0: ""}

    async def rows(self, start: int, size: int) -> tuple[tuple[Resource, ...], bool]:
        """Return at most ``size`` rows from ``start`` on, and whether the list ends with them."""
        at = max(known for known in self._markers if known <= start)
        rows: list[Resource] = []
        for _request in range(MOST_REQUESTS):
            wanted = start + size - at
            part = await self._fetch(self._markers[at], min(self._most, wanted) if wanted > 0 else self._most)
            rows += part.rows[max(0, start - at) :]
            at += len(part.rows)
            if not part.marker or not part.rows:
                self._markers = {row: marker for row, marker in self._markers.items() if row < at or row == 0}
                return tuple(rows[:size]), len(rows) <= size
            self._markers[at] = part.marker
            if at >= start + size:
                break
        return tuple(rows[:size]), False
