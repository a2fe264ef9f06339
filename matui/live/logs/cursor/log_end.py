"""One end of the lines held of a log: the next page from its cursor, taken only where it joins. Pure.

The rule of what is taken:

1. A page is believed without a further request where nothing speaks against it. It begins at the base or
   after it, as the other pages of this cloud do. It has the usual number of lines, or ends at the newest line
   known. Its cursors count no other number of lines, and are not far from the base. Where they repeat the
   base, its lines are not farther apart than those of the pages before, and not like the base line.
2. Any other page is to be proved: it is requested again, and the lines from its end back to the base are
   requested. As many lines as it has, up to the very cursor of the base, prove it, whatever their text. Text
   proves only where the lines differ. A page that names no line of its own but its base is proved from its
   end: the lines before the base say nothing of it.
3. A page that is contradicted is refused. Refused several times it is not taken: the log goes on at its
   newest page, after a gap mark. A page that nothing proves, as where all lines are equal, is taken where it
   comes twice, after a gap mark.
4. An answer that contradicts another one is no proof. It has more lines than were requested, where the cloud
   keeps the limit. It has fewer than the page that it is to prove. It names another line for the base. It has
   a part of the lines of a page and ends at the last one of them. Its cursors count more lines than it has,
   or it has one line and two cursors.
5. What any answer has shown is read or marked: each line of the first pages, a line above the first one, a
   line after the last one. A log that ends before the lines held, or has none where they were, has started
   again: it goes on at its newest page, after a gap mark. Lines that recur do not join it to those held, nor
   do one or two lines join a page without cursors.
6. A cloud that begins its pages with lines before the base is the exception: how many they are cannot be
   proved among equal lines. Such a page needs no mark.

What no answer shows is not known: a page and its proof that are wrong by the same number of lines or are both
of another log, a page of another log with the cursors and the number of the right lines, a page that leaves
out a few lines where ordered cursors do not count them, and lines that the cloud forgot before they were
requested. A newest line that is stale each time is a log that has not grown. A cloud that gives its newest
line for whatever is requested has a log of one line, and one whose pages are all empty has none. A log that
started again with the same cursors, and with lines that join those held, is a log that has grown. To prove
each page would double the requests of every log.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Sequence
from dataclasses import replace

from matui.clouds.protocols import LogPage
from matui.live.logs.batch import (
    JUMPED,
    LOST_POSITION,
    MISSING,
    PAGE_LINES,
    UNPROVED,
    Batch,
    BatchSteps,
    pack_lines,
    unpack_lines,
)
from matui.live.logs.cursor.consistent_page import request_consistent_page
from matui.live.logs.cursor.cursor_order import MOST_REPEATED
from matui.live.logs.cursor.page_layout import (
    NormalizedPage,
    PageRequest,
    ServerQuirks,
    normalize_page,
)
from matui.live.logs.cursor.page_overlap import Overlap, PageJoin, repeats_base
from matui.live.logs.cursor.page_proof import (
    SHORT_PAGE,
    CursorSpan,
    ProofSteps,
    find_repeated_lines,
    needs_proof,
    prove_join,
    prove_span,
)
from matui.live.logs.cursor.refused_pages import RefusedPages
from matui.live.logs.page_store import PageRef

LINES_ABOVE = 50  # lines that are requested above the first one: there are none
_EMPTY_TRIES = 6  # pages without a line where one is held, before the log has started again
_JOIN_TRIES = 2  # requests of a page that does not join the lines held
_MAX_SPREAD = 1.4  # times the mean distance of the lines of other pages, beyond which a page is to be proved
_DISTINCT_LINES = 3  # lines at the start of a page that show that it may be held already


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
        self.is_base_gone = False
        self.is_extended = False  # whether lines beyond the base came on a page without a cursor of its end
        self._known_lines = 0  # lines of the last page, where all were known
        self._proved_base = ""
        self._is_span_proved = False
        self.held: deque[str] = deque(maxlen=2 * PAGE_LINES)
        self._left: set[str] = set()
        self._packed: bytes | None = None
        self._last_join: tuple[str, int] | None = None
        self._last_span: CursorSpan | None = None
        self._was_cut = False
        self._widest = 0.0  # the largest mean distance between the cursors of the lines of a long page
        self._starts: set[str] = set()  # of pages from the base without a cursor of their end
        self._refused = RefusedPages()

    def place_at(self, page: NormalizedPage) -> None:
        """Start from a page whose first line is the farthest from this end."""
        self.held.clear()
        self._left.clear()
        self.held.extendleft(page.fingerprints)
        self._was_cut = self.is_extended = False
        self._refused.clear()
        self._starts.clear()
        self.base, self.beyond_base, self.unproved = page.far_cursor, 0, 0
        if page.near_cursor and not page.far_cursor:
            self.base, self.beyond_base = page.near_cursor, len(page.lines) - 1
        self._proved_base = self.base
        self._measure(page.near_cursor, page.far_cursor, len(page.lines) - 1)
        is_span = self.older and page.near_cursor and page.far_cursor and len(page.lines) > 1
        self._last_span = CursorSpan.of_page(page, older=True) if is_span else None

    def forget(self) -> None:
        """Drop the lines held: no page is joined to this end any more."""
        self.held.clear()
        self._left.clear()
        self._packed = self._last_span = None

    def pack(self) -> None:
        """Hold the lines compressed until ``unpack``."""
        if self.held:
            self._packed = pack_lines(self.held)
            self.held.clear()
        self._last_span = None

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
        unproved: NormalizedPage | None = None
        doubted: NormalizedPage | None = None
        for _ in range(_JOIN_TRIES):
            mode = self.quirks.cursor_mode
            page, overlap, repeated = yield from self._request_page()
            if not overlap.certain or (len(page.lines) > 1 and not self._shows_direction(page)):
                return Batch(undecided=True)
            is_repeated = overlap.known < len(page.lines) and self._is_behind(page, overlap.known, oldest)
            is_repeated |= self._is_turned(page)
            if not page.far_cursor:  # such a page has only the cursor of its first line
                self._starts |= {page.near_cursor} - {"", self.base}
            proof: bool | None = False
            if page != doubted and (self._is_miscounted(page, overlap) or self._is_far_from_base(page)):
                doubted = page
            elif not overlap.jumped and not is_repeated:
                proof = yield from self._prove(page, overlap, repeated, target)
                request = PageRequest(self.base, self.older, PAGE_LINES)
                verify_start = self._refused.verify_start(page, request, self.quirks, self.held)
                proof = proof and (yield from verify_start)
            if proof or (proof is None and page == unproved):
                self.quirks.repeats_base |= repeated and not self.older
                self._was_cut = not self.older and self._may_be_cut(page, target)
                is_same_log = yield from self._verify_held_lines(page)
                if overlap.next_base and not self.older:
                    self._count_unproved(page, overlap)
                self._refused.clear()
                batch = self._take(page, overlap)
                if not is_same_log:
                    return replace(batch, gap=batch.gap or LOST_POSITION)
                is_known = proof or self.quirks.may_repeat_lines or not batch.lines
                return batch if is_known else replace(batch, gap=batch.gap or UNPROVED)
            unproved = page if proof is None else unproved
            self.quirks.cursor_mode = mode
            self._refused.add(page)
        return Batch(detached=True)

    def _count_unproved(self, page: NormalizedPage, overlap: Overlap) -> None:
        quirks, size = self.quirks, len(page.lines)
        is_full = size >= quirks.largest and (size > 1 or quirks.is_largest_proved)
        is_whole = self._is_span_proved or is_full
        if is_whole and not self.unproved:
            self._proved_base = overlap.next_base
        else:
            self.unproved += len(page.lines) - overlap.known

    def _request_page(self) -> Generator[PageRequest, LogPage, tuple[NormalizedPage, Overlap, bool]]:
        """Return the next page, its overlap, and whether it names the base."""
        request = PageRequest(self.base, self.older, PAGE_LINES)
        answer = yield from request_consistent_page(request, self.quirks, self.held)
        page = normalize_page(answer, request, self.quirks, self.held)
        shows_base = self.quirks.cursor_mode == "inclusive" or self.beyond_base > 0
        self.is_base_gone = shows_base and not page.lines
        join = PageJoin(request, page, self.quirks, self.held, self.beyond_base)
        overlap = (yield from join.resolve()) if self.base else _match_by_text(page, self.held)
        return page, overlap, bool(page.lines) and repeats_base(answer, self.base)

    def _shows_direction(self, page: NormalizedPage) -> bool:
        """Return whether the order of the lines of a page is known: by its cursors, or by other pages."""
        is_known = not self.base or self.quirks.newest_first is not None or not self.quirks.gives_cursors
        return is_known or bool(page.near_cursor or page.far_cursor)

    def _may_be_cut(self, page: NormalizedPage, target: str) -> bool:
        """Return whether a page has not the usual length although it does not end at the log's known end.

        Backwards, that is the case at the top, too.
        """
        usual = self.quirks.largest if self.quirks.is_largest_proved else PAGE_LINES
        if len(page.lines) in (0, usual) or len(page.lines) >= PAGE_LINES:
            return False
        order = self.quirks.compare(page.far_cursor, target)
        return self.older or order == -1 or len(page.lines) > SHORT_PAGE

    def check_unproved(self, newest: str = "") -> ProofSteps:
        """Request the unproved lines once more; return False where the cloud has other lines between them.

        ``newest`` is the cursor of the last line held, where it lies beyond the base.
        """
        if self.beyond_base and newest:
            size = self.unproved + self.beyond_base
            span = CursorSpan(self._proved_base, newest, size, tuple(self.held), older=False)
            return (yield from prove_span(span, self.quirks))
        prints = tuple(self.held)[self.beyond_base :]
        span = CursorSpan(self._proved_base, self.base, self.unproved, prints, older=False)
        proof = (yield from prove_span(span, self.quirks)) if self.unproved else None
        if self.unproved and proof is None and self.base and not (yield from self._detect_line_before_base()):
            proof = False
        self.unproved, self._proved_base = 0, self.base
        return proof

    def _detect_line_before_base(self) -> Generator[PageRequest, LogPage, bool]:
        """Return whether the cloud has a line up to the base; a log that has none has started again."""
        request = PageRequest(self.base, not self.older, PAGE_LINES)
        for _ in range(_EMPTY_TRIES):
            if normalize_page((yield request), request, self.quirks, ()).lines:
                return True
        return False

    def _is_behind(self, page: NormalizedPage, known: int, oldest: str) -> bool:
        """Return whether ``page`` was read before: it has an earlier base, or starts at the top again.

        A page of all ``known`` lines held and of new ones starts at the top of a short log.
        """
        starts_at_top = bool(oldest) and page.near_cursor == oldest != self.base
        is_left = not self._left.isdisjoint((page.near_cursor, page.far_cursor))
        return is_left or (starts_at_top and known + self.beyond_base < len(self.held))

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

    def _prove(self, page: NormalizedPage, overlap: Overlap, repeated: bool, target: str) -> ProofSteps:
        """Return whether the page joins the lines held and is whole; where in doubt, request the proof."""
        self._is_span_proved = False
        if not self.base or not page.lines or not overlap.next_base:
            return True
        is_doubted = (
            overlap.assumed
            or self._is_miscounted(page, overlap)
            or self._is_far_from_base(page)
            or self._is_spread(page, overlap)
        )
        if not self._may_be_cut(page, target) and not is_doubted:
            if not self._may_be_elsewhere(page, overlap, repeated, target):
                return True
            is_named = page.near_cursor not in ("", self.base)  # else only the base would be proved
            if is_named and self._is_join_distinct(page) and not overlap.known:
                request = PageRequest(self.base, self.older, PAGE_LINES)
                proof = yield from prove_join(request, page, self.held, self.beyond_base, self.quirks)
                if proof:
                    return True
        proof = yield from prove_span(self._build_span(page, overlap), self.quirks)
        if proof is True:
            self._is_span_proved = True
            self.quirks.count_proved_page(len(page.lines), is_long=len(page.lines) > SHORT_PAGE)
        return proof

    def _verify_held_lines(self, page: NormalizedPage) -> Generator[PageRequest, LogPage, bool]:
        """Return whether the cloud still has the lines held, as far as refused pages make that doubtful."""
        if self.beyond_base:
            return True
        request = PageRequest(self.base, self.older, PAGE_LINES)
        return (yield from self._refused.verify_held_lines(page, request, self.quirks, tuple(self.held)))

    def detect_page_again(self) -> Generator[PageRequest, LogPage, bool]:
        """Return whether the last page was one given before: it had lines, all of them held."""
        if self._known_lines < 2:
            return False
        if self.quirks.may_repeat_lines and self.quirks.repeats_lines is None:
            yield from find_repeated_lines(self.base, self.quirks, older=self.older)
        return not self.quirks.may_repeat_lines

    def verify_base_lines(self) -> Generator[PageRequest, LogPage, bool]:
        """Return whether the lines before the base are those held; true where the cloud gives none."""
        request = PageRequest(self.base, self.older, PAGE_LINES)
        nothing = NormalizedPage((), "", "")
        proof = yield from prove_join(request, nothing, self.held, self.beyond_base, self.quirks)
        return proof is not False

    def _is_miscounted(self, page: NormalizedPage, overlap: Overlap) -> bool:
        """Return whether the cursors count the lines of a log, but not those of ``page``."""
        order, most_repeated = self.quirks.order, self.quirks.most_repeated
        size = len(page.lines)
        return (
            bool(self.base and size and overlap.next_base)
            and order.counts_lines
            and most_repeated < 2
            and not order.are_exactly_apart(self.base, page.far_cursor, size - overlap.known)
        )

    def _build_span(self, page: NormalizedPage, overlap: Overlap) -> CursorSpan:
        prints = (*page.fingerprints[overlap.known :][::-1], *tuple(self.held)[self.beyond_base :])
        size = len(page.lines)
        return CursorSpan(
            self.base, page.far_cursor, size - overlap.known, prints, self.older, page_lines=size
        )

    def prove_last_page(self) -> ProofSteps:
        """Return whether the cloud still has the lines of the last page at their cursors."""
        span = self._last_span
        return (yield from prove_span(span, self.quirks)) if span is not None else True

    def detect_line_above(self) -> Generator[PageRequest, LogPage, bool]:
        """Return whether the log has a line before the first one held, or other lines than those held.

        A page from within the last one shows that. Only where the last page was as long as any: the empty
        page after a shorter one is expected.
        """
        span = self._last_span
        if span is None or span.lines != self.quirks.largest or not 1 < span.lines <= PAGE_LINES:
            return False
        request = PageRequest(span.start, True, 1)
        for _ in range(_EMPTY_TRIES):
            nearest = normalize_page((yield request), request, self.quirks, ())
            if nearest.lines:
                break
        else:  # though the first line held is before that cursor
            return True
        if len(nearest.lines) != 1 or nearest.far_cursor in ("", span.start, self.base):
            return False
        request = PageRequest(nearest.far_cursor, True, PAGE_LINES)
        for _ in range(_JOIN_TRIES):
            page = normalize_page((yield request), request, self.quirks, ())
            if span.has_lines_from_start(page.fingerprints):
                break
        else:
            return True
        order = self.quirks.compare(page.far_cursor, self.base)
        if order is not None or not page.far_cursor:
            return order == -1
        first = span.count_after_start(self.quirks) - 2  # the index of the first line held
        return len(page.lines) > first + 1 and first >= 0 and page.fingerprints[first] == self.held[0]

    def _may_be_elsewhere(self, page: NormalizedPage, overlap: Overlap, repeated: bool, target: str) -> bool:
        """Return whether nothing shows that a page is the one after the lines held."""
        if overlap.known > MOST_REPEATED + 1:
            return True
        if overlap.known:
            is_unlike = page.fingerprints[overlap.known - 1] not in tuple(self.held)[self.beyond_base + 1 :]
            return not (self.quirks.order.is_proved or is_unlike)
        # A page that is longer than all before shows that the one before it may have been cut.
        if len(page.lines) > max(self.quirks.largest, SHORT_PAGE):
            return True
        if self._refused or self._may_be_given_again(page):
            return True
        if self._is_base_missing(page, repeated):
            return True
        if self.older:
            is_long = len(page.lines) > SHORT_PAGE and not self.quirks.order.is_proved
            return is_long or self._may_be_held(page)
        return self._was_cut or needs_proof(page, self.base, repeated, self.quirks, target)

    def _is_base_missing(self, page: NormalizedPage, repeated: bool) -> bool:
        """Return whether a page of newer lines does not name its base although others did."""
        names_base = self.quirks.repeats_base and not self.older and not self.quirks.between_lines
        return names_base and not repeated and len(page.lines) > 1

    def _is_far_from_base(self, page: NormalizedPage) -> bool:
        """Return whether a long page is much farther from the base than its lines are apart."""
        if len(page.lines) < max(self.quirks.largest, SHORT_PAGE) or not self.quirks.order.is_proved:
            return False
        return self.quirks.order.is_far(self.base, page.near_cursor, page.far_cursor, len(page.lines))

    def _is_spread(self, page: NormalizedPage, overlap: Overlap) -> bool:
        """Return whether the lines of a long page are farther apart than those of any before.

        That is all there is to see of lines left out where the page names its base for its first line.
        """
        if len(page.lines) < max(self.quirks.largest, SHORT_PAGE) or page.near_cursor not in ("", self.base):
            return False
        distance = self.quirks.order.measure_distance(
            self.base, page.far_cursor, len(page.lines) - overlap.known
        )
        return distance is not None and distance > _MAX_SPREAD * (self._widest or distance)

    def _is_turned(self, page: NormalizedPage) -> bool:
        """Return whether a page ends with the line with which another one from the same base began."""
        return (
            len(page.lines) > 1 and page.far_cursor in self._starts and self.quirks.names_lines is not False
        )

    def _is_join_distinct(self, page: NormalizedPage) -> bool:
        """Return whether the lines at the join differ, so that three of them identify it."""
        nearest = tuple(self.held)[self.beyond_base :]
        lines = (*page.fingerprints[:_DISTINCT_LINES], *nearest[:_DISTINCT_LINES])
        return len(set(lines)) == len(lines)

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
        if overlap.next_base and overlap.known < size:
            self.quirks.most_repeated = max(self.quirks.most_repeated, overlap.known)
            self._last_span = self._build_span(page, overlap) if self.older else None
        new = page.lines[skip:]
        ref = PageRef(self.base, skip, self.older)
        self.held.extendleft(page.fingerprints[skip:])
        moved = bool(overlap.next_base)
        if moved:
            self._measure(self.base, overlap.next_base, size - overlap.known)
            self._starts.clear()
            if self.quirks.compare(self.base, overlap.next_base) is None:  # no order shows a page given again
                self._left.add(self.base)
            self.base, self.beyond_base = overlap.next_base, max(0, skip - size)
            self.is_extended = False
        elif self.base:
            self.beyond_base += len(new)
            self.is_extended |= bool(new)
        self._known_lines = 0 if new else size
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
            more=full if new else moved,
            no_progress=full and not new and not moved and (size >= PAGE_LINES or self.beyond_base > 0),
        )

    def _measure(self, start: str, end: str, lines: int) -> None:
        """Record how far apart the cursors of the lines of a long page are."""
        if lines >= SHORT_PAGE:
            distance = self.quirks.order.measure_distance(start, end, lines)
            self._widest = max(self._widest, distance or 0.0)


def _describe_gap(overlap: Overlap, page: NormalizedPage) -> str:
    if overlap.jumped:
        return JUMPED
    return MISSING.format(page.missing) if page.missing else ""


def _match_by_text(page: NormalizedPage, held: Sequence[str]) -> Overlap:
    """Return the overlap of a newest page with the lines held, for a cloud that gives no cursors at all.

    One or two lines of many may be equal by chance.
    """
    known = count_longest_match(page.fingerprints, tuple(held))
    is_chance = known < min(_DISTINCT_LINES, len(held), len(page.lines))
    return Overlap(known, page.far_cursor, jumped=is_chance)


def count_longest_match(fingerprints: Sequence[str], held: Sequence[str]) -> int:
    sizes = range(min(len(fingerprints), len(held)), 0, -1)
    return next((k for k in sizes if tuple(fingerprints[:k]) == tuple(held[:k])[::-1]), 0)
