"""A pane of lines that grow: it follows the newest, or stays still under a reader."""

from __future__ import annotations

import time
from collections.abc import Callable

from textual.message import Message
from textual.timer import Timer

from matui.console.lines.pane import LinePane
from matui.console.logs.filter import LineSource
from matui.console.terminal.screen import DiffScreen

FLOOD_S = 0.25  # seconds between two repaints of a flooded log


class FollowPane(LinePane):
    """Shows a LineSource. Call ``note_new_lines`` after lines were added at either end or dropped."""

    class LogMessage(Message, namespace="log_view"):
        """Any message of a log view; ``view`` is its sender."""

        def __init__(self, view: FollowPane) -> None:
            super().__init__()
            self.view = view

        @property
        def control(self) -> FollowPane:
            """The view, for ``@on`` with a selector."""
            return self.view

    class NewBelow(LogMessage, namespace="log_view"):
        """Another number of lines came below the reader; see ``new_below``."""

    class ReachedTop(LogMessage, namespace="log_view"):
        """The first line held is in view: older ones are wanted."""

    class FollowChanged(LogMessage, namespace="log_view"):
        """Following was turned on or off."""

    def __init__(
        self, source: LineSource | None = None, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__()
        self._source = source
        self._monotonic = monotonic
        self._follow = True
        self._seen_end = 0
        self._posted_below = 0
        self._asked_above: int | None = None
        self._painted_at = float("-inf")
        self._pending: Timer | None = None

    @property
    def first(self) -> int:
        return self._source.first if self._source else 0

    @property
    def end(self) -> int:
        return self._source.end if self._source else 0

    # Following

    @property
    def follow(self) -> bool:
        """Whether the newest line is kept in view."""
        return self._follow

    @follow.setter
    def follow(self, follow: bool) -> None:
        if follow:
            self.window.top = self.window.find_bottom()
        self._set_follow(follow)
        self.follow_reader()

    @property
    def new_below(self) -> int:
        """The number of lines below those that the reader has seen since following stopped."""
        return 0 if self._follow else max(0, self.end - self._seen_end)

    @property
    def low_priority(self) -> bool:
        """Whether its rows may wait, on a slow line, for those that a key has changed."""
        return self._follow

    def note_new_lines(self) -> None:
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
        if self.is_attached and isinstance(self.screen, DiffScreen) and self.screen.has_deferred:
            # The terminal has not got all of the last repaint yet.
            self._pending = self.set_timer(FLOOD_S / 2, self._catch_up)
            return
        self._painted_at = self._monotonic()
        self.matches.run()
        if self._follow:
            self.window.top = self.window.find_bottom()
        else:
            self.window.settle()
        self.follow_reader()

    def show_newest(self) -> None:
        """Move to the newest line where it is followed, without waiting for the next repaint."""
        if self._follow:
            self.window.top = self.window.find_bottom()

    def scroll_lines(self, lines: int) -> None:
        if self.selecting.active or (lines < 0 and not self.window.at_top):
            self._set_follow(False)
        elif lines < 0:
            self._asked_above = None
        super().scroll_lines(lines)

    def action_top(self) -> None:
        if self.window.find_bottom() > (self.first, 0):
            self._set_follow(False)
        super().action_top()

    def action_bottom(self) -> None:
        if self.selecting.active:
            super().action_bottom()
        else:
            self.follow = True

    def action_follow(self) -> None:
        """Turn following on, or off."""
        self.follow = not self._follow

    def relayout(self) -> None:
        super().relayout()
        if self._follow:
            self.window.top = self.window.find_bottom()

    def settle(self) -> None:
        if self._follow:
            self.window.top = self.window.find_bottom()
        super().settle()

    def follow_reader(self) -> None:
        self.sync()
        self._post_new_below()
        if self.window.at_top and self._source is not None and self._asked_above != self.first:
            self._asked_above = self.first
            self.post_message(self.ReachedTop(self))

    def _set_follow(self, follow: bool) -> None:
        if follow != self._follow:
            self._seen_end = self.end
            self._follow = follow
            self.post_message(self.FollowChanged(self))

    def _post_new_below(self) -> None:
        if self._seen_end < self.end and (places := self.window.list_places()):
            self._seen_end = max(self._seen_end, places[-1][0] + 1)
        if self.new_below != self._posted_below:
            self._posted_below = self.new_below
            self.post_message(self.NewBelow(self))

    def _find_thumb(self) -> range:
        """While the newest line is followed there is nothing to show, and a thumb would cost bytes a line."""
        return range(0) if self._follow else super()._find_thumb()
