"""A log read by line cursor (5.1.13), both ways from its newest page. Pure: it yields what to ask for."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import TypeAlias

from matui.clouds.port import LogPage
from matui.live.log_cursor import Ask, Dialect, Sheet, compare, fingerprint, lay_out
from matui.live.log_edge import LIMIT, LOST_PLACE, MISSING, NO_CURSOR, Batch, Edge, Step, rejoin
from matui.live.log_page import Dropped, Place
from matui.live.log_seam import Join

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
