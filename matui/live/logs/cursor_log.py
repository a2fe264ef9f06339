"""One end of what is held of a line log: the cursor to go on from, and what lies there. Pure.

A log read by line cursor (5.1.13), both ways from its newest page. Pure: it yields what to ask for.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from matui.clouds.protocols import LogPage
from matui.live.logs.page_layout import Ask, Dialect, Sheet, compare, fingerprint, lay_out
from matui.live.logs.page_overlap import Join, Seam
from matui.live.logs.page_store import Dropped, Place

LIMIT = 500
JUMPED = "a gap may be here: the cloud's cursor jumped"
MISSING = "a gap is here: the cloud counted {} more lines than it sent"
LOST_PLACE = "a gap may be here: the cloud no longer knows this place in the log"
UNDECIDED = "the cloud gave its last line again or it was written twice: its cursor does not tell"
NO_CURSOR = "a gap may be here: the cloud gives no cursor to go on from"


@dataclass(frozen=True, slots=True)
class Batch:
    """Lines to put at one end, oldest first. ``gap`` is what to say between them and the lines held.

    ``more``: the page was full, ask again at once. ``waiting``: nothing could be decided yet. ``stuck``: the
    cursor leads no further. ``place`` is how to get the lines again.
    """

    lines: tuple[str, ...] = ()
    place: Place = field(default_factory=Place)
    gap: str = ""
    more: bool = False
    waiting: bool = False
    stuck: bool = False


Step: TypeAlias = Generator[Ask, LogPage, Batch]


class Edge:
    """``base`` is where the next page is asked from; ``taken`` held lines are already beyond it."""

    def __init__(self, dialect: Dialect, *, older: bool) -> None:
        self.dialect = dialect
        self.older = older
        self.base = ""
        self.taken = 0
        self.held: deque[str] = deque(maxlen=2 * LIMIT)

    def place_at(self, sheet: Sheet) -> None:
        """Start from the newest page, given from this edge's side."""
        self.held.clear()
        self.held.extendleft(sheet.prints)
        self.base, self.taken = sheet.far, 0
        if sheet.near and not sheet.far:
            self.base, self.taken = sheet.near, len(sheet.lines) - 1

    def step(self) -> Step:
        """Ask for the next page away from what is held; the edge moves only when that page is fully taken."""
        ask = Ask(self.base, self.older, LIMIT)
        sheet = lay_out((yield ask), ask, self.dialect, self.held)
        join = Join(ask, sheet, self.dialect, self.held, self.taken)
        seam = (yield from join.settle()) if self.base else _by_text_alone(sheet, self.held)
        return self._take(sheet, seam) if seam.sure else Batch(waiting=True)

    def _take(self, sheet: Sheet, seam: Seam) -> Batch:
        size, skip = len(sheet.lines), seam.known + self.taken
        new = sheet.lines[skip:]
        place = Place(self.base, skip, self.older)
        self.held.extendleft(sheet.prints[skip:])
        moved = bool(seam.far)
        if moved:
            self.base, self.taken = seam.far, max(0, skip - size)
        elif self.base:
            self.taken += len(new)
        full = size >= LIMIT or size >= self.dialect.largest > 1
        self.dialect.largest = max(self.dialect.largest, size)
        return Batch(
            new[::-1] if self.older else new,
            place,
            gap=_gap(seam, sheet),
            more=full and (bool(new) or moved),
            stuck=full and not new and not moved and (size >= LIMIT or self.taken > 0),
        )


def _gap(seam: Seam, sheet: Sheet) -> str:
    if seam.jumped:
        return JUMPED
    return MISSING.format(sheet.missing) if sheet.missing else ""


def _by_text_alone(sheet: Sheet, held: Sequence[str]) -> Seam:
    """Join a newest page to what is held where the cloud gives no cursors at all."""
    known = _longest_match(sheet.prints, tuple(held))
    return Seam(known, sheet.far, jumped=bool(held) and known == 0 and bool(sheet.lines))


def _longest_match(prints: Sequence[str], held: Sequence[str]) -> int:
    sizes = range(min(len(prints), len(held)), 0, -1)
    return next((k for k in sizes if tuple(prints[:k]) == tuple(held[:k])[::-1]), 0)


def rejoin(sheet: Sheet, edge: Edge) -> int:
    """Return how many lines of a newest page are surely held already, after ``edge`` lost its place.

    Text counts only where it is distinctive: three lines that are not all alike.
    """
    if compare(sheet.far, edge.base) in (0, -1):
        return len(sheet.lines)
    if not edge.taken and compare(sheet.near, edge.base) == 1:
        return 0
    known = _longest_match(sheet.prints, tuple(edge.held))
    return known if known >= 3 and len({fingerprint(line) for line in sheet.lines[:known]}) > 1 else 0


Lines: TypeAlias = Generator[Ask, LogPage, "tuple[str, ...] | None"]


