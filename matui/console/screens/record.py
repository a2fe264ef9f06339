"""One line of a log in full: a record in JSON indented, any other line wrapped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content

from matui.console.bars.text_bar import TextBar, append_hints
from matui.console.lines.view import LineView
from matui.console.terminal.clipboard import copy
from matui.console.terminal.screen import DiffModal

if TYPE_CHECKING:
    from matui.console.logs.view import LogView

_HINTS = ("n p next, previous line", "c copy", "esc close")


class RecordScreen(DiffModal[None]):
    """Shows line ``number`` of a log, and its neighbours by key."""

    BINDINGS = [
        Binding("escape,q,enter", "close", "close"),
        Binding("n", "step(1)", "next line"),
        Binding("p", "step(-1)", "previous line"),
        Binding("c", "copy", "copy"),
    ]

    def __init__(self, lines: LogView, number: int) -> None:
        super().__init__()
        self._lines = lines
        self._number = number
        self._title = TextBar(id="help-title")
        self._view = LineView(wrap=True)

    def compose(self) -> ComposeResult:
        """Lay out the title and the line."""
        with Vertical(id="dialog", classes="help"):
            yield self._title
            yield self._view

    def on_mount(self) -> None:
        """Show the line."""
        self._view.focus()
        self._show()

    def on_resize(self) -> None:
        """Fit the title to the width, once the dialog has been resized."""
        self.call_after_refresh(self._show_title)

    def _show_title(self) -> None:
        known = self._lines.find_number_in_log(self._number)
        title = Content.styled("Line" if known is None else f"Line {known:,}", "bold")
        self._title.show(append_hints(title, _HINTS, self._title.size.width))

    def _show(self) -> None:
        self._number = max(self._lines.first, min(self._number, self._lines.end - 1))
        self._show_title()
        lines = self._lines.read_whole_line(self._number)
        self._view.set_lines([((line, ""),) for line in lines], home=True)

    def action_step(self, step: int) -> None:
        """Show the line ``step`` places on."""
        self._number += step
        self._show()

    def action_copy(self) -> None:
        """Copy the line as the log has it."""
        copy(self.app, self._lines.get_copied_text(self._number), "the line")
