"""Panes of lines, which can be searched and wrapped; those that are fetched again and again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from textual import events
from textual.widget import Widget

from matui.base.errors import MatuiError
from matui.console.commands.registry import build_bindings
from matui.console.lines.view import LineView, Spans, run_line_command, search_in
from matui.console.panes.base import Pane, PolledPane
from matui.console.panes.rendering import render_error
from matui.console.session import ConsoleSession
from matui.live.poll.poller import PolledValue
from matui.resources.model import Resource

T = TypeVar("T")


class LinesPane(Pane):
    """Shows lines, which can be searched and wrapped."""

    HINTS: tuple[str, ...] = ("wrap",)
    SCOPES: tuple[str, ...] = ("lines",)
    BINDINGS = [*build_bindings("lines")]

    def __init__(self, session: ConsoleSession, resource: Resource) -> None:
        super().__init__(session, resource)
        self.view = LineView()

    def build_body(self) -> Widget:
        """Return the line view."""
        return self.view

    def search(self, text: str) -> tuple[str, bool]:
        """Look for ``text`` in the lines."""
        return search_in(self, self.view, text)

    def run_command(self, command_id: str) -> None:
        """Move among matches, wrap, or go to an end."""
        if words := run_line_command(self.view, command_id):
            self.show_notice(words)


class PolledLinesPane(LinesPane, PolledPane[T]):
    """Shows what was last fetched as lines. A subclass says what to fetch and how to put it."""

    def __init__(self, session: ConsoleSession, resource: Resource) -> None:
        super().__init__(session, resource)
        self._value: T | None = None
        self._failure: MatuiError | None = None

    def build_lines(self, value: T) -> Sequence[Spans]:
        """Put the content into lines."""
        raise TypeError(f"{type(self).__name__} cannot show {value!r}")

    def begin(self) -> None:
        """Start fetching."""
        self.view.set_lines([(("  loading …", "muted"),)])
        super().begin()

    def set_utc(self, utc: bool) -> None:
        """Show times in the other zone."""
        super().set_utc(utc)
        self.show_value()

    def on_resize(self, _event: events.Resize) -> None:
        """Lay the lines out anew for the new width."""
        self.show_value()

    def show_value(self) -> None:
        """Show the content as it was last fetched, or why there is none."""
        if self._value is not None:
            self.view.set_lines(self.build_lines(self._value))
        elif self._failure is not None:
            self.view.set_lines(render_error(self._failure, self.size.width))

    def receive(self, state: PolledValue[T]) -> None:
        """Show the content, or why there is none."""
        if state.value is not None:
            self._value = state.value
        else:
            self._failure = state.freshness.error
        self.show_value()
        self.show_freshness(state.freshness)
