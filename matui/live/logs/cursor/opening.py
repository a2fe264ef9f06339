"""The pages with which a log was opened: they show when it started again before any line was held. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from matui.live.logs.cursor.page_layout import NormalizedPage


@dataclass(slots=True)
class OpeningPages:
    """The length of the longest page that opening a log brought, its first line, and the lines read since.

    ``lines_read`` counts the lines from the top of the log on, as far as they were read.
    """

    most_lines: int = 0
    first_line: str = ""
    lines_read: int = 0

    def observe(self, page: NormalizedPage) -> None:
        """Record a first or newest page, taken or not."""
        if len(page.lines) > self.most_lines:
            self.most_lines, self.first_line = len(page.lines), page.lines[0]

    def is_of_other_log(self, top: NormalizedPage) -> bool:
        """Return whether ``top``, the first page, is shorter than one that began with another line."""
        return len(top.lines) < self.most_lines and top.lines[0] != self.first_line

    def detect_lack(self) -> bool:
        """Return once whether fewer lines were read than the log has had."""
        lacks_lines = self.lines_read < self.most_lines
        self.most_lines = 0
        return lacks_lines
