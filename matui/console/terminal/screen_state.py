"""The state of the terminal, cell by cell: which rows can be scrolled, how many bytes may be written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Hashable, Iterator, Mapping, Sequence
from itertools import pairwise
from math import inf
from typing import Any, NamedTuple

from rich.color import ColorSystem
from textual.strip import Strip

from matui.console.terminal.pen import CellRow, CellWriter, SgrState, build_cells, join_row

_CACHED_STRIPS = 300
_CACHED_TEXTS = 300
_IGNORED_EDGE = 2  # cells at the right that hold the scrollbar's thumb and do not identify a row
LEAST_ROWS = 4
_MOST_PLACES = 3  # the same text on more rows than this says nothing about a move


class WriteBudget(NamedTuple):
    """Bytes that may be written in one frame.

    Rows in ``low_priority_rows`` come last and have the smaller budget ``low_priority``; rows in
    ``first_rows`` (the focused widget, where a key has its echo) come before all others, then ``next_rows``
    (the bars, which say what the keys do now).
    """

    total: float = inf
    low_priority: float = inf
    first_rows: Container[int] = ()
    low_priority_rows: Container[int] = ()
    next_rows: Container[int] = ()


class ScreenState:
    """The cells that the terminal shows, where a diffing screen has written them.

    ``deferred`` holds the rows for which the last frame's budget was too small.
    """

    def __init__(self) -> None:
        self.width = 0
        self.rows: list[CellRow] = []
        self.saved_sgr: SgrState | None = None
        self.budget = WriteBudget()
        self.deferred: set[int] = set()
        self._cells: dict[int, tuple[Strip, CellRow]] = {}
        self._texts: dict[int, tuple[CellRow, str]] = {}

    def build_cells(self, strip: Strip, system: ColorSystem, width: int) -> CellRow:
        """Return the cells of a strip; they are cached, as a strip often comes back on another row."""
        cached = self._cells.get(id(strip))
        if cached is not None and cached[0] is strip and len(cached[1]) == width:
            return cached[1]
        if len(self._cells) > _CACHED_STRIPS:
            self._cells.clear()
        cells = fit_row(build_cells(strip, system), width)
        self._cells[id(strip)] = (strip, cells)
        return cells

    def join_row(self, row: CellRow) -> str:
        """Return the text that identifies a row. It is cached: the row must not be changed afterwards."""
        cached = self._texts.get(id(row))
        if cached is not None:
            return cached[1]
        if len(self._texts) > _CACHED_TEXTS:
            self._texts.clear()
        text = join_row(row[:-_IGNORED_EDGE])
        self._texts[id(row)] = (row, text)
        return text

    def forget(self) -> None:
        """Discard the state: something else has written to the terminal."""
        self.rows = []
        self.saved_sgr = None

    def resize(self, width: int, height: int) -> None:
        """Set the size in cells; all cells are unknown after a change of size."""
        if self.width != width or len(self.rows) != height:
            self.width = width
            self.saved_sgr = None
            self.rows = [[None] * width for _ in range(height)]

    def write(self, wanted: Mapping[int, CellRow], writer: CellWriter) -> None:
        """Write the rows that differ, within the budget; the others become ``deferred``."""
        self.deferred = set()
        rows = self.rows
        changed = {y: row for y, row in wanted.items() if rows[y] is not row and rows[y] != row}
        budget = self.budget
        urgent = [y for y in changed if y not in budget.low_priority_rows]
        urgent.sort(key=lambda y: (y not in budget.first_rows, y not in budget.next_rows))
        self._write(urgent, changed, writer, budget.total)
        rest = [y for y in changed if y in budget.low_priority_rows]
        self._write(rest, changed, writer, budget.low_priority)

    def _write(
        self, order: list[int], changed: Mapping[int, CellRow], writer: CellWriter, limit: float
    ) -> None:
        for index, y in enumerate(order):
            if not self._write_within(y, changed[y], writer, limit):
                self.deferred.update(order[index:])
                return
            self.rows[y] = changed[y]

    def _write_within(self, y: int, row: CellRow, writer: CellWriter, limit: float) -> bool:
        """Write a row unless the limit is reached; the first row of a frame fits any positive limit."""
        if limit == inf:
            writer.update(y, self.rows[y], row)
            return True
        if limit <= 0:
            return False
        before = writer.mark()
        writer.update(y, self.rows[y], row)
        if before.size and writer.count_bytes() > limit:
            writer.undo(before)
            return False
        return True


def fit_row(cells: Sequence[Any], width: int) -> CellRow:
    """Return a row of exactly ``width`` cells."""
    return [*cells[:width], *[None] * (width - len(cells))]


class Shift(NamedTuple):
    """Rows ``top`` to ``bottom`` moved up by ``lines`` (down when negative)."""

    top: int
    bottom: int
    lines: int


def find_shift(old: Mapping[int, Hashable], new: Mapping[int, Hashable]) -> Shift | None:
    """Return the move that leaves the fewest rows to paint, or None when none is worth it.

    Both map row numbers to what identifies a row's contents; ``new`` holds the rows about to be painted.
    """
    rows = _find_longest_run(sorted(new))
    still = len([y for y in rows if old.get(y) == new[y]])
    if len(rows) < LEAST_ROWS or len(rows) - still < LEAST_ROWS:
        return None
    votes = _count_votes(rows, old, new)
    if not votes:
        return None
    lines, saved = max(votes.items(), key=lambda item: (item[1], -abs(item[0])))
    if saved < still + LEAST_ROWS - 1 or saved * 3 < len(rows):
        return None
    return Shift(rows[0], rows[-1], lines)


def _count_votes(
    rows: Sequence[int], old: Mapping[int, Hashable], new: Mapping[int, Hashable]
) -> Counter[int]:
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


def _find_longest_run(numbers: Sequence[int]) -> Sequence[int]:
    return max((range(*run) for run in iterate_runs(numbers)), key=len, default=())


def iterate_runs(numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield the first number of each run of neighbours, and the one after its last."""
    starts = [at for at, number in enumerate(numbers) if not at or number != numbers[at - 1] + 1]
    for start, end in pairwise([*starts, len(numbers)]):
        yield numbers[start], numbers[end - 1] + 1