class LineLog:
    """Every line once, in order, whichever way the server reads the reference.

    ``newer``, ``older`` and ``replay`` are generators: each yields requests, is sent their pages, and moves
    the log's state only at its end, so that a failed request is made good by starting over.
    """

    def __init__(self) -> None:
        self.dialect = Dialect()
        self.at_top = False
        self.opened = False
        self._lost = False
        self._target = ""
        self._newer = Edge(self.dialect, older=False)
        self._older = Edge(self.dialect, older=True)

    def newer(self, limit: int = LIMIT) -> Step:
        """Ask for the lines after the last one held; at first for the newest ``limit``."""
        if self.opened and not self._lost:
            batch = yield from self._newer.step()
            if batch.stuck and (yield from self._is_behind()):
                batch = yield from self._newer.step()
                self._lost = batch.stuck
            return batch
        sheet = yield from self._look("", older=False, limit=LIMIT if self.opened else limit)
        if not sheet.lines:
            return Batch()
        return self._reopened(sheet) if self.opened else self._opened(sheet)

    def open_top(self) -> Generator[Ask, LogPage, Batch | None]:
        """Begin at the log's first line: None where the cloud does not give it or it cannot be verified."""
        newest = yield from self._look("", older=False, limit=1)
        if not newest.lines:
            return Batch()
        top = yield from self._look("", older=True, limit=LIMIT)
        if not top.lines or not top.near or compare(top.near, newest.far) == 1:
            return None
        above = yield from self._look(top.near, older=True, limit=50)
        if above.lines and above.far != top.near:
            return None
        self._target = newest.far
        self.at_top = True
        return self._opened(top)

    def _look(self, base: str, *, older: bool, limit: int) -> Generator[Ask, LogPage, Sheet]:
        ask = Ask(base, older, limit)
        return lay_out((yield ask), ask, self.dialect, ())

    @property
    def reached(self) -> bool:
        """Whether everything has been read that was there when the log was opened at its top."""
        return compare(self._newer.base, self._target) in (0, 1)

    def _opened(self, sheet: Sheet) -> Batch:
        self._newer.place_at(sheet)
        self._older.place_at(Sheet(sheet.lines[::-1], sheet.far, sheet.near))
        self.opened = True
        self._target = self._target or sheet.far
        self.dialect.largest = len(sheet.lines)
        gap = MISSING.format(sheet.missing) if sheet.missing else ""
        return Batch(sheet.lines, _newest_place(sheet), gap=gap)

    def _reopened(self, sheet: Sheet) -> Batch:
        known = rejoin(sheet, self._newer)
        self._newer.place_at(sheet)
        self._lost = False
        return Batch(sheet.lines[known:], _newest_place(sheet, known), gap=LOST_PLACE)

    def _is_behind(self) -> Generator[Ask, LogPage, bool]:
        """Whether a cursor that leads no further hides newer lines."""
        newest = (yield from self._look("", older=False, limit=1)).prints[-1:]
        return bool(newest) and newest[0] != self._newer.held[0]

    def lose_place(self) -> None:
        """Note that the cloud refuses the cursor: the next page is the newest, after a gap mark."""
        self._lost = True

    def older(self) -> Step:
        """Ask for the lines before the first one held; sets ``at_top`` once there are none."""
        if not self._older.base:
            self.at_top = True
            return Batch(gap=NO_CURSOR if self.dialect.largest >= LIMIT else "")
        batch = yield from self._older.step()
        self.at_top = not (batch.lines or batch.waiting)
        return Batch(gap=NO_CURSOR) if batch.stuck else batch

    def replay(self, dropped: Dropped) -> Lines:
        """Ask again for lines that were held before; None where the cloud has them no more."""
        place = dropped.place
        if not place.base:
            return None
        for limit in (min(LIMIT, place.skip + dropped.count), LIMIT):
            ask = Ask(place.base, place.older, limit)
            sheet = lay_out((yield ask), ask, self.dialect, ())
            known, lines = place.skip, sheet.lines
            if place.head is not None:
                held = (fingerprint(place.head),)
                seam = yield from Join(ask, sheet, self.dialect, held).settle()
                lines = (place.head, *lines[seam.known :])
            found = _find(lines, dropped, known)
            if found is not None:
                return found
        return None


def _newest_place(sheet: Sheet, skip: int = 0) -> Place:
    return Place(sheet.near, skip, head=sheet.lines[0])


def _find(lines: Sequence[str], dropped: Dropped, expected: int) -> tuple[str, ...] | None:
    """Return the dropped page's lines out of an answer, which may begin elsewhere than it did."""
    last = len(lines) - dropped.count
    for skip in sorted(range(last + 1), key=lambda at: abs(at - expected)):
        part = tuple(lines[skip : skip + dropped.count])
        part = part[::-1] if dropped.place.older else part
        if dropped.knows(part):
            return part
    return None
