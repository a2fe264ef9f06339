"""How long resources of a kind stay in a status, from the changes of the journal. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from matui.live.triage.evidence import Key, StayKey

_MOST_STAYS = 200  # of a kind and status; the newest count


@dataclass(frozen=True, slots=True)
class StateChange:
    """A change of one resource at ``at`` (ms since the epoch).

    ``before`` is None for something new, ``after`` for something gone. ``exact`` is false where the state may
    have been entered before it was seen.
    """

    key: Key
    at: float
    before: str | None
    after: str | None
    exact: bool = True


def measure_stays(steps: Iterable[StateChange]) -> dict[StayKey, list[float]]:
    """Return the durations in ms of completed stays, by kind and status; ``steps`` are the oldest first.

    A stay whose beginning was not seen, or that ends before it begins (clocks that differ), is not counted.
    """
    entered: dict[Key, StateChange] = {}
    stays: dict[StayKey, list[float]] = {}
    for step in steps:
        began = entered.pop(step.key, None)
        if began is not None and began.after is not None and _is_stay(began, step):
            known = stays.setdefault((step.key[1], began.after), [])
            known.append(step.at - began.at)
            del known[:-_MOST_STAYS]
        if step.after is not None:
            entered[step.key] = step
    return stays


def _is_stay(began: StateChange, ended: StateChange) -> bool:
    return began.exact and began.after == ended.before and ended.after is not None and ended.at >= began.at
