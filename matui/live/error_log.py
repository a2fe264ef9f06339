"""The last failures; equal failures share one entry with a count."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from matui.base.bounded import drop_oldest
from matui.base.errors import CloudError, MatuiError, drop_frames

MAX_ENTRIES = 100


@dataclass(frozen=True, slots=True)
class ErrorEntry:
    """A failure and its count. Times are in seconds since the epoch; ``error`` is the latest one."""

    about: str
    error: MatuiError
    first_at: float
    last_at: float
    count: int = 1


class ErrorLog:
    """The failures of a session, at most 100 different ones."""

    def __init__(self) -> None:
        self._entries: dict[tuple[str, ...], ErrorEntry] = {}
        self._seen: dict[str, MatuiError] = {}

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[ErrorEntry]:
        """Yield the entries, the latest first."""
        return iter(sorted(self._entries.values(), key=lambda entry: -entry.last_at))

    def record(self, about: str, error: MatuiError | None, at_s: float) -> None:
        """Record a failure of ``about``; None and the same object again are ignored."""
        if error is None or self._seen.get(about) is error:
            return
        self._seen.pop(about, None)
        self._seen[about] = drop_frames(error)
        key = _build_key(about, error)
        known = self._entries.pop(key, None)
        entry = ErrorEntry(about, error, at_s, at_s)
        if known is not None:
            entry = replace(entry, first_at=known.first_at, count=known.count + 1)
        self._entries[key] = entry
        drop_oldest(self._entries, MAX_ENTRIES)
        drop_oldest(self._seen, MAX_ENTRIES)


def _build_key(about: str, error: MatuiError) -> tuple[str, ...]:
    if isinstance(error, CloudError):
        return (about, type(error).__name__, error.code, str(error.status), error.message)
    return (about, type(error).__name__, error.sentence)
