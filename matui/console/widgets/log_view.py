"""A log as it grows: drawn from a store of numbered lines, following the newest or still under a reader."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import ClassVar, Protocol

from textual.message import Message
from textual.timer import Timer

from matui.console.widgets.line_pane import LinePane
from matui.console.widgets.line_search import LineSearch
from matui.console.widgets.log_problems import ERROR, level
from matui.console.widgets.log_text import LineText, plain_text, read_line

FLOOD_S = 0.25  # seconds between two repaints of a flooded log
_KEPT_LINES = 1000


class SourceLine(Protocol):
    """A line as the cloud sent it; ``mark`` is ``""``, ``"gap"`` or ``"note"``."""

    @property
    def text(self) -> str: ...
    @property
    def mark(self) -> str: ...


class LineSource(Protocol):
    """Lines numbered ``first`` to ``end - 1``; a number always means the same line."""

    @property
    def first(self) -> int: ...
    @property
    def end(self) -> int: ...
    def line(self, number: int) -> SourceLine: ...


class LogView(LinePane):
    """Shows a LineSource. Tell it with ``source_changed`` after lines were added at either end or dropped."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"log-view--mark"}
    DEFAULT_CSS = """
    LogView { & > .log-view--mark { color: $text-muted; text-style: italic; } }
    """

    class LogMessage(Message, namespace="log_view"):
        """Any message of a log view; ``view`` is its sender."""

        def __init__(self, view: LogView) -> None:
            super().__init__()
            self.view = view

        @property
        def control(self) -> LogView:
            """The view, for ``@on`` with a selector."""
            return self.view

    class NewBelow(LogMessage, namespace="log_view"):
        """Another number of lines came below the reader; see ``new_below``."""

    class ReachedTop(LogMessage, namespace="log_view"):
        """The first line held is in view: older ones are wanted."""

    class FollowChanged(LogMessage, namespace="log_view"):
        """Following was turned on or off."""

    def __init__(
        self,
        source: LineSource | None = None,
        *,
        wrap: bool = False,
        numbers: bool = False,
        monotonic: Callable[[], float] = time.monotonic,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(wrap=wrap, id=id, classes=classes)
        self._source = source
        self._numbers = numbers
        self._monotonic = monotonic
        self._follow = True
        self._seen_end = 0
        self._said_below = 0
        self._asked_above: int | None = None
        self._painted_at = float("-inf")
        self._pending: Timer | None = None
        self._cache: dict[int, tuple[str, LineText]] = {}
        self._errors: LineSearch | None = None

    # What it shows

    def set_source(self, source: LineSource | None) -> None:
        """Show another log, following its newest lines."""
        self._source = source
        self._cache.clear()
        self._errors = None
        self._asked_above = None
        self._left = 0
        self._follow = True
        if self._search is not None:
            self.search(self._pattern)
        self.source_changed()

    @property
    def first(self) -> int:
        return self._source.first if self._source else 0

    @property
    def end(self) -> int:
        return self._source.end if self._source else 0

    def line_text(self, number: int) -> LineText:
        if self._source is None or not self.first <= number < self.end:
            return LineText("")
        line = self._source.line(number)
        kept = self._cache.get(number)
        if kept is not None and kept[0] is line.text:
            return kept[1]
        if len(self._cache) > _KEPT_LINES:
            self._cache.clear()
        shown = _shown(line)
        self._cache[number] = (line.text, shown)
        return shown

    def plain_line(self, number: int) -> str:
        return plain_text(self._source.line(number).text) if self._source else ""

    def line_label(self, number: int) -> str:
        return f"{number:>7} " if self._numbers else ""

    @property
    def numbers(self) -> bool:
        """Whether line numbers are shown."""
        return self._numbers

    @numbers.setter
    def numbers(self, numbers: bool) -> None:
        self._numbers = numbers
        self.settle()

    # Following

    @property
    def follow(self) -> bool:
        """Whether the newest line is kept in view."""
        return self._follow

    @follow.setter
    def follow(self, follow: bool) -> None:
        if follow:
            self.window.top = self.window.bottom()
        self._set_follow(follow)
        self.moved()

    @property
    def new_below(self) -> int:
        """How many lines came below what the reader has seen since following stopped."""
        return 0 if self._follow else max(0, self.end - self._seen_end)

    def source_changed(self) -> None:
        """Take note of other lines; the pane repaints at once when quiet, four times a second in a flood."""
        if self._pending is not None:
            return
        wait = self._painted_at + FLOOD_S - self._monotonic()
        if wait > 0 and self.is_attached:
            self._pending = self.set_timer(wait, self._catch_up)
        else:
            self._catch_up()

    def _catch_up(self) -> None:
        self._pending = None
        self._painted_at = self._monotonic()
        for search in (self._search, self._errors):
            if search is not None:
                self._step(search)
        if self._follow:
            self.window.top = self.window.bottom()
        else:
            self.window.settle()
        self.moved()

    def scroll_lines(self, lines: int) -> None:
        if lines < 0 and not self.window.at_top:
            self._set_follow(False)
        elif lines < 0:
            self._asked_above = None
        super().scroll_lines(lines)

    def action_top(self) -> None:
        if self.window.bottom() > (self.first, 0):
            self._set_follow(False)
        super().action_top()

    def action_bottom(self) -> None:
        self.follow = True

    def action_follow(self) -> None:
        """Turn following on, or off."""
        self.follow = not self._follow

    def resized(self) -> None:
        super().resized()
        if self._follow:
            self.window.top = self.window.bottom()

    def settle(self) -> None:
        if self._follow:
            self.window.top = self.window.bottom()
        super().settle()

    def moved(self) -> None:
        self.sync()
        self._tell_below()
        if self.window.at_top and self._source is not None and self._asked_above != self.first:
            self._asked_above = self.first
            self.post_message(self.ReachedTop(self))

    def _set_follow(self, follow: bool) -> None:
        if follow != self._follow:
            self._seen_end = self.end
            self._follow = follow
            self.post_message(self.FollowChanged(self))

    def _tell_below(self) -> None:
        places = self.window.places()
        if places:
            self._seen_end = max(self._seen_end, places[-1][0] + 1)
        if self.new_below != self._said_below:
            self._said_below = self.new_below
            self.post_message(self.NewBelow(self))

    def _thumb(self) -> range:
        """While the newest line is followed there is nothing to tell, and a thumb would cost bytes a line."""
        return range(0) if self._follow else super()._thumb()

    # Searching

    def _to_match(self, number: int | None) -> None:
        if number is not None:
            self._set_follow(False)
        super()._to_match(number)

    def next_error(self) -> None:
        """Go to the next line that looks like an error, after the last to the first."""
        if self._errors is None:
            self._errors = LineSearch(ERROR, self.plain_line, self.window.top[0])
        self._step(self._errors)
        current = self._current
        here = current if current is not None and current in self._errors.matches else self.window.top[0] - 1
        self._to_match(self._errors.after(here))


def _shown(line: SourceLine) -> LineText:
    text = read_line(line.text)
    if line.mark:
        return LineText(text.text, (), "log-view--mark", rule=True)
    bad = level(text.text)
    return LineText(text.text, text.spans, f"line-pane--{bad}" if bad else "")
