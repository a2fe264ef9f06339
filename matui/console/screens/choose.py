"""A dialog with a list to choose from: workspaces, log files, topics."""

from __future__ import annotations

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from matui.console.terminal.screen import DiffModal
from matui.console.terminal.spelling import SpelledStatic, spell_for


class ChooseScreen(DiffModal[str | None]):
    """Asks for one of several choices, pairs of value and text. None when cancelled."""

    BINDINGS = [
        Binding("escape,q", "close", "cancel"),
        Binding("j", "move(1)", show=False),
        Binding("k", "move(-1)", show=False),
    ]

    def __init__(
        self, title: str, choices: Sequence[tuple[str, str]], current: str = "", *, one_line: bool = False
    ) -> None:
        """With ``one_line`` the dialog is wide, and a text that does not fit is cut, not wrapped."""
        super().__init__()
        self._shape = "choose one-line" if one_line else "choose"
        self._title = title
        self._choices = choices
        self._current = current

    def compose(self) -> ComposeResult:
        """Lay out the title and the choices."""
        with Vertical(id="dialog", classes=self._shape):
            yield SpelledStatic(
                Content.assemble((self._title, "bold"), ("   esc cancels", "$text-muted")), id="question"
            )
            options = [
                Option(spell_for(self, self._format_choice(value, words))) for value, words in self._choices
            ]
            choices = OptionList(*options, id="choices")
            values = [value for value, _ in self._choices]
            choices.highlighted = values.index(self._current) if self._current in values else 0
            yield choices

    def _format_choice(self, value: str, words: str) -> Content:
        mark = ("● ", "$accent") if value == self._current else "  "
        return Content.assemble(mark, words)

    @on(OptionList.OptionSelected)
    def _choose(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.dismiss(self._choices[event.option_index][0])

    def action_move(self, step: int) -> None:
        """Move the highlight."""
        choices = self.query_one(OptionList)
        choices.action_cursor_down() if step > 0 else choices.action_cursor_up()
