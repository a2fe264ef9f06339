"""The content of the journal at any time of a recording. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple, TypeVar

from matui.live.journal.change import Change
from matui.live.triage.evidence import StayKey
from matui.live.triage.from_journal import build_step
from matui.live.triage.state_times import MOST_STAYS, StateChange, find_stays
from matui.resources.model import ResourceKey

_T = TypeVar("_T")


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
        def paced(items: Iterable[_T]) -> Iterator[_T]:
            for item in items:
                give_way()
                yield item

        steps = sorted((build_step(one.profile, one) for one in paced(changes)), key=_time_of)
        self._steps: dict[ResourceKey, list[StateChange]] = {}
        for step in paced(steps):
            self._steps.setdefault(step.key, []).append(step)
        self._stays: dict[StayKey, _Stays] = {}
        for key, began, ended in find_stays(paced(steps)):
            stays = self._stays.setdefault(key, _Stays([], []))
            stays.ended.append(ended)
            stays.took.append(ended - began)

    def up_to(self, at_ms: float) -> KnownSteps:
        """Return what was known at a time, in ms since the epoch."""
        last = []
        for steps in self._steps.values():
            count = bisect_right(steps, at_ms, key=_time_of)
            last += steps[count - 1 : count] if count else []
        known: dict[StayKey, list[float]] = {}
        for key, stays in self._stays.items():
            count = bisect_right(stays.ended, at_ms)
            if count:
                known[key] = stays.took[max(0, count - MOST_STAYS) : count]
        return KnownSteps(last, known)


def _time_of(step: StateChange) -> float:
    return step.at
