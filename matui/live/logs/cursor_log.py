"""A log read by line cursor (5.1.13), both ways from its newest page.

Pure: it yields the requests to make and is sent their pages.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Sequence
from typing import TypeAlias

from matui.clouds.protocols import LogPage
from matui.live.logs.batch import JUMPED, LOST_POSITION, MISSING, NO_CURSOR, PAGE_LINES, Batch, BatchSteps
from matui.live.logs.page_layout import (
    NormalizedPage,
    PageRequest,
    ServerQuirks,
    compare_cursors,
    fingerprint,
    normalize_page,
)
from matui.live.logs.page_overlap import Overlap, PageJoin
from matui.live.logs.page_store import EvictedPage, PageRef

PageSteps: TypeAlias = Generator[PageRequest, LogPage, NormalizedPage]
ReplaySteps: TypeAlias = Generator[PageRequest, LogPage, "tuple[str, ...] | None"]


class LogEnd:
    """One end of the lines held: the next page is requested from the cursor ``base``.

    ``held`` has the fingerprints of the lines nearest to that end, nearest first; ``beyond_base`` of them lie
    beyond ``base``.
    """

    def __init__(self, quirks: ServerQuirks, *, older: bool) -> None:
        self.quirks = quirks
        self.older = older
        self.base = ""
        self.beyond_base = 0
        self.held: deque[str] = deque(maxlen=2 * PAGE_LINES)

    def place_at(self, page: NormalizedPage) -> None:
        """Start from a page whose first line is the farthest from this end."""
        self.held.clear()
        self.held.extendleft(page.fingerprints)
        self.base, self.beyond_base = page.far_cursor, 0
        if page.near_cursor and not page.far_cursor:
            self.base, self.beyond_base = page.near_cursor, len(page.lines) - 1

    def step(self) -> BatchSteps:
        """Request the next page; this end moves only when that page is fully processed."""
        request = PageRequest(self.base, self.older, PAGE_LINES)
        page = normalize_page((yield request), request, self.quirks, self.held)
        join = PageJoin(request, page, self.quirks, self.held, self.beyond_base)
        overlap = (yield from join.resolve()) if self.base else _match_by_text(page, self.held)
        return self._take(page, overlap) if overlap.certain else Batch(undecided=True)

    def _take(self, page: NormalizedPage, overlap: Overlap) -> Batch:
        size, skip = len(page.lines), overlap.known + self.beyond_base
        new = page.lines[skip:]
        ref = PageRef(self.base, skip, self.older)
        self.held.extendleft(page.fingerprints[skip:])
        moved = bool(overlap.next_base)
        if moved:
            self.base, self.beyond_base = overlap.next_base, max(0, skip - size)
        elif self.base:
            self.beyond_base += len(new)
        full = size >= PAGE_LINES or size >= self.quirks.largest > 1
        self.quirks.largest = max(self.quirks.largest, size)
        return Batch(
            new[::-1] if self.older else new,
            ref,
            gap=_describe_gap(overlap, page),
            more=full and (bool(new) or moved),
            no_progress=full and not new and not moved and (size >= PAGE_LINES or self.beyond_base > 0),
        )


def _describe_gap(overlap: Overlap, page: NormalizedPage) -> str:
    if overlap.jumped:
        return JUMPED
    return MISSING.format(page.missing) if page.missing else ""


def _match_by_text(page: NormalizedPage, held: Sequence[str]) -> Overlap:
    """Return the overlap of a newest page with the lines held, for a cloud that gives no cursors at all."""
    known = _count_longest_match(page.fingerprints, tuple(held))
    return Overlap(known, page.far_cursor, jumped=bool(held) and known == 0 and bool(page.lines))


def _count_longest_match(fingerprints: Sequence[str], held: Sequence[str]) -> int:
    sizes = range(min(len(fingerprints), len(held)), 0, -1)
    return next((k for k in sizes if tuple(fingerprints[:k]) == tuple(held[:k])[::-1]), 0)


def count_known_lines(page: NormalizedPage, end: LogEnd) -> int:
    """Return how many lines of a newest page are certainly held, after ``end`` lost its position.

    Text decides only where it is distinctive: three lines that are not all alike.
    """
    if compare_cursors(page.far_cursor, end.base) in (0, -1):
        return len(page.lines)
    if not end.beyond_base and compare_cursors(page.near_cursor, end.base) == 1:
        return 0
    known = _count_longest_match(page.fingerprints, tuple(end.held))
    return known if known >= 3 and len({fingerprint(line) for line in page.lines[:known]}) > 1 else 0


class CursorLog:
    """Reads every line once, in order, for every reading of the reference that a server may have.

    ``newer``, ``older`` and ``replay`` are generators: each yields requests, is sent their pages, and changes
    the state of the log only at its end. After a failed request it can be started again.
    """

    def __init__(self) -> None:
        self.quirks = ServerQuirks()
        self.at_top = False
        self.opened = False
        self._lost = False
        self._target = ""
        self._newer = LogEnd(self.quirks, older=False)
        self._older = LogEnd(self.quirks, older=True)

    def newer(self, limit: int = PAGE_LINES) -> BatchSteps:
        """Return the lines after the last one held; at first the newest ``limit`` lines."""
        if self.opened and not self._lost:
            batch = yield from self._newer.step()
            if batch.no_progress and (yield from self._is_behind()):
                batch = yield from self._newer.step()
                self._lost = batch.no_progress
            return batch
        page = yield from self._fetch("", older=False, limit=PAGE_LINES if self.opened else limit)
        if not page.lines:
            return Batch()
        return self._reopen(page) if self.opened else self._open(page)

    def open_top(self) -> Generator[PageRequest, LogPage, Batch | None]:
        """Start at the first line of the log.

        Return None where the cloud does not give that line or it cannot be verified.
        """
        newest = yield from self._fetch("", older=False, limit=1)
        if not newest.lines:
            return Batch()
        top = yield from self._fetch("", older=True, limit=PAGE_LINES)
        if not top.lines or not top.near_cursor or compare_cursors(top.near_cursor, newest.far_cursor) == 1:
            return None
        above = yield from self._fetch(top.near_cursor, older=True, limit=50)
        if above.lines and above.far_cursor != top.near_cursor:
            return None
        self._target = newest.far_cursor
        self.at_top = True
        return self._open(top)

    def _fetch(self, base: str, *, older: bool, limit: int) -> PageSteps:
        request = PageRequest(base, older, limit)
        return normalize_page((yield request), request, self.quirks, ())

    @property
    def reached(self) -> bool:
        """Whether a log opened at its top has been read to where it ended then."""
        return compare_cursors(self._newer.base, self._target) in (0, 1)

    def _open(self, page: NormalizedPage) -> Batch:
        self._newer.place_at(page)
        self._older.place_at(NormalizedPage(page.lines[::-1], page.far_cursor, page.near_cursor))
        self.opened = True
        self._target = self._target or page.far_cursor
        self.quirks.largest = len(page.lines)
        gap = MISSING.format(page.missing) if page.missing else ""
        return Batch(page.lines, _newest_page_ref(page), gap=gap)

    def _reopen(self, page: NormalizedPage) -> Batch:
        known = count_known_lines(page, self._newer)
        self._newer.place_at(page)
        self._lost = False
        return Batch(page.lines[known:], _newest_page_ref(page, known), gap=LOST_POSITION)

    def _is_behind(self) -> Generator[PageRequest, LogPage, bool]:
        """Return whether there are newer lines although the cursor leads no further."""
        newest = (yield from self._fetch("", older=False, limit=1)).fingerprints[-1:]
        return bool(newest) and newest[0] != self._newer.held[0]

    def mark_position_lost(self) -> None:
        """Record that the cloud refuses the cursor: the next page is the newest one, after a gap mark."""
        self._lost = True

    def older(self) -> BatchSteps:
        """Return the lines before the first one held; sets ``at_top`` once there are none."""
        if not self._older.base:
            self.at_top = True
            return Batch(gap=NO_CURSOR if self.quirks.largest >= PAGE_LINES else "")
        batch = yield from self._older.step()
        self.at_top = not (batch.lines or batch.undecided)
        return Batch(gap=NO_CURSOR) if batch.no_progress else batch

    def replay(self, evicted: EvictedPage) -> ReplaySteps:
        """Return lines that were held before, or None where the cloud no longer has them."""
        ref = evicted.ref
        if not ref.base:
            return None
        for limit in (min(PAGE_LINES, ref.skip + evicted.count), PAGE_LINES):
            request = PageRequest(ref.base, ref.older, limit)
            page = normalize_page((yield request), request, self.quirks, ())
            known, lines = ref.skip, page.lines
            if ref.head is not None:
                held = (fingerprint(ref.head),)
                overlap = yield from PageJoin(request, page, self.quirks, held).resolve()
                lines = (ref.head, *lines[overlap.known :])
            found = _find(lines, evicted, known)
            if found is not None:
                return found
        return None


def _newest_page_ref(page: NormalizedPage, skip: int = 0) -> PageRef:
    return PageRef(page.near_cursor, skip, head=page.lines[0])


def _find(lines: Sequence[str], evicted: EvictedPage, expected: int) -> tuple[str, ...] | None:
    """Return the lines of the evicted page from an answer, which may begin at another line."""
    last = len(lines) - evicted.count
    for skip in sorted(range(last + 1), key=lambda at: abs(at - expected)):
        part = tuple(lines[skip : skip + evicted.count])
        part = part[::-1] if evicted.ref.older else part
        if evicted.matches(part):
            return part
    return None
