"""Goes to a moment or to a line of a log, and fetches older pages until they are reached."""

from __future__ import annotations

from datetime import UTC, tzinfo
from typing import TYPE_CHECKING

from matui.base.log_lines.control import render_plain_text
from matui.base.moments import parse_moment
from matui.live.logs.file_cursor import find_last_time, find_line_at, find_next_time

if TYPE_CHECKING:
    from matui.console.logs.backfill import BackfillSearch
    from matui.console.logs.shown import ShownLog
    from matui.console.logs.view import LogView


class TimeNavigator:
    """Goes to moments of the log that is shown, and to the line that its pane was opened at."""

    def __init__(self, view: LogView, shown: ShownLog, backfill: BackfillSearch) -> None:
        self._view = view
        self._shown = shown
        self._backfill = backfill
        self._opened_at: tuple[str, int, float | None] | None = None

    def open_at(self, file: str, line: int, time_ms: float | None) -> None:
        """Open the log with a file at a line, counted from its first, 0; ``time_ms`` is its, None unknown."""
        self._shown.wanted = file
        self._opened_at = (file, line, time_ms)

    def show_opened(self, file: str) -> None:
        """Go to the line that the log is opened at, once, where it is of ``file``, which has been opened."""
        if self._opened_at is not None and self._opened_at[0] == file:
            (_file, line, time_ms), self._opened_at = self._opened_at, None
            self.go_to_line(line, time_ms)

    def go_to(self, text: str) -> str:
        """Go to a moment, fetching older lines until there; returns what is wrong with it, or ``""``."""
        view, stamper = self._view, self._shown.build_time_parser()
        last = find_last_time(view.shown, self.read_time)
        if last is None:
            return "No line near the end has a time."
        try:
            ms = parse_moment(text, last_ms=last, zone=self._choose_zone(stamper.zone))
        except ValueError as error:
            return f"This is {error}."
        self._go_to_moment(ms)
        return ""

    def _go_to_moment(self, ms: float) -> None:
        if self._has_reached(ms) or self._shown.at_top:
            self._show_moment(ms)
        else:
            self._backfill.start(
                "going back", lambda: self._has_reached(ms), lambda _found: self._show_moment(ms)
            )

    def go_to_line(self, line: int, time_ms: float | None) -> None:
        """Go to a line of the file, fetching older lines until there: by its time, else by its number."""
        if time_ms is not None:
            self._go_to_moment(time_ms)
        elif self._shown.at_top:
            self._show_number(line)
        else:
            self._backfill.start("going back", lambda: False, lambda _found: self._show_number(line))

    def _show_number(self, line: int) -> None:
        """Show a line by its number from the first line of the file, which is held."""
        self._view.show_top(min(self._view.shown.first + line, self._view.end - 1))

    def _choose_zone(self, written: tzinfo | None) -> tzinfo | None:
        """Return the zone in which the reader sees times."""
        times = self._view.looks.times
        return written if times in ("written", "hidden") else UTC if times == "utc" else None

    def read_time(self, text: str) -> float | None:
        """Return the time of a line, ms since the epoch, None where it has none."""
        stamp = self._view.looks.stamper.read(render_plain_text(text))
        return stamp.ms if stamp else None

    def _has_reached(self, ms: float) -> bool:
        source = self._view.shown
        first = find_next_time(source, self.read_time, source.first, source.end)
        return first is not None and first[1] <= ms

    def _show_moment(self, ms: float) -> None:
        number = find_line_at(self._view.shown, self.read_time, ms)
        self._view.show_top(min(number, self._view.end - 1))
