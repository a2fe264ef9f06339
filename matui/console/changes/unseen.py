"""Changes that the user has not seen yet, by kind. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice

SEEN_AFTER_S = 2.0
_MOST_COUNTED = 10_000  # of a kind


class Unseen:
    """Counts resources that have changed until their kind has been open and focused for two seconds.

    Of each kind at most 10,000 are counted: it may not be looked at for weeks. Times are monotonic seconds.
    """

    def __init__(self) -> None:
        self._changed: dict[str, set[str]] = {}
        self._looked_at: tuple[str, float] | None = None

    def add(self, kind: str, resource_ids: frozenset[str]) -> None:
        """Count resources of a kind that have changed."""
        known = self._changed.setdefault(kind, set())
        known.update(islice(resource_ids - known, _MOST_COUNTED - len(known)))

    def count_by_kind(self, here: str = "") -> Mapping[str, int]:
        """Return how many resources have changed by kind; those of the kind ``here`` are being looked at."""
        return {kind: len(ids) for kind, ids in self._changed.items() if kind != here}

    def look(self, kind: str, now: float) -> None:
        """Note that a kind is open and focused at ``now``; ``""`` for none."""
        if self._looked_at is None or self._looked_at[0] != kind:
            self._looked_at = (kind, now)
        elif kind and now - self._looked_at[1] >= SEEN_AFTER_S:
            self._changed.pop(kind, None)

    def take(self) -> dict[str, set[str]]:
        """Return what is unseen, and forget it."""
        changed, self._changed = self._changed, {}
        return changed

    def restore(self, changed: dict[str, set[str]]) -> None:
        """Take again what was unseen, in place of what is."""
        self._changed = changed

    def clear(self) -> None:
        """Mark every change as seen."""
        self._changed.clear()


def describe_unseen(counts: Mapping[str, int], key: str, room: int) -> str:
    """Return ``changed: 2 jobs, 1 service (C)``, or ``3 changed (C)`` where that has over ``room`` cells.

    A count that goes no further has a ``+``.
    """
    from matui.resources.registry import get_kind

    if not counts:
        return ""
    named = [
        f"{count:,}{_mark_most(count)} {kind if count > 1 else get_kind(kind).singular}"
        for kind, count in counts.items()
    ]
    end = f" ({key})" if key else ""
    every = f"{sum(counts.values()):,}{_mark_most(max(counts.values()))}"
    whole, short = f"changed: {', '.join(named)}{end}", f"{every} changed{end}"
    return next((words for words in (whole, short) if len(words) <= room), "")


def _mark_most(count: int) -> str:
    return "+" if count >= _MOST_COUNTED else ""
