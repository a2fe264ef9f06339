"""The reasons that were found, and when to ask again where a better one may still come. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from matui.live.triage.evidence import Key
from matui.live.triage.item import Why
from matui.live.triage.reasons import is_weak
from matui.resources.model import Phase, Resource

_FIRST_AGAIN_MS = 20_000.0
_QUEUE_AGAIN_MS = 300_000.0  # the place in a queue changes without a change of the state
_MOST_TRIES = 7  # each waits twice as long as the one before: 21 minutes in all


class FoundReason(NamedTuple):
    """A reason that a process found for a resource when it had ``status``, ``at`` ms since the epoch."""

    key: Key
    status: str
    why: Why
    at: float


class _Answer(NamedTuple):
    why: Why | None
    tries: int
    asked_at: float


class KnownReasons:
    """The reason of each resource in its state.

    A log comes later than the state that it explains: where nothing was found, or no more than that a
    process failed, the question is due again after 20 s, 40 s and so on.
    """

    def __init__(self) -> None:
        self._entries: dict[Key, tuple[str, _Answer]] = {}

    def note(self, row: Resource, why: Why | None, now_ms: float) -> None:
        """Keep the answer for a row in its state; a weak one replaces none that is better."""
        known = self._find(row)
        tries = known.tries + 1 if known is not None else 1
        if known is not None and known.why is not None and (why is None or is_weak(why)):
            why = known.why
        self._entries[row.key] = (row.status, _Answer(why, tries, now_ms))

    def load(self, row: Resource, found: FoundReason) -> bool:
        """Keep what another process found for a row; return whether it is news."""
        known = self._find(row)
        if known is not None and known.why is not None and (not is_weak(known.why) or is_weak(found.why)):
            return False
        self._entries[row.key] = (row.status, _Answer(found.why, known.tries if known else 0, found.at))
        return True

    def of(self, row: Resource) -> Why | None:
        """Return the reason of a row in its state, None where none is known."""
        known = self._find(row)
        return known.why if known is not None else None

    def was_sought(self, row: Resource) -> bool:
        """Return whether a reason was asked for at least once."""
        known = self._find(row)
        return known is not None and known.tries > 0

    def is_due(self, row: Resource, now_ms: float) -> bool:
        """Return whether a reason is to be asked for."""
        known = self._find(row)
        if known is None:
            return True
        if row.phase is Phase.PENDING and known.why is not None:
            return now_ms >= known.asked_at + _QUEUE_AGAIN_MS
        if known.why is not None and not is_weak(known.why):
            return False
        if known.tries >= _MOST_TRIES:
            return False
        return now_ms >= known.asked_at + (_FIRST_AGAIN_MS * 2 ** (known.tries - 1) if known.tries else 0)

    def forget(self, keys: Iterable[Key]) -> None:
        """Drop what is known of resources that are gone."""
        for key in keys:
            self._entries.pop(key, None)

    def drop(self, profile: str) -> None:
        """Drop what is known of a profile."""
        self._entries = {key: entry for key, entry in self._entries.items() if key[0] != profile}

    def _find(self, row: Resource) -> _Answer | None:
        status, entry = self._entries.get(row.key, ("", None))
        return entry if status == row.status else None
