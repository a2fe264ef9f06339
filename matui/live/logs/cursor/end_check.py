"""The newest line known of a log, and whether the lines held end there. Pure."""

from __future__ import annotations

from collections.abc import Collection, Generator
from typing import Literal, TypeAlias

from matui.clouds.protocols import LogPage
from matui.live.logs.batch import PAGE_LINES
from matui.live.logs.cursor.consistent_page import request_page
from matui.live.logs.cursor.log_end import LogEnd
from matui.live.logs.cursor.page_layout import (
    NormalizedPage,
    PageRequest,
    ServerQuirks,
    compute_fingerprint,
)
from matui.live.logs.cursor.page_proof import SHORT_PAGE

_RESTART_TRIES = 2  # pages after a newest line that is before the lines held
_TRIES = 3  # requests of the newest line while several lines come
_EMPTY_READS_PER_CHECK = 4
_SHORT_READS_PER_CHECK = 3

EndState: TypeAlias = Literal["reached", "behind", "rotated", "restarted", "cut", "unknown"]
EndSteps: TypeAlias = Generator[PageRequest, LogPage, EndState]


class EndCheck:
    """Compares the newest line of a log with the end of the lines held, and decides when that is due.

    ``target`` is the cursor of the newest line known, ``newest`` that of the one requested last.
    ``is_unconfirmed`` is whether only the first page says where the log ends.
    """

    def __init__(self, quirks: ServerQuirks) -> None:
        self.target = ""
        self.newest = ""
        self.is_unconfirmed = False
        self._quirks = quirks
        self._target_line = ""
        self._newest_lines: tuple[str, ...] = ()
        self._is_end_known = True
        self._keeps_limit = False  # whether a request of one line was answered with one
        self._empty_reads = 0
        self._short_reads = 0
        self._comes_first = False

    @property
    def comes_first(self) -> bool:
        """Whether the check is due before the next page is requested."""
        return self._comes_first or self.is_unconfirmed

    def open_at(self, newest: NormalizedPage) -> None:
        """Record the answer to the request of the newest line with which the log is opened at its top."""
        self._is_end_known = len(newest.lines) == 1  # else the end is to be proved
        self._keeps_limit |= self._is_end_known
        if self._is_end_known:
            self._record_target(newest)
        else:
            self.target = ""

    def open_with(self, page: NormalizedPage, cursors: Collection[str]) -> None:
        """Take the end of the first page for the end of the log, where no other is known.

        A later one among ``cursors``, which other pages named, is the end: the page is stale.
        """
        if not (self._is_end_known and not self.target):
            return
        self._record_target(page)
        for cursor in cursors:
            if self._quirks.compare(cursor, self.target) == 1:
                self.target, self._target_line = cursor, ""

    def restart_at(self, page: NormalizedPage) -> None:
        """Take the end of ``page``, the newest page, for the end of the log."""
        self.target, self._target_line = page.far_cursor, compute_fingerprint(page.lines[-1])
        self._empty_reads = 0

    @property
    def follows_at_once(self) -> bool:
        """Whether the check is due after the last page with new lines, without a pause."""
        return self._comes_first

    def count_page(self, *, is_short: bool) -> None:
        """Count a page with new lines; one that ``is_short`` seems to be the last one."""
        self._empty_reads = 0
        if is_short:
            self._short_reads += 1
            self._comes_first = self._short_reads % _SHORT_READS_PER_CHECK == 1

    def check(self, end: LogEnd, *, is_last_try: bool) -> EndSteps:
        """Request the newest line; return the state of the end and record the cursor of the newest line."""
        newest = yield from request_page("", self._quirks, older=False, limit=1)
        for _ in range(_TRIES - 1):
            if len(newest.lines) <= 1:
                break
            newest = yield from request_page("", self._quirks, older=False, limit=1)
        self._comes_first = False
        is_same = newest.far_cursor == self.newest and newest.lines == self._newest_lines
        self.newest, self._newest_lines = newest.far_cursor, newest.lines
        is_other_page = self._keeps_limit and len(newest.lines) > 1
        self._keeps_limit |= len(newest.lines) == 1
        is_same |= newest.far_cursor == self.target and list(map(compute_fingerprint, newest.lines)) == [
            self._target_line
        ]
        if is_same and newest.far_cursor and len(newest.lines) == 1:
            self._quirks.names_lines = self._quirks.names_lines is not False
        state = "unknown" if is_other_page else self._find_state(end, newest, is_last_try=is_last_try)
        if state == "unknown" and not is_other_page and (yield from self._detect_restart(end, newest)):
            state = "restarted"
        self.is_unconfirmed &= state not in ("reached", "behind")
        if state == "behind":
            self._record_target(newest)
        return state

    def _detect_restart(self, end: LogEnd, newest: NormalizedPage) -> Generator[PageRequest, LogPage, bool]:
        """Return whether the log ends at ``newest``, before the lines held: it has started again.

        Where that line is only stale, the lines after it are those held.
        """
        if end.beyond_base or len(newest.lines) != 1:
            return False
        if self._quirks.compare(newest.far_cursor, end.base) != -1:
            return False
        for _ in range(_RESTART_TRIES):
            after = yield from request_page(newest.far_cursor, self._quirks, older=False, limit=PAGE_LINES)
            is_full = len(after.lines) >= max(self._quirks.largest, SHORT_PAGE)
            if is_full or self._quirks.compare(after.far_cursor, end.base) not in (None, -1):
                return False
        return True

    def check_after_empty_read(self, end: LogEnd, *, is_due: bool, is_last_try: bool) -> EndSteps:
        """Return the state of the end where a page had no new lines; the newest line is not always requested.

        It is where ``is_due``.
        """
        if self.is_before_target(end):
            return "behind"
        is_due |= self._empty_reads % _EMPTY_READS_PER_CHECK == 0
        state = (yield from self.check(end, is_last_try=is_last_try)) if is_due else "reached"
        self._short_reads = 0
        self._empty_reads += 1
        return state

    def is_before_target(self, end: LogEnd) -> bool:
        """Return whether lines up to the newest one known have not been read."""
        return not end.beyond_base and self._quirks.compare(end.base, self.target) == -1

    def is_reached_by(self, end: LogEnd) -> bool:
        """Return whether ``end`` has come to the newest line known."""
        order = self._quirks.compare(end.base, self.target)
        return not self.is_unconfirmed and (order == 1 or (order == 0 and _ends_with(end, self._target_line)))

    def is_end_of(self, page: NormalizedPage) -> bool:
        """Return whether ``page`` ends with the newest line requested last."""
        return page.lines[-1:] == self._newest_lines[-1:]

    def _record_target(self, newest: NormalizedPage) -> None:
        """Record the newest line known; an older one shows that the log has started again."""
        if newest.far_cursor and self._quirks.compare(newest.far_cursor, self.target) != -1:
            self.target, self._target_line = newest.far_cursor, compute_fingerprint(newest.lines[-1])

    def _find_state(self, end: LogEnd, newest: NormalizedPage, *, is_last_try: bool) -> EndState:
        """Return how the end of what is held relates to the newest line of the log."""
        if not newest.lines:
            return "unknown"
        line = compute_fingerprint(newest.lines[-1])
        order = None if end.beyond_base else self._quirks.compare(newest.far_cursor, end.base)
        if order == -1:
            return "unknown" if line in end.held and not is_last_try else "rotated"
        if order is not None:
            if order == 0 and not end.beyond_base and not _ends_with(end, line):
                return "cut"
            return "behind" if order == 1 or self.is_before_target(end) else "reached"
        if end.held and line == end.held[0]:
            is_other = self._quirks.names_lines and newest.far_cursor and not end.beyond_base
            return "behind" if is_other else "reached"
        return "unknown" if line in end.held else "behind"


def _ends_with(end: LogEnd, line: str) -> bool:
    """Return whether ``line``, a fingerprint, is the last line held; true where either is unknown.

    A cloud may lengthen its last line.
    """
    last = end.held[0] if end.held else ""
    return not line or not last or line.startswith(last)
