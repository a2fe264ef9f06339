"""The content of the journal at any time of a recording. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from typing import NamedTuple

from matui.live.journal.change import Change
from matui.live.triage.evidence import StayKey
from matui.live.triage.from_journal import build_step
from matui.live.triage.state_times import MOST_STAYS, StateChange, find_stays
from matui.resources.model import ResourceKey


class KnownSteps(NamedTuple):
    """The last change of each resource up to a time, and the stays in ms that had ended by then."""

    steps: list[StateChange]
    stays: dict[StayKey, list[float]]


class _Stays(NamedTuple):
    ended: list[float]
    took: list[float]


class RecordedSteps:
    """The changes of a whole recording by resource: a jump reads the last of each, not all of them."""

    def __init__(self, changes: Iterable[Change]) -> None:
        steps = sorted((build_step(one.profile, one) for one in changes), key=_time_of)
        self._steps: dict[ResourceKey, list[StateChange]] = {}
        for step in steps:
            self._steps.setdefault(step.key, []).append(step)
        self._stays: dict[StayKey, _Stays] = {}
        for key, began, ended in find_stays(steps):
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
