"""Bound mappings that are kept for as long as the program runs: drop their oldest entries."""

from __future__ import annotations

from typing import TypeVar

K = TypeVar("K")
V = TypeVar("V")


def drop_oldest(kept: dict[K, V], most: int) -> None:
    """Drop the entries that were added first until ``most`` are left."""
    while len(kept) > most:
        del kept[next(iter(kept))]
