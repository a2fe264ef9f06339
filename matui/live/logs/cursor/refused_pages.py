"""The pages from one base that were not taken, and what they show of the page that is taken at last. Pure."""

from __future__ import annotations

from collections.abc import Generator, Sequence

from matui.clouds.protocols import LogPage
from matui.live.logs.batch import PAGE_LINES
from matui.live.logs.cursor.cursor_order import MOST_REPEATED
from matui.live.logs.cursor.page_layout import NormalizedPage, PageRequest, ServerQuirks, normalize_page
from matui.live.logs.cursor.page_proof import agree

_TRIES = 2  # requests of lines that are to contradict a page


class RefusedPages:
    """The pages requested from the base that did not join the lines held; there are none after a page did."""

    def __init__(self) -> None:
        self._starts: set[str] = set()
        self._last: NormalizedPage | None = None

    def __bool__(self) -> bool:
        return bool(self._starts)

    def add(self, page: NormalizedPage) -> None:
        """Record a page that was not taken."""
        self._starts.add(page.near_cursor)
        self._last = page if page.lines else self._last

    def clear(self) -> None:
        """Forget the pages: one was taken."""
        self._starts.clear()
        self._last = None

    def verify_start(
        self, page: NormalizedPage, request: PageRequest, quirks: ServerQuirks, held: Sequence[str]
    ) -> Generator[PageRequest, LogPage, bool]:
        """Return whether ``page`` starts at the line next to the base; true where no cursor shows it.

        One line is requested from the base where a page refused before started at another line.
        """
        others = self._starts - {page.near_cursor, ""}
        if not others or page.near_cursor in ("", request.base) or quirks.names_lines is False:
            return True
        one = request._replace(limit=1)
        for _ in range(_TRIES):
            nearest = normalize_page((yield one), one, quirks, held)
            if len(nearest.lines) != 1 or nearest.near_cursor in ("", request.base, page.near_cursor):
                return True
        return False

    def verify_held_lines(
        self, page: NormalizedPage, request: PageRequest, quirks: ServerQuirks, held: Sequence[str]
    ) -> Generator[PageRequest, LogPage, bool]:
        """Return whether the cloud still has the lines ``held`` up to the base, where it is in doubt.

        A refused page with other lines from the same cursor is of a log that has started again, or a mistake.
        """
        if self._last is None or not page.near_cursor or self._last.near_cursor != page.near_cursor:
            return True
        size = min(len(page.lines), len(self._last.lines))
        if page.lines[:size] == self._last.lines[:size]:
            return True
        back = PageRequest(request.base, not request.older, PAGE_LINES)
        for _ in range(_TRIES):
            found = normalize_page((yield back), back, quirks, ()).fingerprints
            starts = [found[skip:] for skip in range(MOST_REPEATED + 1)]
            if any(agree(held, lines) or agree(held[1:], lines) for lines in starts):
                return True
        return False
