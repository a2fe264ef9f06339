"""A log as it grows: drawn from a store of numbered lines, following the newest or still under a reader."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import ClassVar

from matui.base.log_lines.control import LineText, render_plain_text
from matui.base.log_lines.json_lines import FIELD_STYLE, format_record
from matui.base.log_lines.times import TimestampParser
from matui.console.lines.paint import Label
from matui.console.lines.search import FindLines, LineSearch
from matui.console.logs.errors import ErrorFinder
from matui.console.logs.filter import NOTHING, FilteredLines, LineSource
from matui.console.logs.follow import FollowPane
from matui.console.logs.style import LineStyles, Shown, Times

_KEPT_LINES = 1000
FILE_COLOURS = 6


class LogView(FollowPane):
    """Shows a LineSource. Call ``note_new_lines`` after lines were added at either end or dropped.

    ``only`` puts a filter between; ``find_origin`` returns the number in the source of a line shown.
    ``stripe`` says what stands before a line of the source, ``marked`` holds the numbers there that the
    reader marked, ``annotate`` returns what stands behind a line, ``is_whole`` whether the first line of the
    log is held.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "log-view--mark",
        "log-view--bookmark",
        "log-view--time",
        FIELD_STYLE,
        *(f"log-view--file-{number}" for number in range(FILE_COLOURS)),
    }
    DEFAULT_CSS = """
    LogView {
        & > .log-view--mark { color: $muted; text-style: italic; }
        & > .log-view--bookmark { color: $accent; text-style: bold; }
        & > .log-view--time { color: $text-muted; }
        & > .log-view--field { color: $text-muted; }
        & > .log-view--file-0 { color: ansi_cyan; }
        & > .log-view--file-1 { color: ansi_yellow; }
        & > .log-view--file-2 { color: ansi_magenta; }
        & > .log-view--file-3 { color: ansi_green; }
        & > .log-view--file-4 { color: ansi_blue; }
        & > .log-view--file-5 { color: ansi_red; }
    }
    """

    def __init__(
        self, source: LineSource | None = None, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(source, monotonic=monotonic)
        self._base = source
        self._filter: FilteredLines | None = None
        self.looks = LineStyles(TimestampParser())
        self.stripe: Callable[[int], tuple[str, str]] | None = None
        self.annotate: Callable[[int], str] | None = None
        self.marked: set[int] = set()
        self.is_whole: Callable[[], bool] = lambda: False
        self._numbers = False
        self._cache: dict[int, tuple[str, str, Shown]] = {}
        self.errors = ErrorFinder(self, lambda: self.looks.rules, self.matches.run)

    # What it shows

    def set_source(self, source: LineSource | None) -> None:
        """Show another log, following its newest lines."""
        self._base = source
        self.marked.clear()
        self._layout.left = 0
        self._follow = True
        self._show(source, None)

    def _show(self, source: LineSource | None, only: FilteredLines | None) -> None:
        self._source, self._filter = source, only
        self._cache.clear()
        self.errors.forget()
        self._asked_above = None
        self._seen_end = self.end
        self.matches.restart()
        self.note_new_lines()

    @property
    def base(self) -> LineSource:
        """The whole log, whatever is filtered out of it."""
        return self._base or NOTHING

    @property
    def shown(self) -> LineSource:
        """The lines that are shown."""
        return self._source or NOTHING

    def show_top(self, number: int) -> None:
        """Bring a line to the top of the view."""
        self._set_follow(False)
        self.window.top = (max(number, self.first), 0)
        self.settle()
        self.follow_reader()

    @property
    def filter(self) -> FilteredLines | None:
        """What only some lines are shown of."""
        return self._filter

    def show_only(
        self, find: FindLines | None, context: int = 0, *, describe: Callable[[int, int], str] | None = None
    ) -> None:
        """Show only the lines of the source that ``find`` finds, or all; the reader stays where they are.

        ``describe`` puts lines left out into words.
        """
        if self._base is None:
            return
        here = self.find_origin(self.window.top[0]) if self.first < self.end else self._base.end
        ends = self.selecting.ends
        selected = tuple(map(self.find_origin, ends)) if ends is not None and self.first < self.end else None
        if find is None:
            self._show(self._base, None)
            self.window.top = (here, 0)
        else:
            start = max(self._base.first, min(here, self._base.end))
            only = FilteredLines(self._base, find, start, context, describe)
            if selected is not None:
                only.look_at(selected)
            self._show(only, only)
            self.matches.run()
            self.window.top = (only.find_place(here), 0)
        if selected is not None:
            self.selecting.renumber(*map(self.find_place, selected))
        self.settle()

    def find_origin(self, number: int) -> int:
        """Return the number in the source of a line shown."""
        if self._filter is None:
            return number
        return self._filter.find_origin(min(max(number, self._filter.first), self._filter.end - 1))

    def find_number_in_log(self, number: int) -> int | None:
        """Return the number in the log of a line shown, from 1; None where its beginning is not held."""
        return self.find_origin(number) - self.base.first + 1 if self.is_whole() else None

    def find_place(self, origin: int) -> int:
        """Return the number by which a line of the source is shown."""
        return origin if self._filter is None else self._filter.find_place(origin)

    def get_line_text(self, number: int) -> LineText:
        return self._read_shown(number).line

    def _read_shown(self, number: int) -> Shown:
        source = self._source
        if source is None or not source.first <= number < source.end:
            return Shown(LineText(""))
        line = source.get_line(number)
        note = self.annotate(self.find_origin(number)) if self.annotate is not None else ""
        kept = self._cache.get(number)
        if kept is not None and kept[0] == line.text and kept[1] == note:
            return kept[2]
        if len(self._cache) > _KEPT_LINES:
            self._cache.clear()
        shown = self.looks.build_shown(line, note)
        self._cache[number] = (line.text, note, shown)
        return shown

    def get_copied_text(self, number: int) -> str:
        """Return a line as it is copied: a record in JSON as the log has it."""
        shown = self._read_shown(number)
        return shown.copied or shown.line.text

    def get_copied_source_text(self, origin: int) -> str:
        """Return a line of the whole log as it is copied, by its number there."""
        shown = self.looks.build_shown(self.base.get_line(origin), "")
        return shown.copied or shown.line.text

    def find_line_in_hand(self) -> int:
        """Return the number of the line to open: selected, found, an error, the newest or at the top."""
        if self.selecting.active:
            return self.selecting.at
        here = self.find_here()
        return self.end - 1 if self.follow and here == self.window.top[0] else here

    def read_whole_line(self, number: int) -> list[str]:
        """Return the whole of a line, a record in JSON over several lines."""
        line = self._source.get_line(number) if self._source else NOTHING.get_line(number)
        return format_record(render_plain_text(line.text, whole=True))

    def read_plain_lines(self, begin: int, end: int) -> list[str]:
        texts = self._source.list_texts(begin, end) if self._source else ()
        return [text if text.isascii() and text.isprintable() else render_plain_text(text) for text in texts]

    def get_line_label(self, number: int) -> Label:
        parts: list[tuple[str, str]] = []
        origin = self.find_origin(number) if self.stripe or self.marked or self._numbers else number
        if self.stripe is not None:
            parts.append(self.stripe(origin))
        if self.marked:
            parts.append(("◆ " if origin in self.marked else "  ", "log-view--bookmark"))
        if self._numbers:
            known = self.find_number_in_log(number)
            parts.append((f"{origin if known is None else known:>7} ", "line-pane--number"))
        if self.looks.apart:
            parts.append((f"{self._read_shown(number).time} ", "log-view--time"))
        return tuple(parts)

    def toggle_json(self) -> bool:
        """Show records in JSON with the message first, or as they are; return which."""
        self.looks.json = not self.looks.json
        self._cache.clear()
        self.settle()
        return self.looks.json

    def show_times(self, times: Times) -> None:
        """Show times in another way."""
        self.looks.times = times
        self._cache.clear()
        self.settle()

    @property
    def numbers(self) -> bool:
        """Whether line numbers are shown."""
        return self._numbers

    @numbers.setter
    def numbers(self, numbers: bool) -> None:
        self._numbers = numbers
        self.settle()

    def _set_follow(self, follow: bool) -> None:
        if not follow and self.errors.search is None:
            self.errors.begin()
            self.call_later(self.matches.run)
        super()._set_follow(follow)

    def _map(self) -> list[int]:
        return [] if self._follow else self.errors.compute_density(self.size.height)

    # Searching

    def list_other_searches(self) -> Sequence[LineSearch]:
        return (self.errors.search,) if self.errors.search else ()

    @property
    def filter_pending(self) -> bool:
        return self._filter is not None and not self._filter.complete

    def step_filter(self, spent: Callable[[], bool], /) -> bool:
        if self._filter is None:
            return False
        before = (self._filter.first, self._filter.end)
        more = self._filter.step(spent)
        if before != (self._filter.first, self._filter.end) and self.is_attached:
            self.call_later(self.note_new_lines)
        return more

    def show_line(self, number: int) -> None:
        self._set_follow(False)
        super().show_line(number)

    # Marks

    def find_current_line(self) -> int | None:
        """Return the number of the current match, else of the current error, if it is in view."""
        in_view = [place[0] for place in self.window.list_places()]
        for number in (self.matches.search_state.current, self.errors.current):
            if number in in_view and number is not None:
                return number
        return None

    def find_here(self) -> int:
        """Return the number of the line that is meant: selected, found, an error, or at the top."""
        found = self.find_current_line()
        return self.window.top[0] if found is None else found

    def toggle_mark(self) -> bool:
        """Mark the line that is meant, or take its mark back; whether it is marked now."""
        origin = self.find_origin(self.find_here())
        self.marked ^= {origin}
        self.settle()
        return origin in self.marked

    def go_to_next_marked(self) -> bool:
        """Go to the next marked line, after the last to the first; whether there is one."""
        if not self.marked:
            return False
        here = self.find_origin(self.window.top[0])
        later = [number for number in self.marked if number > here]
        place = self.find_place(min(later or self.marked))
        self.show_top(place)
        return True
