"""Where resources of one kind are kept, in the order they came."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, TypeVar

R = TypeVar("R")


class Store(Generic[R]):
    """Resources by id. ``revision`` grows with every change of membership or of a sorted field."""

    def __init__(self) -> None:
        self.rows: dict[str, R] = {}
        self.revision = 0
        self._leaving: list[tuple[int, str]] = []

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[R]:
        return iter(self.rows.values())

    def add(self, key: str, row: R) -> R:
        """Keep ``row`` under ``key``."""
        self.rows[key] = row
        self.revision += 1
        return row

    def get(self, key: str) -> R | None:
        """Return the resource with this id, or None."""
        return self.rows.get(key)

    def remove(self, key: str) -> None:
        """Forget the resource with this id, if it is there."""
        if self.rows.pop(key, None) is not None:
            self.revision += 1

    def leave(self, key: str, at: int) -> None:
        """Forget the resource once the time is ``at`` (ms)."""
        self._leaving.append((at, key))

    def stay(self, key: str) -> None:
        """Take back a ``leave``."""
        self._leaving = [entry for entry in self._leaving if entry[1] != key]

    def purge(self, now: int) -> None:
        """Forget those whose time to leave has come."""
        if self._leaving:
            for at, key in self._leaving:
                if at <= now:
                    self.remove(key)
            self._leaving = [entry for entry in self._leaving if entry[0] > now]
