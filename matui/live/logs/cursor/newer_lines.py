"""Reads the lines after the last one held, to the end of the log, or past a place that is given up. Pure."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator
from dataclasses import replace

from matui.clouds.protocols import LogPage
from matui.live.logs.batch import EMPTY_PAGES, JUMPED, LOST_POSITION, PAGE_LINES, UNDECIDED, Batch, BatchSteps
from matui.live.logs.cursor.consistent_page import request_page
from matui.live.logs.cursor.end_check import EndCheck
from matui.live.logs.cursor.failed_reads import TRIES, FailedReads
from matui.live.logs.cursor.first_page import request_end_page
from matui.live.logs.cursor.log_end import LogEnd
from matui.live.logs.cursor.page_layout import NormalizedPage, PageRequest, ServerQuirks
from matui.live.logs.cursor.rejoin import count_known_lines, join_newest_page

_END_GAPS = {"behind": EMPTY_PAGES, "cut": JUMPED}  # by state of the end
_MAX_UNPROVED_LINES = 100


class NewerLines:
    """The newer end of the lines held.

    A page without new lines does not prove the end of the log. The newest line decides: it is requested after
    the first of several such pages, and the place is given up with a gap mark where it proves lines that no
    page brings.
    """

    def __init__(self, quirks: ServerQuirks, end_check: EndCheck) -> None:
        self.is_lost = False  # whether the cloud refuses the cursor: the next page is the newest one
        self._quirks = quirks
        self._end_check = end_check
        self._end = LogEnd(quirks, older=False)
        self._failed = FailedReads()
        self._reopened_at: NormalizedPage | None = None
        self._filled: deque[Batch] = deque()

    def place_at(self, page: NormalizedPage) -> None:
        """Start after the last line of ``page``."""
        self._end.place_at(page)

    def forget(self) -> None:
        """Drop the lines held: no page is joined to them any more."""
        self._end.forget()

    @property
    def reached(self) -> bool:
        """Whether the newest line known is held."""
        return not self._filled and self._end_check.is_reached_by(self._end)

    def read(self, oldest: str, *, verify: bool) -> BatchSteps:
        """Return the next lines; ``oldest`` is the cursor of the first line held."""
        if self._filled:
            return self._filled.popleft()
        if self.is_lost:
            return (yield from self._continue_lost())
        if self._end_check.comes_first and (end := (yield from self._check_end_first(verify=verify))):
            return end
        if self._end.unproved >= _MAX_UNPROVED_LINES and (yield from self._end.check_unproved()) is False:
            return Batch(gap=JUMPED, more=True)
        batch = yield from self._end.step(self._end_check.target, oldest)
        if batch.lines or batch.gap:
            return (yield from self._accept_lines(batch, verify=verify))
        if batch.detached:
            return self._failed.retry_detached() or (yield from self._rejoin(JUMPED))
        if batch.more:
            return batch
        if batch.undecided:
            again = self._failed.retry_undecided(batch, verify=verify)
            return again or (yield from self._rejoin(UNDECIDED))
        return (yield from self._confirm_end(oldest, verify=verify or batch.no_progress))

    def _continue_lost(self) -> BatchSteps:
        """Continue at the newest page, after a gap mark."""
        target = self._end_check.target
        page = yield from request_end_page(self._quirks, older=False, limit=PAGE_LINES, target=target)
        return (yield from self._reopen(page, LOST_POSITION)) if page.lines else self._failed.retry_page()

    def _check_end_first(self, *, verify: bool) -> Generator[PageRequest, LogPage, Batch | None]:
        """Return an empty batch, or the mark of lines left out, where the end is reached, else None."""
        if (yield from self._end_check.check(self._end, is_last_try=self._failed.is_last_try)) != "reached":
            return None
        return (yield from self._accept_end(verify=verify)) if self._end.is_extended else Batch()

    def _accept_lines(self, batch: Batch, *, verify: bool) -> BatchSteps:
        """Return ``batch`` with ``more`` where lines after it are known, or are to be looked for.

        Lines that short pages brought are proved where they end at the newest line known.
        """
        self._failed.reset()
        self._reopened_at = None
        is_before_target = self._end_check.is_before_target(self._end)
        if verify and self._end.unproved and not is_before_target:
            is_wrong = (yield from self._end.check_unproved()) is False
            batch = replace(batch, gap=batch.gap or JUMPED) if is_wrong else batch
        more = batch.more or is_before_target
        self._end_check.count_page(is_short=not more)
        return replace(batch, more=more or self._end_check.follows_at_once)

    def _confirm_end(self, oldest: str, *, verify: bool) -> BatchSteps:
        """Return an empty batch at the end of the log; else try again and at last give up the place."""
        state = yield from self._end_check.check_after_empty_read(
            self._end, is_due=verify or self._failed.count > 0, is_last_try=self._failed.is_last_try
        )
        if state == "reached" and (end := (yield from self._accept_end(verify=verify))) is not None:
            self._failed.count = 0
            return end
        if state == "behind":
            batch = yield from self._end.step(self._end_check.target, oldest)
            if batch.lines or batch.gap:
                return (yield from self._accept_lines(batch, verify=verify))
        self._failed.count += 1
        if self._failed.count < TRIES and state not in ("rotated", "restarted"):
            return Batch(retry=True)
        page = yield from request_page("", self._quirks, older=False, limit=PAGE_LINES)
        if state == "unknown" and not self._is_of_other_lines(page):
            return self._failed.mark_unverified_end(verify=verify)
        if not page.lines:
            return self._failed.mark_missing(verify=verify)
        if state == "cut" and not self._end_check.is_end_of(page):  # it lacks the newest line, too
            return self._failed.mark_missing(verify=verify, gap=JUMPED)
        if state == "restarted":
            self._end = LogEnd(self._quirks, older=False)  # no line of the new log is one of those held
        return (yield from self._reopen(page, _END_GAPS.get(state, LOST_POSITION)))

    def _accept_end(self, *, verify: bool) -> Generator[PageRequest, LogPage, Batch | None]:
        """Return an empty batch, or the mark of lines left out; None where lines are gone or left out."""
        if self._end.is_base_gone:
            return None
        if not verify or not self._end.unproved + self._end.beyond_base:
            return Batch()
        if (yield from self._end.check_unproved(self._end_check.newest)) is not False:
            return Batch()
        return None if self._end.beyond_base else Batch(gap=JUMPED)

    def _is_of_other_lines(self, page: NormalizedPage) -> bool:
        """Return whether a newest page without order has lines that are not a run of those held."""
        if not page.lines or self._quirks.compare(page.far_cursor, self._end.base) is not None:
            return False
        held, size = tuple(self._end.held)[::-1], len(page.lines)
        return not any(held[at : at + size] == page.fingerprints for at in range(len(held)))

    def _rejoin(self, reason: str) -> BatchSteps:
        page = yield from request_page("", self._quirks, older=False, limit=PAGE_LINES)
        return (yield from self._reopen(page, reason)) if page.lines else Batch(retry=True)

    def _reopen(self, page: NormalizedPage, reason: str) -> BatchSteps:
        """Continue at the newest page, after the lines between it and those held, where there are any.

        ``reason`` is the gap mark where these do not join. Where the same page was continued at before, and
        nothing came after it, the log ends there.
        """
        known = count_known_lines(page, self._end)
        if known == len(page.lines) and self._quirks.compare(page.far_cursor, self._end.base) == -1:
            self._failed.count += 1
            return self._failed.mark_missing(verify=True, gap=reason)
        if page == self._reopened_at:
            return self._failed.retry_page()
        batches = yield from join_newest_page(page, self._end, known, self._end_check.target, reason)
        self._reopened_at = page
        self._end.place_at(page)
        self.is_lost = self._failed.is_marked = False
        if known < len(page.lines):
            self._failed.count = 0
        self._end_check.restart_at(page)
        self._filled.extend(batches[1:])
        return batches[0]
