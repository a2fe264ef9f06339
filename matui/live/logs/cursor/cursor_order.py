"""Whether the line cursors of a log have an order, as far as its pages prove it. Pure.

A cursor is an opaque string of the cloud. It is compared, never calculated with. Digits alone prove no order:
they may be a hash, or numbers that were drawn. Where no order is proved, two cursors are equal or unlike.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from itertools import pairwise

_TIME_DIGITS = (13, 16, 19)  # digits of a time in ms, us and ns since the epoch, which begin with 1 or 2
_MAX_SPREAD = 10_000  # times of one page differ by less than two days, this part of their value
_RISING_STEPS = 7  # cursors that rise in turn: drawn numbers do so once in 40,000 logs
_LIKELY_STEPS = 3  # of these, before distances are measured: the order is likely
_EXACT_PAGES = 3  # pages whose cursors differ by their number of lines, before others are to do so
_FAR_LINES = 20  # mean distances between two lines, beyond which lines may be missing between them
MOST_REPEATED = 5  # lines before its base with which a page may begin
_RECENT_PAGES = 8  # pages that count once each, though they are requested again


def compare_cursors(a: str, b: str) -> int | None:
    """Return -1, 0 or 1 as ``a`` is before, at or after ``b``, or None where they cannot be compared."""
    if not a or not b:
        return None
    if a == b:
        return 0
    if not (_is_number(a) and _is_number(b)):
        return None
    x, y = a.lstrip("0"), b.lstrip("0")
    if x == y:
        return 0
    return 1 if (len(x), x) > (len(y), y) else -1


def _is_number(cursor: str) -> bool:
    return cursor.isascii() and cursor.isdigit()


@dataclass(slots=True)
class CursorOrder:
    """The evidence of an order: pages whose cursors lie as far apart as their lines, or as times do.

    ``near`` counts those pages and ``far`` the others. ``rising`` counts new cursors of the others that were
    each after the one before, ``falling`` those that were not. ``begins_low``: one is 0 or 1, as positions
    are. ``exact`` counts the pages whose cursors differ by the number of their lines.
    """

    near: int = 0
    far: int = 0
    rising: int = 0
    falling: int = 0
    begins_low: bool = False
    exact: int = 0
    _recent: deque[tuple[str, ...]] = field(default_factory=lambda: deque(maxlen=_RECENT_PAGES))

    @property
    def is_proved(self) -> bool:
        """Whether cursors that are numbers have the order of their lines."""
        return self.begins_low or self.near > self.far or (self.rising >= _RISING_STEPS and not self.falling)

    @property
    def is_likely(self) -> bool:
        """Whether nothing speaks against an order, which is enough to doubt a page."""
        return self.is_proved or (self.rising >= _LIKELY_STEPS and not self.falling)

    @property
    def counts_lines(self) -> bool:
        """Whether the cursors are numbers of lines."""
        return self.exact >= _EXACT_PAGES and 2 * self.exact > self.near + self.far

    def are_apart(self, a: str, b: str, lines: int) -> bool:
        """Return whether two cursors that are numbers differ by so many lines; true for others."""
        return not (_is_number(a) and _is_number(b)) or abs(int(a) - int(b)) in (lines - 1, lines)

    def are_exactly_apart(self, a: str, b: str, lines: int) -> bool:
        """Return whether two cursors that are numbers differ by ``lines``; true for others."""
        return not (_is_number(a) and _is_number(b)) or abs(int(a) - int(b)) == lines

    def leaves_out_lines(self, base: str, far: str, lines: int) -> bool:
        """Return whether there are, by cursors that count them, more lines from ``base`` to ``far``."""
        is_counted = self.counts_lines and _is_number(base) and _is_number(far)
        return is_counted and abs(int(far) - int(base)) > lines

    def is_far(self, base: str, near: str, far: str, lines: int) -> bool:
        """Return whether ``near`` is much farther from ``base`` than the lines up to ``far`` are apart."""
        if lines < 2 or not all(map(_is_number, (base, near, far))):
            return False
        mean = abs(int(far) - int(near)) / (lines - 1)
        return abs(int(near) - int(base)) > _FAR_LINES * mean

    def measure_distance(self, a: str, b: str, lines: int) -> float | None:
        """Return the mean distance of so many lines from cursor ``a`` to ``b``, None where they have none."""
        if not lines or not self.is_likely or not (_is_number(a) and _is_number(b)):
            return None
        return abs(int(b) - int(a)) / lines

    def compare(self, a: str, b: str) -> int | None:
        """Return -1, 0 or 1 as ``a`` is before, at or after ``b``, or None where nothing proves an order."""
        return compare_cursors(a, b) if a == b or self.is_proved else None

    def observe(self, cursors: tuple[str, ...], lines: int) -> None:
        """Record the cursors of a page of so many lines, those of older lines first: base, start, end."""
        named = [cursor for cursor in dict.fromkeys(cursors) if cursor]
        if len(named) < 2 or cursors in self._recent or not all(map(_is_number, named)):
            return
        known = set().union(*self._recent)
        self._recent.append(cursors)
        self.begins_low |= any(cursor in ("0", "1") for cursor in named)
        self.exact += any(self.are_apart(a, b, lines) for a, b in pairwise(named))
        if any(_are_near(a, b, lines) for a, b in pairwise(named)):
            self.near += 1
            return
        self.far += 1
        for a, b in pairwise(named):
            self.rising += compare_cursors(a, b) == -1 and not known.issuperset((a, b))
            self.falling += compare_cursors(a, b) == 1


def _are_near(a: str, b: str, lines: int) -> bool:
    """Return whether two cursors are as far apart as so many lines, or as the times of one page."""
    if len(a) > 40 or len(b) > 40:
        return False
    low, high = sorted((int(a), int(b)))
    if lines - 1 - MOST_REPEATED <= high - low <= lines:
        return True
    are_times = len(a) == len(b) in _TIME_DIGITS and a[0] in "12" and b[0] in "12"
    return are_times and lines - 1 <= high - low <= high // _MAX_SPREAD
