"""What triage knows of earlier times: steps, stays, ends and reasons, of the journal or a recording."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import NamedTuple, TypeVar

from matui.live.journal.change import Change, StoredEnd
from matui.live.journal.journal import Journal
from matui.live.triage.item import Acknowledgement, StayKey, Why
from matui.live.triage.reasons import FoundReason
from matui.live.triage.state_times import MOST_STAYS, StateChange, find_stays
from matui.resources.model import ResourceKey

_MOST_CHANGES = 20_000
_MOST_REASONS = 500
_LATE_MS = 60_000  # a reason may be written so long after it was found
_T = TypeVar("_T")


class SharedReasons:
    """The reasons that any process found, by resource: what one has fetched the others need not."""

    def __init__(self) -> None:
        self._found: dict[ResourceKey, FoundReason] = {}
        self._read_to: dict[Journal, int] = {}

    def read(self, journals: Iterable[Journal]) -> None:
        """Read what was found since the last time. It reads the disk: call it in a thread."""
        read_to = self._read_to
        self._read_to = {journal: read_to.get(journal, 0) for journal in journals}
        for journal, since in list(self._read_to.items()):
            now = journal.get_now_ms()
            for one in journal.reader.read_reasons(since):
                for profile in journal.accounts.list_profiles(one.account):
                    key = (profile, one.kind, one.id)
                    why = Why(one.words, one.source or "journal")
                    self._found.pop(key, None)
                    self._found[key] = FoundReason(key, one.status, why, float(one.seen_at))
            self._read_to[journal] = now - _LATE_MS
        self._found = dict(islice(self._found.items(), max(0, len(self._found) - _MOST_REASONS), None))

    def iterate_known(self, keys: Iterable[ResourceKey]) -> Iterator[FoundReason]:
        """Yield what is known of some resources."""
        return (self._found[key] for key in keys if key in self._found)


def read_steps(journal: Journal) -> list[StateChange]:
    """Return the changes of the open profiles as steps, the oldest first; the newest twenty thousand.

    It reads the disk: call it in a thread.
    """
    steps = []
    for change in reversed(journal.reader.read_changes(limit=_MOST_CHANGES, accounts=journal.accounts.all)):
        steps += [build_step(profile, change) for profile in journal.accounts.list_profiles(change.account)]
    return steps


def read_ends(journal: Journal) -> dict[ResourceKey, StoredEnd]:
    """Return when resources of the open profiles ended, where it was read. It reads the disk."""
    return {
        (profile, end.kind, end.id): end
        for end in journal.reader.read_ends()
        for profile in journal.accounts.list_profiles(end.account)
    }


def build_step(profile: str, change: Change) -> StateChange:
    """Return a change as a step."""
    entered = change.entered_at
    exact = entered is not None or change.before is not None
    at = float(change.seen_at if entered is None else entered)
    key = (profile, change.kind, change.id)
    return StateChange(key, at, change.before, change.after, exact, is_seen=True)


def find_acknowledgements(journal: Journal) -> dict[ResourceKey, tuple[Acknowledgement, str]]:
    """Return the newest acknowledgement of each resource, with the status it was acknowledged in.

    It reads the disk: call it in a thread.
    """
    found: dict[ResourceKey, tuple[Acknowledgement, str]] = {}
    for (profile, kind, ident, _about), made in journal.reader.read_acknowledgements().items():
        key = (profile, kind, ident)
        known = found.get(key)
        if known is None or known[0].at <= made.at:
            found[key] = (Acknowledgement(made.by, float(made.at), made.note), made.status)
    return found


class KnownSteps(NamedTuple):
    """The last change of each resource up to a time, and the stays in ms that had ended by then."""

    steps: list[StateChange]
    stays: dict[StayKey, list[float]]


class _Stays(NamedTuple):
    ended: list[float]
    took: list[float]


class RecordedSteps:
    """The changes of a whole recording by resource: a jump reads the last of each, not all of them.

    ``give_way`` is called before each change; it may wait.
    """

    def __init__(self, changes: Iterable[Change], give_way: Callable[[], None] = lambda: None) -> None:
        def give_way_between(items: Iterable[_T]) -> Iterator[_T]:
            for item in items:
                give_way()
                yield item

        steps = sorted((build_step(one.profile, one) for one in give_way_between(changes)), key=_get_time)
        self._steps: dict[ResourceKey, list[StateChange]] = {}
        for step in give_way_between(steps):
            self._steps.setdefault(step.key, []).append(step)
        self._stays: dict[StayKey, _Stays] = {}
        for key, began, ended in find_stays(give_way_between(steps)):
            stays = self._stays.setdefault(key, _Stays([], []))
            stays.ended.append(ended)
            stays.took.append(ended - began)

    def read_up_to(self, at_ms: float) -> KnownSteps:
        """Return what was known at a time, in ms since the epoch."""
        last = []
        for steps in self._steps.values():
            count = bisect_right(steps, at_ms, key=_get_time)
            last += steps[count - 1 : count] if count else []
        known: dict[StayKey, list[float]] = {}
        for key, stays in self._stays.items():
            count = bisect_right(stays.ended, at_ms)
            if count:
                known[key] = stays.took[max(0, count - MOST_STAYS) : count]
        return KnownSteps(last, known)


def _get_time(step: StateChange) -> float:
    return step.at
