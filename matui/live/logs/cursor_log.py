"""A log read by line cursor (5.1.13), both ways from its newest page.

Pure: it yields the requests to make and is sent their pages.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Sequence
from dataclasses import replace
from typing import Literal, TypeAlias

from matui.clouds.protocols import LogPage
from matui.live.logs.batch import (
    EMPTY_PAGES,
    JUMPED,
    LOST_POSITION,
    MISSING,
    NO_CURSOR,
    PAGE_LINES,
    UNVERIFIED_END,
    Batch,
    BatchSteps,
)
from matui.live.logs.packed_lines import pack_lines, unpack_lines
from matui.live.logs.page_layout import (
    NormalizedPage,
    PageRequest,
    ServerQuirks,
    compare_cursors,
    contradicts_count,
    fingerprint,
    lacks_text,
    normalize_page,
)
from matui.live.logs.page_overlap import Overlap, PageJoin, repeats_base
from matui.live.logs.page_proof import (
    SHORT_PAGE,
    contradicts_order,
    lacks_lines_of,
    needs_proof,
    prove_ends,
    prove_join,
    prove_order,
)
from matui.live.logs.page_store import EvictedPage, PageRef

PageSteps: TypeAlias = Generator[PageRequest, LogPage, NormalizedPage]
ReplaySteps: TypeAlias = Generator[PageRequest, LogPage, "tuple[str, ...] | None"]

_END_GAPS = {"behind": EMPTY_PAGES, "cut": JUMPED}  # by state of the end
_CONSISTENT_TRIES = 3  # requests of a page whose cursors contradict its number of lines
_JOIN_TRIES = 2  # requests of a page that does not join the lines held
_LINES_ABOVE = 50  # lines that are requested above the first one: there are none
_DISTINCT_LINES = 3  # different lines at the start of a page that show that it may be held already
_MAX_FILLED_PAGES = 100  # pages read backwards from the newest one to the lines held
_TRIES = 3  # pages without a new line before it is believed, or the place is given up
_EMPTY_TRIES = 6  # newest pages without a line before the log is taken to have no more
_EMPTY_READS_PER_CHECK = 4
_SHORT_READS_PER_CHECK = 3
_MAX_UNPROVED_LINES = 100


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
                is_at_end = not self.older and compare_cursors(page.far_cursor, target) != 0
                if is_at_end and not self._was_cut and overlap.next_base and len(page.lines) <= SHORT_PAGE:
                    self.unproved += len(page.lines) - overlap.known
                return self._take(page, overlap)
            self.quirks.cursor_mode = mode
        if (
            self.older
            and self._spare
            and not self.beyond_base
            and compare_cursors(self.base, self._spare) is None
        ):
            self.base, self._spare = self._spare, self.base  # of cursors without order, perhaps swapped ones
            self._is_spare_used = True
        return Batch(detached=True)

    def _request_page(
        self, target: str
    ) -> Generator[PageRequest, LogPage, tuple[NormalizedPage, Overlap, bool, bool]]:
        """Return the next page, its overlap, whether it names the base, and whether its text is whole."""
        request = PageRequest(self.base, self.older, PAGE_LINES)
        answer = yield from _request_consistent_page(request, self.quirks, self.held)
        page = normalize_page(answer, request, self.quirks, self.held)
        is_whole: bool | None = True
        if self._may_be_cut(page, target) and (is_whole := (yield from self._prove_ends(page))) is not True:
            second = yield from _request_consistent_page(request, self.quirks, self.held)
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
        order = compare_cursors(page.far_cursor, target)
        return self.older or order == -1 or len(page.lines) > SHORT_PAGE

    def _prove_ends(self, page: NormalizedPage) -> Generator[PageRequest, LogPage, bool | None]:
        proof = yield from prove_ends(page, older=self.older, quirks=self.quirks, base=self.base)
        self.quirks.is_largest_proved |= proof is True and len(page.lines) > SHORT_PAGE
        return proof

    def check_unproved(self) -> Generator[PageRequest, LogPage, bool]:
        """Request the unproved lines once more; return False where the cloud has other lines between them."""
        request = PageRequest(self.base, True, min(PAGE_LINES, 2 * self.unproved + _LINES_ABOVE))
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
        request = PageRequest(cursor, False, _LINES_ABOVE)
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
        if compare_cursors(page.near_cursor, self.base) is not None:
            return False
        known = _count_longest_match(page.fingerprints, tuple(self.held))
        return len(set(page.fingerprints[:known])) >= _DISTINCT_LINES

    def _may_be_given_again(self, page: NormalizedPage) -> bool:
        """Return whether the first lines of a page are lines held, where no order of cursors denies it."""
        if compare_cursors(page.near_cursor, self.base) is not None:
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
            if compare_cursors(self.base, overlap.next_base) is None:  # no order shows a page given again
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


def _request_consistent_page(
    request: PageRequest, quirks: ServerQuirks, held: Sequence[str] = ()
) -> Generator[PageRequest, LogPage, LogPage]:
    """Return the page, requested up to three times while it contradicts itself.

    Its cursors or text may contradict its number of lines, or its cursors the order of its lines. A page
    whose lines never have a text becomes one without lines or cursors, which proves nothing.
    """
    page = yield request
    for _ in range(_CONSISTENT_TRIES - 1):
        is_unordered = contradicts_order(page, request, quirks, held)
        if is_unordered and (ordered := (yield from prove_order(page, quirks))) is not None:
            return ordered
        if not is_unordered and not contradicts_count(page, request.base) and not lacks_text(page):
            break
        page = yield request
    return LogPage("", "", "", 0) if lacks_text(page) else page


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


def repeats_itself(page: NormalizedPage, end: LogEnd, known: int) -> bool:
    """Return whether fewer lines than ``known`` at the start of ``page`` may be those held, as well."""
    held, prints = tuple(end.held), page.fingerprints
    return any(prints[:size] == held[:size][::-1] for size in range(1, min(known, len(held))))


def count_known_lines(page: NormalizedPage, end: LogEnd) -> int:
    """Return how many lines of a newest page are certainly held, after ``end`` lost its position.

    Text decides only where it is distinctive: three lines that are not all alike.
    """
    order = compare_cursors(page.far_cursor, end.base)
    last = fingerprint(page.lines[-1])
    if (order == 0 and end.held and last.startswith(end.held[0])) or (order == -1 and last in end.held):
        return len(page.lines)
    if order == -1 or (not end.beyond_base and compare_cursors(page.near_cursor, end.base) == 1):
        return 0
    known = _count_longest_match(page.fingerprints, tuple(end.held))
    return known if known >= 3 and len({fingerprint(line) for line in page.lines[:known]}) > 1 else 0


def _find_held(lines: Sequence[str], end: LogEnd, oldest: str) -> int | None:
    """Return the index of the first of ``lines`` that is newer than the lines held, None where none is held.

    ``lines`` are in the order of the log, ``oldest`` is the cursor of the first one. Text decides only where
    it is distinctive, or where the cursors agree.
    """
    prints, held = tuple(map(fingerprint, lines)), tuple(end.held)
    order = None if end.beyond_base else compare_cursors(oldest, end.base)
    if order == 1:
        return None
    fits = [
        at
        for at in range(1, len(prints) + 1)
        if all(a == b for a, b in zip(prints[:at][::-1], held, strict=False))
    ]
    if order == 0:
        return 1 if 1 in fits else None
    if len(fits) != 1:
        return None
    size = min(fits[0], len(held))
    certain = order == -1 or (size >= 3 and len(set(held[:size])) > 1)
    return fits[0] if certain else None


EndState: TypeAlias = Literal["reached", "behind", "rotated", "cut", "unknown"]
EndSteps: TypeAlias = Generator[PageRequest, LogPage, EndState]


class CursorLog:
    """Reads every line once, in order, for every reading of the reference that a server may have.

    ``newer``, ``older`` and ``replay`` are generators: each yields requests, is sent their pages, and changes
    the state of the log only at its end. After a failed request it can be started again.

    A page without new lines does not prove the end of the log. The newest line decides: it is requested after
    the first of several such pages, and the place is given up with a gap mark where it proves lines that no
    page brings.
    """

    def __init__(self) -> None:
        self.quirks = ServerQuirks()
        self.at_top = False
        self.opened = False
        self.has_lines = False
        self._lost = False
        self._target = ""
        self._target_line = ""
        self._is_end_known = True
        self._newer = LogEnd(self.quirks, older=False)
        self._older = LogEnd(self.quirks, older=True)
        self._empty_reads = 0
        self._short_reads = 0
        self._checks_end_first = False
        self._failed_reads = 0
        self._failed_older_reads = 0
        self._undecided_reads = 0
        self._detached_reads = 0
        self._missing_marked = False
        self._filled: deque[Batch] = deque()

    def newer(self, limit: int = PAGE_LINES, *, verify: bool = False) -> BatchSteps:
        """Return the lines after the last one held; at first the newest ``limit`` lines.

        With ``verify`` the result has no lines and no ``retry`` only where the end of the log is proved.
        """
        if self._filled:
            return self._filled.popleft()
        if not self.opened or self._lost:
            page = yield from self._fetch_first(older=False, limit=PAGE_LINES if self.opened else limit)
            if not page.lines:
                self._failed_reads += self.opened
                return Batch(retry=self.opened and self._failed_reads < _EMPTY_TRIES)
            return (yield from self._reopen(page, LOST_POSITION)) if self.opened else self._open(page)
        if self._checks_end_first and (yield from self._check_end()) == "reached":
            return Batch()
        if self._newer.unproved >= _MAX_UNPROVED_LINES and not (yield from self._newer.check_unproved()):
            return Batch(gap=JUMPED, more=True)
        batch = yield from self._newer.step(self._target, self._older.base)
        if batch.lines or batch.gap:
            return self._announce_more(batch)
        if batch.detached:
            self._detached_reads += 1
            if self._detached_reads < _TRIES:
                return Batch(retry=True)
            return (yield from self._rejoin(JUMPED))
        if batch.undecided:
            self._undecided_reads += 1
            return replace(batch, retry=self._undecided_reads < _TRIES)
        return (yield from self._confirm_end(verify=verify or batch.no_progress))

    def _announce_more(self, batch: Batch) -> Batch:
        """Set ``more`` where lines after ``batch`` are known, or are to be looked for after a short page."""
        self._empty_reads = self._failed_reads = self._undecided_reads = self._detached_reads = 0
        self._missing_marked = False
        more = batch.more or self._is_before_target()
        if not more:
            self._short_reads += 1
            self._checks_end_first = self._short_reads % _SHORT_READS_PER_CHECK == 1
        return replace(batch, more=more or self._checks_end_first)

    def _check_end(self) -> EndSteps:
        """Request the newest line; return the state of the end and record the cursor of the newest line."""
        newest = yield from self._fetch("", older=False, limit=1)
        for _ in range(_TRIES - 1):
            if len(newest.lines) <= 1:
                break
            newest = yield from self._fetch("", older=False, limit=1)
        self._checks_end_first = False
        state = self._find_end_state(newest)
        if state == "behind":
            self._set_target(newest)
        return state

    def _confirm_end(self, *, verify: bool) -> BatchSteps:
        """Return an empty batch at the end of the log; else try again and at last give up the place."""
        state: EndState = "behind"
        if not self._is_before_target():
            due = verify or self._failed_reads > 0 or self._empty_reads % _EMPTY_READS_PER_CHECK == 0
            state = (yield from self._check_end()) if due else "reached"
            self._short_reads = 0
            self._empty_reads += 1
        if state == "reached":
            self._failed_reads = 0
            is_due = verify and self._newer.unproved > 0
            return Batch(gap=JUMPED if is_due and not (yield from self._newer.check_unproved()) else "")
        if state == "behind":
            batch = yield from self._newer.step(self._target, self._older.base)
            if batch.lines or batch.gap:
                return self._announce_more(batch)
        self._failed_reads += 1
        if self._failed_reads < _TRIES and state != "rotated":
            return Batch(retry=True)
        if state == "unknown":
            return self._accept_unverified_end(verify=verify)
        page = yield from self._fetch("", older=False, limit=PAGE_LINES)
        if not page.lines:
            return self._mark_missing(verify=verify)
        return (yield from self._reopen(page, _END_GAPS.get(state, LOST_POSITION)))

    def _rejoin(self, reason: str) -> BatchSteps:
        page = yield from self._fetch("", older=False, limit=PAGE_LINES)
        return (yield from self._reopen(page, reason)) if page.lines else Batch(retry=True)

    def _mark_missing(self, *, verify: bool, gap: str = EMPTY_PAGES) -> Batch:
        """Try again; at last mark the gap once, where neither this place nor the end of the log has lines."""
        if not verify or self._failed_reads < _EMPTY_TRIES:
            return Batch(retry=True)
        marked, self._missing_marked = self._missing_marked, True
        return Batch(gap="" if marked else gap)

    def _accept_unverified_end(self, *, verify: bool) -> Batch:
        is_first = self._failed_reads == _TRIES
        return Batch(gap=UNVERIFIED_END if verify and is_first else "")

    def _is_before_target(self) -> bool:
        """Return whether lines up to the newest one known have not been read."""
        return not self._newer.beyond_base and compare_cursors(self._newer.base, self._target) == -1

    def _find_end_state(self, newest: NormalizedPage) -> EndState:
        """Return how the end of what is held relates to the newest line of the log."""
        if not newest.lines:
            return "unknown"
        end, line = self._newer, fingerprint(newest.lines[-1])
        order = None if end.beyond_base else compare_cursors(newest.far_cursor, end.base)
        if order == -1:
            return "unknown" if line in end.held and self._failed_reads + 1 < _TRIES else "rotated"
        if order is not None:
            if order == 0 and not end.beyond_base and not self._ends_with(line):
                return "cut"
            return "behind" if order == 1 else "reached"
        if end.held and line == end.held[0]:
            return "reached"
        return "unknown" if line in end.held else "behind"

    def open_top(self) -> Generator[PageRequest, LogPage, Batch | None]:
        """Start at the first line of the log.

        Return None where the cloud does not give that line or it cannot be verified.
        """
        newest = yield from self._fetch("", older=False, limit=1)
        top = yield from self._fetch_first(older=True, limit=PAGE_LINES, target=newest.far_cursor)
        self.has_lines = bool(newest.lines or top.lines)
        self._is_end_known = len(newest.lines) == 1  # else the end is to be proved
        if self._is_end_known:
            self._set_target(newest)
        else:
            self._target = ""
        if not self.has_lines:
            return Batch()
        is_after = compare_cursors(top.near_cursor, newest.far_cursor) == 1
        if not top.lines or not top.near_cursor or is_after or (newest.lines and not newest.far_cursor):
            return None
        above = yield from self._fetch(top.near_cursor, older=True, limit=_LINES_ABOVE)
        is_end = newest.lines and compare_cursors(top.far_cursor, newest.far_cursor) in (0, 1)
        if is_end and (not above.lines or above.lines == newest.lines):
            # Perhaps the newest page, given instead of the first one and of the one above.
            if len(top.lines) >= PAGE_LINES and not above.lines:
                return None
            above = yield from self._fetch(top.near_cursor, older=True, limit=_LINES_ABOVE)
        if above.lines and (above.far_cursor != top.near_cursor or len(above.lines) >= _LINES_ABOVE):
            return None
        self.at_top = True
        return self._open(top)

    def _fetch_first(self, *, older: bool, limit: int, target: str = "") -> PageSteps:
        """Return the first or the newest page, without cursors where these belong to other lines.

        That is proved where the cursors have no order, and for a page of fewer lines than ``limit`` that ends
        before ``target``.
        """
        page = NormalizedPage((), "", "")
        for _ in range(_CONSISTENT_TRIES):
            last, page = page, (yield from self._fetch("", older=older, limit=limit))
            has_order = compare_cursors(page.near_cursor, page.far_cursor) is not None
            is_short = len(page.lines) < limit and compare_cursors(page.far_cursor, target) == -1
            if not (page.near_cursor and page.far_cursor) or (has_order and not is_short):
                return page
            proof = yield from prove_ends(page, older=False, quirks=self.quirks)
            if proof or (proof is None and (has_order or len(page.lines) < 2) and page == last):
                return page
        return page if proof is None else page._replace(near_cursor="", far_cursor="")

    def _fetch(self, base: str, *, older: bool, limit: int) -> PageSteps:
        request = PageRequest(base, older, limit)
        page = yield from _request_consistent_page(request, self.quirks)
        return normalize_page(page, request, self.quirks, ())

    @property
    def reached(self) -> bool:
        """Whether a log opened at its top has been read to where it ended then."""
        order = compare_cursors(self._newer.base, self._target)
        return not self._filled and (order == 1 or (order == 0 and self._ends_with(self._target_line)))

    def _set_target(self, newest: NormalizedPage) -> None:
        if newest.far_cursor:
            self._target, self._target_line = newest.far_cursor, fingerprint(newest.lines[-1])

    def _ends_with(self, line: str) -> bool:
        """Return whether ``line``, a fingerprint, is the last line held; true where either is unknown.

        A cloud may lengthen its last line.
        """
        last = self._newer.held[0] if self._newer.held else ""
        return not line or not last or line.startswith(last)

    def _open(self, page: NormalizedPage) -> Batch:
        self._newer.place_at(page)
        self._older.place_at(NormalizedPage(page.lines[::-1], page.far_cursor, page.near_cursor))
        self.opened = True
        if self._is_end_known and not self._target:
            self._set_target(page)
        self.quirks.largest = len(page.lines)
        gap = MISSING.format(page.missing) if page.missing else ""
        return Batch(page.lines, _newest_page_ref(page), gap=gap)

    def _reopen(self, page: NormalizedPage, reason: str) -> BatchSteps:
        """Continue at the newest page, after the lines between it and those held, where there are any.

        ``reason`` is the gap mark where these do not join.
        """
        known = count_known_lines(page, self._newer)
        if known == len(page.lines) and compare_cursors(page.far_cursor, self._newer.base) == -1:
            self._failed_reads += 1
            return self._mark_missing(verify=True, gap=reason)
        is_unclear = 0 < known < len(page.lines) and repeats_itself(page, self._newer, known)
        if known:
            batches, joined = [Batch(page.lines[known:], _newest_page_ref(page, known))], True
        else:
            between, joined = yield from self._fill_back(page)
            batches = [*between, Batch(page.lines, _newest_page_ref(page))]
        self._newer.place_at(page)
        self._lost = self._missing_marked = False
        self._empty_reads = 0
        if known < len(page.lines):
            self._failed_reads = 0
        self._target, self._target_line = page.far_cursor, fingerprint(page.lines[-1])
        batches = [replace(batch, more=True) for batch in batches[:-1]] + batches[-1:]
        self._filled.extend(batches[1:])
        return batches[0] if joined and not is_unclear else replace(batches[0], gap=reason)

    def _fill_back(self, page: NormalizedPage) -> Generator[PageRequest, LogPage, tuple[list[Batch], bool]]:
        """Return the lines between those held and ``page`` in batches, and whether they join both."""
        back = LogEnd(self.quirks, older=True)
        back.place_at(NormalizedPage(page.lines[::-1], page.far_cursor, page.near_cursor))
        batches: deque[Batch] = deque()
        for _ in range(_MAX_FILLED_PAGES):
            batch = (yield from back.step()) if back.base else Batch()
            if not batch.lines and back.base:
                batch = yield from back.step()
            if not batch.lines or batch.gap:
                break
            first = _find_held(batch.lines, self._newer, back.base)
            if first is not None:
                if first < len(batch.lines):
                    batches.appendleft(replace(batch, lines=batch.lines[first:], more=False))
                return list(batches), True
            batches.appendleft(replace(batch, more=False))
        return list(batches), False

    def mark_position_lost(self) -> None:
        """Record that the cloud refuses the cursor: the next page is the newest one, after a gap mark."""
        self._lost = True

    def pack(self) -> None:
        """Hold only what older lines join to, compressed. Only ``older`` may be called afterwards."""
        self._newer.forget()
        if self.at_top:
            self._older.forget()
        else:
            self._older.pack()

    @property
    def packed_bytes(self) -> int:
        """The size of what is held compressed."""
        return self._older.packed_bytes

    def finish(self) -> Batch:
        """Return the gap mark of a position that was lost for good; call it once the log is complete."""
        return Batch(gap=LOST_POSITION if self._lost else "")

    def older(self) -> BatchSteps:
        """Return the lines before the first one held; sets ``at_top`` once there are certainly none."""
        self._older.unpack()
        if not self._older.base:
            self.at_top = True
            return Batch(gap=NO_CURSOR if self.quirks.largest >= PAGE_LINES else "")
        batch = yield from self._older.step()
        if batch.detached:
            self._failed_older_reads += 1
            self.at_top = self._failed_older_reads >= _TRIES
            return Batch(gap=LOST_POSITION) if self.at_top else Batch(retry=True)
        if batch.lines or batch.gap or batch.undecided:
            self._failed_older_reads = 0
            return batch
        return (yield from self._confirm_top())

    def _confirm_top(self) -> BatchSteps:
        """Set ``at_top`` where the first line of the log is held; else try again and at last mark a gap."""
        top = yield from self._fetch("", older=True, limit=1)
        order = compare_cursors(top.near_cursor, self._older.base) if len(top.lines) == 1 else None
        if not (yield from self._older.verify_last_join()):
            self.at_top = True
            return Batch(gap=JUMPED)
        if order == 0 and not self._older.beyond_base:
            self.at_top = True
            return Batch()
        batch = Batch()
        for _ in range((_EMPTY_TRIES if order is None else _TRIES) - 1):
            batch = yield from self._older.step()
            if batch.lines or batch.gap or batch.undecided:
                return batch
        if batch.no_progress:
            self.at_top = True
            return Batch(gap=NO_CURSOR)
        if order != -1:
            self.at_top = True
            return Batch()
        self._failed_older_reads += 1
        self.at_top = self._failed_older_reads >= _TRIES
        return Batch(gap=EMPTY_PAGES) if self.at_top else Batch(retry=True)

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
