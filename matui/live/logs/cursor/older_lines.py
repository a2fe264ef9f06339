"""Reads the lines before the first one held, up to the top of the log. Pure."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace

from matui.clouds.protocols import LogPage
from matui.live.logs.batch import EMPTY_PAGES, JUMPED, LOST_POSITION, NO_CURSOR, PAGE_LINES, Batch, BatchSteps
from matui.live.logs.cursor.consistent_page import request_page
from matui.live.logs.cursor.failed_reads import EMPTY_TRIES, TRIES
from matui.live.logs.cursor.log_end import LogEnd
from matui.live.logs.cursor.opening import OpeningPages
from matui.live.logs.cursor.page_layout import NormalizedPage, PageRequest, ServerQuirks


class OlderLines:
    """The older end of the lines held; sets ``opening.at_top`` once there are certainly none before it."""

    def __init__(self, quirks: ServerQuirks, opening: OpeningPages) -> None:
        self._quirks = quirks
        self._opening = opening
        self._end = LogEnd(quirks, older=True)
        self._failed_reads = 0

    @property
    def base(self) -> str:
        """The cursor of the first line held."""
        return self._end.base

    def place_at(self, page: NormalizedPage) -> None:
        """Start before the first line of ``page``."""
        self._end.place_at(NormalizedPage(page.lines[::-1], page.far_cursor, page.near_cursor))

    def pack(self) -> None:
        """Hold only what lines before these join to, compressed."""
        if self._opening.at_top:
            self._end.forget()
        else:
            self._end.pack()

    @property
    def packed_bytes(self) -> int:
        """The size of what is held compressed."""
        return self._end.packed_bytes

    def read(self) -> BatchSteps:
        """Return the lines before the first one held."""
        self._end.unpack()
        if not self._end.base:
            return (yield from self._end_without_cursor())
        batch = yield from self._end.step()
        if batch.detached or batch.undecided:
            self._failed_reads += 1
            self._opening.at_top = self._failed_reads >= (TRIES if batch.detached else EMPTY_TRIES)
            return Batch(gap=LOST_POSITION) if self._opening.at_top else Batch(retry=True)
        if batch.lines or batch.gap:
            self._failed_reads = 0
        else:
            batch = yield from self._confirm_top()
        self._opening.count_older(batch.lines)
        if self._opening.at_top and self._opening.detect_lack():
            return replace(batch, gap=batch.gap or LOST_POSITION)
        return batch

    def _end_without_cursor(self) -> BatchSteps:
        """Return the mark of lines that no cursor leads to, where there may be any."""
        self._opening.at_top = True
        top = yield from request_page("", self._quirks, older=True, limit=1)  # perhaps with a cursor
        is_held = all(line in self._end.held for line in top.fingerprints)
        has_more = self._quirks.gives_cursors or self._quirks.largest >= PAGE_LINES or not is_held
        return Batch(gap=NO_CURSOR if has_more else "")

    def _confirm_top(self) -> BatchSteps:
        """Set ``at_top`` where the first line of the log is held; else try again and at last mark a gap."""
        top = yield from request_page("", self._quirks, older=True, limit=1)
        order = self._quirks.compare(top.near_cursor, self._end.base) if len(top.lines) == 1 else None
        if not (yield from self._end.verify_last_join()):
            self._opening.at_top = True
            return Batch(gap=JUMPED)
        is_first = order == 0 and not self._end.beyond_base
        if is_first and self._end.base not in self._opening.not_first:
            self._opening.at_top = True
            return Batch()
        batch = Batch()
        for _ in range((EMPTY_TRIES if order is None else TRIES) - 1):
            batch = yield from self._end.step()
            if batch.lines or batch.gap or batch.undecided:
                return batch
        if batch.no_progress:
            self._opening.at_top = True
            return Batch(gap=NO_CURSOR)
        if order is None and (yield from self._detect_missing_top(top)):
            self._opening.at_top = True
            return Batch(gap=LOST_POSITION)
        if order != -1 and not is_first:
            self._opening.at_top = True
            is_lost = self._end.is_base_gone or self._end.base in self._opening.not_first
            is_lost = is_lost or (yield from self._end.detect_page_again())
            is_lost = is_lost or (yield from self._end.detect_line_above())
            if not is_lost and not self._quirks.order.is_proved:
                is_lost = not (yield from self._end.prove_last_page())
            return Batch(gap=LOST_POSITION if is_lost else "")
        self._failed_reads += 1
        self._opening.at_top = self._failed_reads >= TRIES
        return Batch(gap=EMPTY_PAGES) if self._opening.at_top else Batch(retry=True)

    def _detect_missing_top(self, top: NormalizedPage) -> Generator[PageRequest, LogPage, bool]:
        """Return whether ``top``, one line, is the first one of the log and not the first one held.

        Some clouds give their newest line for it: that one is requested, and then the first one again.
        """
        held = self._end.held[0] if self._end.held else ""
        if len(top.lines) != 1 or top.near_cursor in ("", self._end.base) or top.fingerprints[0] == held:
            return False
        newest = yield from request_page("", self._quirks, older=False, limit=1)
        if len(newest.lines) != 1 or newest.near_cursor == top.near_cursor or newest.lines == top.lines:
            return False
        return (yield from request_page("", self._quirks, older=True, limit=1)) == top
