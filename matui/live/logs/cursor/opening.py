"""The top of a log, and the pages with which it was opened: they show when it started again. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from matui.live.logs.cursor.page_layout import NormalizedPage, compute_fingerprint


@dataclass(slots=True)
class OpeningPages:
    """The length of the longest page that opening a log brought, its first line, and the lines read since.

    ``lines_read`` counts the lines from the top of the log on, as far as they were read. ``at_top`` is
    whether the first line of the log has been read. ``cursors`` has those of all these pages. ``not_first``
    has those of lines with a line above them. ``unread`` has the fingerprints of the lines of these pages
    that were not read yet, but for the first and the last line of each: that one may be lengthened.
    """

    most_lines: int = 0
    first_line: str = ""
    lines_read: int = 0
    at_top: bool = False
    cursors: set[str] = field(default_factory=set)
    not_first: set[str] = field(default_factory=set)
    unread: set[str] = field(default_factory=set)

    def observe(self, page: NormalizedPage) -> None:
        """Record a first or newest page, taken or not."""
        self.cursors |= {page.near_cursor, page.far_cursor} - {""}
        self.unread.update(page.fingerprints[1:-1])
        if len(page.lines) > self.most_lines:
            self.most_lines, self.first_line = len(page.lines), page.lines[0]

    def observe_above(self, page: NormalizedPage, base: str) -> None:
        """Record a page of lines above ``base``; one that the cloud gives for nothing has known cursors."""
        if page.far_cursor not in ("", base) and page.far_cursor not in self.cursors:
            self.not_first.add(base)

    def start_with(self, lines: Sequence[str]) -> None:
        """Count the lines of the page with which the log is opened."""
        self.lines_read = 0
        self.count_older(lines)

    def count_older(self, lines: Sequence[str]) -> None:
        """Count lines before those held."""
        self.lines_read += len(lines)
        if self.unread:
            self.unread.difference_update(map(compute_fingerprint, lines))

    def count_newer(self, lines: Sequence[str]) -> None:
        """Count lines after those held, where all the lines before them were read."""
        self.lines_read += len(lines) * self.at_top
        if self.unread:
            self.unread.difference_update(map(compute_fingerprint, lines))

    def is_of_other_log(self, top: NormalizedPage) -> bool:
        """Return whether ``top``, the first page, is shorter than one that began with another line."""
        return len(top.lines) < self.most_lines and top.lines[0] != self.first_line

    def detect_lack(self) -> bool:
        """Return once whether fewer lines were read than the log has had."""
        lacks_lines = self.lines_read < self.most_lines
        self.most_lines = 0
        return lacks_lines
