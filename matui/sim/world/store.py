"""A store for the resources of one kind."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, TypeVar

R = TypeVar("R")


class Store(Generic[R]):
    """Resources by id, in order of addition. ``revision`` grows when rows or their sort fields change."""

    def __init__(self) -> None:
        self.rows: dict[str, R] = {}
        self.revision = 0
        self._removals: list[tuple[int, str]] = []

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[R]:
        return iter(self.rows.values())

    def add(self, key: str, row: R) -> R:
        """Add ``row`` under ``key`` and return it."""
        self.rows[key] = row
        self.revision += 1
        return row

    def get(self, key: str) -> R | None:
        """Return the resource with this id, or None."""
        return self.rows.get(key)

    def remove(self, key: str) -> None:
        """Remove the resource with this id, if it exists."""
        if self.rows.pop(key, None) is not None:
            self.revision += 1

    def remove_at(self, key: str, at: int) -> None:
        """Remove the resource at the time ``at`` (ms)."""
        self._removals.append((at, key))

    def remove_due(self, now: int) -> None:
        """Remove the resources whose removal is due at ``now`` (ms)."""
        if self._removals:
            for at, key in self._removals:
                if at <= now:
                    self.remove(key)
            self._removals = [entry for entry in self._removals if entry[0] > now]
