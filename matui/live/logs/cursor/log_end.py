"""One end of the lines held of a log: the next page from its cursor, taken only where it joins. Pure."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Sequence

from matui.clouds.protocols import LogPage
from matui.live.logs.batch import JUMPED, MISSING, PAGE_LINES, Batch, BatchSteps
from matui.live.logs.cursor.consistent_page import request_consistent_page
from matui.live.logs.cursor.page_layout import (
    NormalizedPage,
    PageRequest,
    ServerQuirks,
    normalize_page,
)
from matui.live.logs.cursor.page_overlap import Overlap, PageJoin, repeats_base
from matui.live.logs.cursor.page_proof import SHORT_PAGE, lacks_lines_of, needs_proof, prove_ends, prove_join
from matui.live.logs.packed_lines import pack_lines, unpack_lines
from matui.live.logs.page_store import PageRef

LINES_ABOVE = 50  # lines that are requested above the first one: there are none
_JOIN_TRIES = 2  # requests of a page that does not join the lines held
_DISTINCT_LINES = 3  # different lines at the start of a page that show that it may be held already


class LogEnd:
    """One end of the lines held: the next page is requested from the cursor ``base``.

    ``held`` has the fingerprints of the lines nearest to that end, nearest first; ``beyond_base`` of them lie
    beyond ``base``. ``unproved`` counts those of them that short pages at the end of a growing log brought.
    """

    def __init__(self, quirks: ServerQuirks, *, older: bool) -> None:
        self.quirks = quirks
        self.older = older
        self.base = ""
        self.beyond_base = 0
        self.unproved = 0
        self.held: deque[str] = deque(maxlen=2 * PAGE_LINES)
        self._left: set[str] = set()
        self._packed: bytes | None = None
        self._last_join: tuple[str, int] | None = None
        self._was_cut = False
        self._spare = ""
        self._is_spare_used = False

    def place_at(self, page: NormalizedPage) -> None:
        """Start from a page whose first line is the farthest from this end."""
        self.held.clear()
        self._left.clear()
        self.held.extendleft(page.fingerprints)
        self._was_cut, self._spare, self._is_spare_used = False, page.near_cursor, False
        self.base, self.beyond_base, self.unproved = page.far_cursor, 0, 0
        if page.near_cursor and not page.far_cursor:
            self.base, self.beyond_base = page.near_cursor, len(page.lines) - 1

    def forget(self) -> None:
        """Drop the lines held: no page is joined to this end any more."""
        self.held.clear()
        self._left.clear()
        self._packed = None

    def pack(self) -> None:
        """Hold the lines compressed until ``unpack``."""
        if self.held:
            self._packed = pack_lines(self.held)
            self.held.clear()

    def unpack(self) -> None:
        """Hold the lines as they are again."""
        if self._packed is not None:
            self.held.extend(unpack_lines(self._packed))
            self._packed = None

    @property
    def packed_bytes(self) -> int:
        """The size of the lines that are held compressed."""
        return len(self._packed or b"")

    def step(self, target: str = "", oldest: str = "") -> BatchSteps:
        """Request the next page; this end moves only when that page is fully processed.

        A page that does not join the lines held is requested once more, then the batch is ``detached``.
        ``target`` is the cursor of the newest line known, ``oldest`` that of the first line held.
        """
        for _ in range(_JOIN_TRIES):
            mode = self.quirks.cursor_mode
            page, overlap, repeated, is_whole = yield from self._request_page(target)
            if not overlap.certain:
                return Batch(undecided=True)
            is_repeated = overlap.known < len(page.lines) and self._is_behind(page, overlap.known, oldest)
            if is_whole and not is_repeated and (yield from self._joins(page, overlap, repeated, target)):
                self.quirks.repeats_base |= repeated and not self.older
                self._was_cut = not self.older and self._may_be_cut(page, target)
                is_at_end = not self.older and self.quirks.compare(page.far_cursor, target) != 0
                if is_at_end and not self._was_cut and overlap.next_base and len(page.lines) <= SHORT_PAGE:
                    self.unproved += len(page.lines) - overlap.known
                return self._take(page, overlap)
            self.quirks.cursor_mode = mode
        if (
            self.older
            and self._spare
            and not self.beyond_base
            and self.quirks.compare(self.base, self._spare) is None
        ):
            self.base, self._spare = self._spare, self.base  # of cursors without order, perhaps swapped ones
            self._is_spare_used = True
        return Batch(detached=True)

    def _request_page(
        self, target: str
    ) -> Generator[PageRequest, LogPage, tuple[NormalizedPage, Overlap, bool, bool]]:
        """Return the next page, its overlap, whether it names the base, and whether its text is whole."""
        request = PageRequest(self.base, self.older, PAGE_LINES)
        answer = yield from request_consistent_page(request, self.quirks, self.held)
        page = normalize_page(answer, request, self.quirks, self.held)
        is_whole: bool | None = True
        if self._may_be_cut(page, target) and (is_whole := (yield from self._prove_ends(page))) is not True:
            second = yield from request_consistent_page(request, self.quirks, self.held)
            page_again = normalize_page(second, request, self.quirks, self.held)
            if len(page_again.lines) > len(page.lines):
                answer, page = second, page_again
                is_cut = self._may_be_cut(page, target)
                is_whole = (yield from self._prove_ends(page)) if is_cut else True
            elif is_whole is None and page_again != page:
                is_whole = False
        join = PageJoin(request, page, self.quirks, self.held, self.beyond_base)
        overlap = (yield from join.resolve()) if self.base else _match_by_text(page, self.held)
        is_repeated = bool(page.lines) and repeats_base(answer, self.base)
        return page, overlap, is_repeated, is_whole is not False

    def _may_be_cut(self, page: NormalizedPage, target: str) -> bool:
        """Return whether a page has not the usual length although it does not end at the log's known end.

        Backwards, that is the case at the top, too.
        """
        usual = self.quirks.largest if self.quirks.is_largest_proved else PAGE_LINES
        if len(page.lines) in (0, usual) or len(page.lines) >= PAGE_LINES:
            return False
        order = self.quirks.compare(page.far_cursor, target)
        return self.older or order == -1 or len(page.lines) > SHORT_PAGE

    def _prove_ends(self, page: NormalizedPage) -> Generator[PageRequest, LogPage, bool | None]:
        proof = yield from prove_ends(page, older=self.older, quirks=self.quirks, base=self.base)
        self.quirks.is_largest_proved |= proof is True and len(page.lines) > SHORT_PAGE
        return proof

    def check_unproved(self) -> Generator[PageRequest, LogPage, bool]:
        """Request the unproved lines once more; return False where the cloud has other lines between them."""
        request = PageRequest(self.base, True, min(PAGE_LINES, 2 * self.unproved + LINES_ABOVE))
        agrees = True
        for _ in range(_JOIN_TRIES):
            page = normalize_page((yield request), request, self.quirks, ())
            agrees = not lacks_lines_of(page, tuple(self.held), self.beyond_base)
            if agrees:
                break
        self.unproved = 0
        return agrees

    def _is_behind(self, page: NormalizedPage, known: int, oldest: str) -> bool:
        """Return whether ``page`` was read before: it ends at an earlier base, or starts at the top again.

        A page of all ``known`` lines held and of new ones starts at the top of a short log.
        """
        starts_at_top = bool(oldest) and page.near_cursor == oldest != self.base
        return page.far_cursor in self._left or (starts_at_top and known + self.beyond_base < len(self.held))

    def verify_last_join(self) -> Generator[PageRequest, LogPage, bool]:
        """Return whether a full last page has the lines held after it; true where no line shows the opposite.

        The first page of a log is rarely full: it may have been sent instead of the one requested.
        """
        if self._last_join is None:
            return True
        cursor, size = self._last_join
        request = PageRequest(cursor, False, LINES_ABOVE)
        page = normalize_page((yield request), request, self.quirks, ())
        return not page.lines or self.held[size] in page.fingerprints

    def _joins(
        self, page: NormalizedPage, overlap: Overlap, repeated: bool, target: str
    ) -> Generator[PageRequest, LogPage, bool]:
        if not self.base:
            return True
        if overlap.jumped:
            return False
        if overlap.known or not page.lines:
            return True
        # A page that is longer than all before shows that the one before it may have been cut.
        is_suspect = len(page.lines) > max(self.quirks.largest, SHORT_PAGE) or self._is_spare_used
        if self.older:
            is_suspect |= self._may_be_given_again(page)
            if self._may_be_held(page):
                is_suspect = True
                if (yield from self._prove_ends(page)) is False:
                    return False
        else:
            is_suspect |= self._was_cut or self._may_be_given_again(page)
            is_suspect |= needs_proof(page, self.base, repeated, self.quirks, target)
        if not is_suspect:
            return True
        request = PageRequest(self.base, self.older, PAGE_LINES)
        proof = yield from prove_join(request, page, self.held, self.beyond_base, self.quirks)
        return not self.quirks.repeats_base if proof is None else proof

    def _may_be_held(self, page: NormalizedPage) -> bool:
        """Return whether a page begins with lines held, where its cursors have no order that denies it."""
        if self.quirks.compare(page.near_cursor, self.base) is not None:
            return False
        known = count_longest_match(page.fingerprints, tuple(self.held))
        return len(set(page.fingerprints[:known])) >= _DISTINCT_LINES

    def _may_be_given_again(self, page: NormalizedPage) -> bool:
        """Return whether the first lines of a page are lines held, where no order of cursors denies it."""
        if self.quirks.compare(page.near_cursor, self.base) is not None:
            return False
        first, held = page.fingerprints[:_DISTINCT_LINES][::-1], tuple(self.held)
        is_distinct = len(set(first)) == len(first)
        return is_distinct and any(
            held[at : at + len(first)] == first for at in range(1, len(held) - len(first) + 1)
        )

    def _take(self, page: NormalizedPage, overlap: Overlap) -> Batch:
        size, skip = len(page.lines), overlap.known + self.beyond_base
        new = page.lines[skip:]
        ref = PageRef(self.base, skip, self.older)
        self.held.extendleft(page.fingerprints[skip:])
        moved = bool(overlap.next_base)
        if moved:
            if self.quirks.compare(self.base, overlap.next_base) is None:  # no order shows a page given again
                self._left.add(self.base)
            self.base, self.beyond_base = overlap.next_base, max(0, skip - size)
            self._spare, self._is_spare_used = page.near_cursor, False
        elif self.base:
            self.beyond_base += len(new)
        full = size >= PAGE_LINES or size >= self.quirks.largest > 1
        self.quirks.largest = max(self.quirks.largest, size)
        if new:
            is_unproved = full and not skip and len(new) < len(self.held)
            has_cursor = page.near_cursor not in ("", ref.base)
            self._last_join = (page.near_cursor, len(new)) if is_unproved and has_cursor else None
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
    known = count_longest_match(page.fingerprints, tuple(held))
    return Overlap(known, page.far_cursor, jumped=bool(held) and known == 0 and bool(page.lines))


def count_longest_match(fingerprints: Sequence[str], held: Sequence[str]) -> int:
    sizes = range(min(len(fingerprints), len(held)), 0, -1)
    return next((k for k in sizes if tuple(fingerprints[:k]) == tuple(held[:k])[::-1]), 0)
