"""A log read by line cursor (5.1.13), both ways from its newest page or from its top.

Pure: it yields the requests to make and is sent their pages.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace

from matui.clouds.protocols import LogPage
from matui.live.logs.batch import LOST_POSITION, MISSING, PAGE_LINES, Batch, BatchSteps
from matui.live.logs.cursor.end_check import EndCheck
from matui.live.logs.cursor.first_page import find_top, request_end_page
from matui.live.logs.cursor.newer_lines import NewerLines
from matui.live.logs.cursor.older_lines import OlderLines
from matui.live.logs.cursor.opening import OpeningPages
from matui.live.logs.cursor.page_layout import NormalizedPage, PageRequest, ServerQuirks
from matui.live.logs.cursor.page_limit import keep_limit
from matui.live.logs.cursor.page_replay import ReplaySteps, replay_page
from matui.live.logs.cursor.rejoin import build_newest_page_ref
from matui.live.logs.page_store import EvictedPage


class CursorLog:
    """Reads every line once, in order, for every reading of the reference that a server may have.

    ``read_newer``, ``read_older`` and ``replay`` are generators: each yields requests, is sent their pages,
    and changes the state of the log only at its end. After a failed request it can be started again.
    """

    def __init__(self) -> None:
        self.opened = False
        self._quirks = ServerQuirks()
        self._opening = OpeningPages()
        self._end_check = EndCheck(self._quirks)
        self._newer = NewerLines(self._quirks, self._end_check)
        self._older = OlderLines(self._quirks, self._opening)

    @property
    def at_top(self) -> bool:
        """Whether the first line of the log has been read, or can be no more."""
        return self._opening.at_top

    @property
    def has_lines(self) -> bool:
        """Whether the cloud has given any line, held or not."""
        return self._quirks.gives_lines

    @property
    def reached(self) -> bool:
        """Whether the log has been read to where it ended when it was opened."""
        return self._newer.reached

    def read_newer(self, limit: int = PAGE_LINES, *, verify: bool = False) -> BatchSteps:
        """Return the lines after the last one held; at first the newest ``limit`` lines.

        With ``verify`` the result has no lines and no ``retry`` only where the end of the log is proved: the
        end that the first page claims is confirmed by the next call.
        """
        if self.opened:
            steps = self._newer.read(self._older.base, verify=verify)
            batch = yield from keep_limit(steps, self._quirks)
            self._opening.count_newer(batch.lines)
            return batch
        target, opening = self._end_check.target, self._opening
        first = request_end_page(self._quirks, older=False, limit=limit, target=target, opening=opening)
        page = yield from keep_limit(first, self._quirks)
        if not page.lines:
            return Batch()
        self._end_check.is_unconfirmed = verify
        return self._open(page)

    def open_top(self) -> Generator[PageRequest, LogPage, Batch | None]:
        """Start at the first line of the log.

        Return None where the cloud does not give that line or it cannot be verified.
        """
        newest, top = yield from keep_limit(find_top(self._quirks, self._opening), self._quirks)
        self._end_check.open_at(newest)
        if top is None:
            return None
        if not top.lines:
            return Batch()
        self._opening.at_top = True
        batch = self._open(top)
        is_other = self._opening.is_of_other_log(top) and self._opening.detect_lack()
        return replace(batch, gap=LOST_POSITION) if is_other else batch

    def _open(self, page: NormalizedPage) -> Batch:
        self._newer.place_at(page)
        self._older.place_at(page)
        self.opened = True
        self._opening.start_with(page.lines)
        self._end_check.open_with(page, self._opening.cursors)
        self._quirks.largest = len(page.lines)
        gap = MISSING.format(page.missing) if page.missing else ""
        return Batch(page.lines, build_newest_page_ref(page), gap=gap)

    def read_older(self) -> BatchSteps:
        """Return the lines before the first one held; ``at_top`` is true once there are certainly none."""
        return (yield from keep_limit(self._older.read(), self._quirks))

    def replay(self, evicted: EvictedPage) -> ReplaySteps:
        """Return lines that were held before, or None where the cloud no longer has them."""
        return replay_page(evicted, self._quirks)

    def mark_position_lost(self) -> None:
        """Record that the cloud refuses the cursor: the next page is the newest one, after a gap mark."""
        self._newer.is_lost = True

    def give_up_older(self) -> None:
        """Record that the cloud refuses the cursor of the first line held: no lines before it are read."""
        self._opening.at_top = True

    def finish(self) -> Batch:
        """Return the gap mark of lines that were lost for good; call it once the log is complete."""
        is_short = self.at_top and (self._opening.detect_lack() or bool(self._opening.unread))
        return Batch(gap=LOST_POSITION if self._newer.is_lost or is_short else "")

    def pack(self) -> None:
        """Hold only what older lines join to, compressed. Only ``read_older`` may be called afterwards."""
        self._newer.forget()
        self._older.pack()

    @property
    def packed_bytes(self) -> int:
        """The size of what is held compressed."""
        return self._older.packed_bytes
