"""The last failures, each kind of failure once: a storm of the same counts up in one entry."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TypeVar

from matui.base.errors import CloudError, MatuiError, drop_frames

MOST_ENTRIES = 100
K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Entry:
    """A failure and how often it came. Times are seconds since the epoch; ``error`` is the latest one."""

    about: str
    error: MatuiError
    first_at: float
    last_at: float
    count: int = 1


class ErrorLog:
    """Failures as they are met, at most 100 different ones."""

    def __init__(self) -> None:
        self._entries: dict[tuple[str, ...], Entry] = {}
        self._seen: dict[str, MatuiError] = {}

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[Entry]:
        """Give the entries, the latest first."""
        return iter(sorted(self._entries.values(), key=lambda entry: -entry.last_at))

    def note(self, about: str, error: MatuiError | None, at_s: float) -> None:
        """Take a failure of something; None, or the very same again, is none."""
        if error is None or self._seen.get(about) is error:
            return
        self._seen.pop(about, None)
        self._seen[about] = drop_frames(error)
        key = _key(about, error)
        known = self._entries.pop(key, None)
        entry = Entry(about, error, at_s, at_s)
        if known is not None:
            entry = replace(entry, first_at=known.first_at, count=known.count + 1)
        self._entries[key] = entry
        _drop_oldest(self._entries)
        _drop_oldest(self._seen)


def _drop_oldest(kept: dict[K, V]) -> None:
    while len(kept) > MOST_ENTRIES:
        del kept[next(iter(kept))]


def _key(about: str, error: MatuiError) -> tuple[str, ...]:
    if isinstance(error, CloudError):
        return (about, type(error).__name__, error.code, str(error.status), error.message)
    return (about, type(error).__name__, error.sentence)
