"""A log read by line cursor (5.1.13), both ways from its newest page.

Pure: it yields the requests to make and is sent their pages.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Generator
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
    UNDECIDED,
    UNVERIFIED_END,
    Batch,
    BatchSteps,
)
from matui.live.logs.cursor.consistent_page import CONSISTENT_TRIES, request_consistent_page
from matui.live.logs.cursor.cursor_order import CursorOrder
from matui.live.logs.cursor.log_end import LINES_ABOVE, LogEnd
from matui.live.logs.cursor.opening import OpeningPages
from matui.live.logs.cursor.page_layout import (
    NormalizedPage,
    PageRequest,
    ServerQuirks,
    compute_fingerprint,
    normalize_page,
)
from matui.live.logs.cursor.page_proof import CursorSpan, prove_span
from matui.live.logs.cursor.page_replay import ReplaySteps, replay_page
from matui.live.logs.cursor.rejoin import count_known_lines, fill_back, repeats_itself
from matui.live.logs.page_store import EvictedPage, PageRef

PageSteps: TypeAlias = Generator[PageRequest, LogPage, NormalizedPage]

_END_GAPS = {"behind": EMPTY_PAGES, "cut": JUMPED}  # by state of the end
_TRIES = 3  # pages without a new line before it is believed, or the place is given up
_EMPTY_TRIES = 6  # newest pages without a line before the log is taken to have no more
_EMPTY_READS_PER_CHECK = 4
_SHORT_READS_PER_CHECK = 3
_MAX_UNPROVED_LINES = 100


EndState: TypeAlias = Literal["reached", "behind", "rotated", "cut", "unknown"]
EndSteps: TypeAlias = Generator[PageRequest, LogPage, EndState]


class CursorLog:
    """Reads every line once, in order, for every reading of the reference that a server may have.

    ``read_newer``, ``read_older`` and ``replay`` are generators: each yields requests, is sent their pages,
    and changes the state of the log only at its end. After a failed request it can be started again.

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
        self._newest = ""
        self._is_end_known = True
        self._keeps_limit = False  # whether a request of one line was answered with one
        self._newer = LogEnd(self.quirks, older=False)
        self._older = LogEnd(self.quirks, older=True)
        self._empty_reads = 0
        self._short_reads = 0
        self._checks_end_first = False
        self._is_end_unconfirmed = False
        self._failed_reads = 0
        self._failed_older_reads = 0
        self._undecided_reads = 0
        self._detached_reads = 0
        self._missing_marked = False
        self._reopened_at: NormalizedPage | None = None
        self._opening = OpeningPages()
        self._filled: deque[Batch] = deque()

    def read_newer(self, limit: int = PAGE_LINES, *, verify: bool = False) -> BatchSteps:
        """Return the lines after the last one held; at first the newest ``limit`` lines.

        With ``verify`` the result has no lines and no ``retry`` only where the end of the log is proved: the
        end that the first page claims is confirmed by the next call.
        """
        if self._filled:
            return self._filled.popleft()
        if not self.opened or self._lost:
            return (yield from self._start(PAGE_LINES if self.opened else limit, verify=verify))
        is_check_due = self._checks_end_first or self._is_end_unconfirmed
        if is_check_due and (end := (yield from self._check_end_first(verify=verify))) is not None:
            return end
        if self._newer.unproved >= _MAX_UNPROVED_LINES and (yield from self._newer.check_unproved()) is False:
            return Batch(gap=JUMPED, more=True)
        batch = yield from self._newer.step(self._target, self._older.base)
        if batch.lines or batch.gap:
            return (yield from self._accept_lines(batch, verify=verify))
        if batch.detached:
            self._detached_reads += 1
            if self._detached_reads < _TRIES:
                return Batch(retry=True)
            return (yield from self._rejoin(JUMPED))
        if batch.more:
            return batch
        if batch.undecided:
            return (yield from self._retry_undecided(batch, verify=verify))
        return (yield from self._confirm_end(verify=verify or batch.no_progress))

    def _check_end_first(self, *, verify: bool) -> Generator[PageRequest, LogPage, Batch | None]:
        """Return an empty batch, or the mark of lines left out, where the end is reached, else None."""
        if (yield from self._check_end()) != "reached":
            return None
        return (yield from self._accept_end(verify=verify)) if self._newer.is_extended else Batch()

    def _start(self, limit: int, *, verify: bool) -> BatchSteps:
        """Open the log at its newest page, or continue there where the position is lost."""
        page = yield from self._fetch_first(older=False, limit=limit, target=self._target)
        if not page.lines:
            self._failed_reads += self.opened
            return Batch(retry=self.opened and self._failed_reads < _EMPTY_TRIES)
        if self.opened:
            return (yield from self._reopen(page, LOST_POSITION))
        self._is_end_unconfirmed = verify
        return self._open(page)

    def _retry_undecided(self, batch: Batch, *, verify: bool) -> BatchSteps:
        """Try again where nothing shows which lines of a page are new; at last go on at the newest page."""
        self._undecided_reads += 1
        if not verify or self._undecided_reads < _EMPTY_TRIES:
            return replace(batch, retry=verify or self._undecided_reads < _TRIES)
        return (yield from self._rejoin(UNDECIDED))

    def _accept_lines(self, batch: Batch, *, verify: bool) -> BatchSteps:
        """Return ``batch`` with ``more`` where lines after it are known, or are to be looked for.

        Lines that short pages brought are proved where they end at the newest line known.
        """
        self._empty_reads = self._failed_reads = self._undecided_reads = self._detached_reads = 0
        self._missing_marked = False
        self._reopened_at = None
        self._opening.lines_read += len(batch.lines) * self.at_top
        more = batch.more or self._is_before_target()
        if verify and self._newer.unproved and not self._is_before_target():
            is_wrong = (yield from self._newer.check_unproved()) is False
            batch = replace(batch, gap=batch.gap or JUMPED) if is_wrong else batch
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
        self._newest = newest.far_cursor
        is_other_page = self._keeps_limit and len(newest.lines) > 1
        self._keeps_limit |= len(newest.lines) == 1
        if (
            len(newest.lines) == 1
            and newest.far_cursor == self._target
            and compute_fingerprint(newest.lines[0]) == self._target_line
        ):
            self.quirks.names_lines = self.quirks.names_lines is not False
        state = "unknown" if is_other_page else self._find_end_state(newest)
        self._is_end_unconfirmed &= state not in ("reached", "behind")
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
        if state == "reached" and (end := (yield from self._accept_end(verify=verify))) is not None:
            self._failed_reads = 0
            return end
        if state == "behind":
            batch = yield from self._newer.step(self._target, self._older.base)
            if batch.lines or batch.gap:
                return (yield from self._accept_lines(batch, verify=verify))
        self._failed_reads += 1
        if self._failed_reads < _TRIES and state != "rotated":
            return Batch(retry=True)
        page = yield from self._fetch("", older=False, limit=PAGE_LINES)
        if state == "unknown" and not self._is_of_other_lines(page):
            return self._accept_unverified_end(verify=verify)
        if not page.lines:
            return self._mark_missing(verify=verify)
        return (yield from self._reopen(page, _END_GAPS.get(state, LOST_POSITION)))

    def _accept_end(self, *, verify: bool) -> Generator[PageRequest, LogPage, Batch | None]:
        """Return an empty batch, or the mark of lines left out; None where lines are gone or left out."""
        if self._newer.is_base_gone:
            return None
        if not verify or not self._newer.unproved + self._newer.beyond_base:
            return Batch()
        if (yield from self._newer.check_unproved(self._newest)) is not False:
            return Batch()
        return None if self._newer.beyond_base else Batch(gap=JUMPED)

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
        marked, self._missing_marked = self._missing_marked, self._missing_marked or verify
        return Batch(gap=UNVERIFIED_END if verify and not marked else "")

    def _is_of_other_lines(self, page: NormalizedPage) -> bool:
        """Return whether a newest page without order has lines that are not a run of those held."""
        if not page.lines or self.quirks.compare(page.far_cursor, self._newer.base) is not None:
            return False
        held, size = tuple(self._newer.held)[::-1], len(page.lines)
        return not any(held[at : at + size] == page.fingerprints for at in range(len(held)))

    def _is_before_target(self) -> bool:
        """Return whether lines up to the newest one known have not been read."""
        return not self._newer.beyond_base and self.quirks.compare(self._newer.base, self._target) == -1

    def _find_end_state(self, newest: NormalizedPage) -> EndState:
        """Return how the end of what is held relates to the newest line of the log."""
        if not newest.lines:
            return "unknown"
        end, line = self._newer, compute_fingerprint(newest.lines[-1])
        order = None if end.beyond_base else self.quirks.compare(newest.far_cursor, end.base)
        if order == -1:
            return "unknown" if line in end.held and self._failed_reads + 1 < _TRIES else "rotated"
        if order is not None:
            if order == 0 and not end.beyond_base and not self._ends_with(line):
                return "cut"
            return "behind" if order == 1 else "reached"
        if end.held and line == end.held[0]:
            is_other = self.quirks.names_lines and newest.far_cursor and not end.beyond_base
            return "behind" if is_other else "reached"
        return "unknown" if line in end.held else "behind"

    def open_top(self) -> Generator[PageRequest, LogPage, Batch | None]:
        """Start at the first line of the log.

        Return None where the cloud does not give that line or it cannot be verified.
        """
        newest = yield from self._fetch("", older=False, limit=1)
        top = yield from self._fetch_first(older=True, limit=PAGE_LINES, target=newest.far_cursor)
        self.has_lines |= bool(newest.lines or top.lines)
        self._is_end_known = len(newest.lines) == 1  # else the end is to be proved
        self._keeps_limit |= self._is_end_known
        if self._is_end_known:
            self._set_target(newest)
        else:
            self._target = ""
        if not self.has_lines:
            return Batch()
        is_after = self.quirks.compare(top.near_cursor, newest.far_cursor) == 1
        if not top.lines or not top.near_cursor or is_after or (newest.lines and not newest.far_cursor):
            return None
        above = yield from self._fetch(top.near_cursor, older=True, limit=LINES_ABOVE)
        order = self.quirks.compare(top.far_cursor, newest.far_cursor)
        is_within = order is None and sum(map(top.lines.count, newest.lines[-1:])) == 1
        is_end = newest.lines and (order in (0, 1) or is_within)
        if is_end and (not above.lines or above.lines == newest.lines):
            # Perhaps the newest page, given instead of the first one and of the one above.
            if len(top.lines) >= PAGE_LINES and not above.lines:
                return None
            above = yield from self._fetch(top.near_cursor, older=True, limit=LINES_ABOVE)
        is_top = above.far_cursor == top.near_cursor and above.lines[-1:] == top.lines[:1]
        is_base = len(above.lines) == 1 or self.quirks.may_repeat_lines
        if above.lines and (not is_top or not is_base or len(above.lines) >= LINES_ABOVE):
            return None
        self.at_top = True
        batch = self._open(top)
        is_other = self._opening.is_of_other_log(top) and self._opening.detect_lack()
        return replace(batch, gap=LOST_POSITION) if is_other else batch

    def _fetch_first(self, *, older: bool, limit: int, target: str = "") -> PageSteps:
        """Return the first or the newest page, without cursors where these belong to other lines.

        That is proved where the cursors have no order, and for a page of fewer lines than ``limit`` that ends
        before ``target``. The proof also shows whether the newest line comes first.
        """
        page = NormalizedPage((), "", "")
        for _ in range(CONSISTENT_TRIES):
            last, page = page, (yield from self._fetch("", older=older, limit=limit))
            self.has_lines |= bool(page.lines)
            if not self.opened:
                self._opening.observe(page)
            has_order = self.quirks.compare(page.near_cursor, page.far_cursor) is not None
            is_short = len(page.lines) < limit and self.quirks.compare(page.far_cursor, target) == -1
            if not (page.near_cursor and page.far_cursor) or (has_order and not is_short):
                return page
            span = CursorSpan.of_page(page, older=False)
            proof = (yield from prove_span(span, self.quirks)) if span.lines > 1 else None
            if proof and self.quirks.newest_first is None:
                self.quirks.newest_first = False
            if proof or (proof is None and (has_order or len(page.lines) < 2) and page == last):
                return page
            may_turn = not has_order and self.quirks.newest_first is None and page.far_cursor != target
            if proof is False and may_turn:
                turned = yield from self._turn(page)
                if turned is not None:
                    return turned
        return page if proof is None else page._replace(near_cursor="", far_cursor="")

    def _turn(self, page: NormalizedPage) -> Generator[PageRequest, LogPage, NormalizedPage | None]:
        """Return ``page`` turned round where its lines prove that the newest comes first, else None."""
        turned = NormalizedPage(page.lines[::-1], page.far_cursor, page.near_cursor, page.missing)
        self.quirks.newest_first = True
        is_proved = yield from prove_span(CursorSpan.of_page(turned, older=False), self.quirks)
        if not is_proved:
            self.quirks.newest_first = None
        self.quirks.order = CursorOrder()  # what was observed until now had the wrong direction
        return turned if is_proved else None

    def _fetch(self, base: str, *, older: bool, limit: int) -> PageSteps:
        request = PageRequest(base, older, limit)
        page = yield from request_consistent_page(request, self.quirks)
        return normalize_page(page, request, self.quirks, ())

    @property
    def reached(self) -> bool:
        """Whether the log has been read to where it ended when it was opened."""
        order = self.quirks.compare(self._newer.base, self._target)
        is_known = not (self._filled or self._is_end_unconfirmed)
        return is_known and (order == 1 or (order == 0 and self._ends_with(self._target_line)))

    def _set_target(self, newest: NormalizedPage) -> None:
        """Record the newest line known; an older one shows that the log has started again."""
        if newest.far_cursor and self.quirks.compare(newest.far_cursor, self._target) != -1:
            self._target, self._target_line = newest.far_cursor, compute_fingerprint(newest.lines[-1])

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
        self._opening.lines_read = len(page.lines)
        if self._is_end_known and not self._target:
            self._set_target(page)
        self.quirks.largest = len(page.lines)
        gap = MISSING.format(page.missing) if page.missing else ""
        return Batch(page.lines, _build_newest_page_ref(page), gap=gap)

    def _reopen(self, page: NormalizedPage, reason: str) -> BatchSteps:
        """Continue at the newest page, after the lines between it and those held, where there are any.

        ``reason`` is the gap mark where these do not join. Where the same page was continued at before, and
        nothing came after it, the log ends there.
        """
        known = count_known_lines(page, self._newer)
        if known == len(page.lines) and self.quirks.compare(page.far_cursor, self._newer.base) == -1:
            self._failed_reads += 1
            return self._mark_missing(verify=True, gap=reason)
        if page == self._reopened_at:
            self._failed_reads += 1
            return Batch(retry=self._failed_reads < _EMPTY_TRIES)
        self._reopened_at = page
        is_unclear = 0 < known < len(page.lines) and repeats_itself(page, self._newer, known)
        if known and reason == JUMPED:
            is_unclear |= not (yield from self._newer.verify_base_lines())
        lacks_base = self._newer.beyond_base > 0 or self._newer.is_base_gone
        is_unclear |= self.quirks.compare(page.far_cursor, self._target) == -1  # the log has started again
        is_unclear |= known == len(page.lines) and lacks_base  # the lines held are not those of the cursor
        if known:
            batches, joined = [Batch(page.lines[known:], _build_newest_page_ref(page, known))], True
        else:
            between, joined = yield from fill_back(page, self._newer)
            batches = [*between, Batch(page.lines, _build_newest_page_ref(page))]
        self._newer.place_at(page)
        self._lost = self._missing_marked = False
        self._empty_reads = 0
        if known < len(page.lines):
            self._failed_reads = 0
        self._target, self._target_line = page.far_cursor, compute_fingerprint(page.lines[-1])
        batches = [replace(batch, more=True) for batch in batches[:-1]] + batches[-1:]
        self._filled.extend(batches[1:])
        return batches[0] if joined and not is_unclear else replace(batches[0], gap=reason)

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
        """Return the gap mark of lines that were lost for good; call it once the log is complete."""
        is_short = self.at_top and self._opening.detect_lack()
        return Batch(gap=LOST_POSITION if self._lost or is_short else "")

    def read_older(self) -> BatchSteps:
        """Return the lines before the first one held; sets ``at_top`` once there are certainly none."""
        self._older.unpack()
        if not self._older.base:
            self.at_top = True
            top = yield from self._fetch("", older=True, limit=1)  # perhaps with a cursor
            is_held = all(line in self._older.held for line in top.fingerprints)
            has_more = self.quirks.gives_cursors or self.quirks.largest >= PAGE_LINES or not is_held
            return Batch(gap=NO_CURSOR if has_more else "")
        batch = yield from self._older.step()
        if batch.detached or batch.undecided:
            self._failed_older_reads += 1
            self.at_top = self._failed_older_reads >= (_TRIES if batch.detached else _EMPTY_TRIES)
            return Batch(gap=LOST_POSITION) if self.at_top else Batch(retry=True)
        if batch.lines or batch.gap:
            self._failed_older_reads = 0
        else:
            batch = yield from self._confirm_top()
        self._opening.lines_read += len(batch.lines)
        if self.at_top and self._opening.detect_lack():
            return replace(batch, gap=batch.gap or LOST_POSITION)
        return batch

    def _confirm_top(self) -> BatchSteps:
        """Set ``at_top`` where the first line of the log is held; else try again and at last mark a gap."""
        top = yield from self._fetch("", older=True, limit=1)
        order = self.quirks.compare(top.near_cursor, self._older.base) if len(top.lines) == 1 else None
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
            is_lost = self._older.is_base_gone or (yield from self._older.detect_page_again())
            if not is_lost and not self.quirks.order.is_proved:
                is_lost = not (yield from self._older.prove_last_page())
            return Batch(gap=LOST_POSITION if is_lost else "")
        self._failed_older_reads += 1
        self.at_top = self._failed_older_reads >= _TRIES
        return Batch(gap=EMPTY_PAGES) if self.at_top else Batch(retry=True)

    def replay(self, evicted: EvictedPage) -> ReplaySteps:
        """Return lines that were held before, or None where the cloud no longer has them."""
        return replay_page(evicted, self.quirks)


def _build_newest_page_ref(page: NormalizedPage, skip: int = 0) -> PageRef:
    return PageRef(page.near_cursor, skip, head=page.lines[0])
