"""Finds rows that were moved rather than changed, so that the terminal can scroll them. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from typing import NamedTuple

LEAST_ROWS = 4
_MOST_PLACES = 3  # the same text on more rows than this says nothing about a move


class Shift(NamedTuple):
    """Rows ``top`` to ``bottom`` moved up by ``lines`` (down when negative)."""

    top: int
    bottom: int
    lines: int


def find_shift(old: Mapping[int, Hashable], new: Mapping[int, Hashable]) -> Shift | None:
    """Return the move that leaves the fewest rows to paint, or None when none is worth it.

    Both map row numbers to what identifies a row's contents; ``new`` holds the rows about to be painted.
    """
    rows = _longest_run(sorted(new))
    still = len([y for y in rows if old.get(y) == new[y]])
    if len(rows) < LEAST_ROWS or len(rows) - still < LEAST_ROWS:
        return None
    votes = _votes(rows, old, new)
    if not votes:
        return None
    lines, saved = max(votes.items(), key=lambda item: (item[1], -abs(item[0])))
    if saved < still + LEAST_ROWS - 1 or saved * 3 < len(rows):
        return None
    return Shift(rows[0], rows[-1], lines)


def _votes(rows: Sequence[int], old: Mapping[int, Hashable], new: Mapping[int, Hashable]) -> Counter[int]:
    places: dict[Hashable, list[int]] = {}
    for y in rows:
        if y in old:
            places.setdefault(old[y], []).append(y)
    votes: Counter[int] = Counter()
    for y in rows:
        found = places.get(new[y], ())
        if len(found) <= _MOST_PLACES:
            for at in found:
                if at != y:
                    votes[at - y] += 1
    return votes


def _longest_run(numbers: Sequence[int]) -> Sequence[int]:
    best: Sequence[int] = ()
    start = 0
    for index in range(1, len(numbers) + 1):
        if index == len(numbers) or numbers[index] != numbers[index - 1] + 1:
            if index - start > len(best):
                best = numbers[start:index]
            start = index
    return best
