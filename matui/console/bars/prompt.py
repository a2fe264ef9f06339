"""The line at the bottom in which one types a filter, a search or a command.

What happens while one types into the bottom line: filter, search or command.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Input

from matui.base.errors import UsageError
from matui.console.bars.text_bar import TextBar
from matui.console.messages import LineCancelled, LineChanged, LineCompletion, LineSubmitted, Mode

if TYPE_CHECKING:
    from matui.console.commands.command_line import CommandLine
    from matui.console.panes.base import PaneHost
    from matui.console.table.kind_tables import KindTables, Selection

_PROMPTS: dict[Mode, str] = {
    "filter": "filter",
    "search": "search",
    "command": ":",
    "only": "only",
    "goto_time": "go to",
    "pipe": "pipe to",
    "alert": "alert on",
}


class _Line(Input):
    """An input of one row that knows no blinking cursor and gives tab to completion.

    Keys typed ahead of what enter leads to are held until that is known.
    """

    BINDINGS = [
        Binding("tab", "complete", show=False, priority=True),
        Binding("escape", "cancel", show=False, priority=True),
    ]

    _held: list[events.Key] | None = None

    def action_complete(self) -> None:
        self.post_message(LineCompletion())

    def action_cancel(self) -> None:
        self.post_message(LineCancelled())

    async def action_submit(self) -> None:
        # Letters wait in our own queue while a binding runs at once: enter must not overtake them.
        self.call_later(self._submit)

    async def _submit(self) -> None:
        self._held = []
        await super().action_submit()

    def on_key(self, event: events.Key) -> None:
        """Hold a key where the input would take it; otherwise Textual's handler follows."""
        if self._held is None:
            return
        self._held.append(event)
        event.stop()
        event.prevent_default()

    def release(self) -> None:
        """Give the keys that were held to whatever has the focus now."""
        held, self._held = self._held or [], None
        for event in held:
            again = events.Key(event.key, event.character)
            again.set_sender(self.app)  # as from the terminal: it is to bubble all the way up
            again.time = event.time  # a dialog that opens meanwhile goes by when it was typed
            self.app.post_message(again)


class InputBar(Horizontal):
    """A prompt, what is typed, and what matui says about it. Hidden until it is opened."""

    DEFAULT_CSS = """
    InputBar { height: 1; display: none; background: $panel; }
    InputBar.open { display: block; }
    InputBar .prompt { width: auto; color: $accent; text-style: bold; padding: 0 1 0 1; }
    InputBar _Line { border: none; height: 1; padding: 0; width: 1fr; background: $panel; }
    InputBar _Line:focus { border: none; }
    InputBar .said { width: auto; max-width: 60%; color: $text-muted; padding: 0 1; }
    InputBar .said.wrong { color: $text-error; }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.mode: Mode = "filter"
        self._prompt = TextBar(classes="prompt")
        self._line = _Line(select_on_focus=False)
        self._line.cursor_blink = False
        self._said = TextBar(classes="said")

    def compose(self) -> ComposeResult:
        """Lay out prompt, input and remark."""
        yield self._prompt
        yield self._line
        yield self._said

    @property
    def is_open(self) -> bool:
        """Whether it is on the screen."""
        return self.has_class("open")

    @property
    def text(self) -> str:
        """What is typed so far."""
        return self._line.value

    def open(self, mode: Mode, text: str = "") -> None:
        """Show the bar, ready to type, with ``text`` already in it."""
        self.mode = mode
        self._prompt.show(Content(_PROMPTS[mode]))
        self.say("")
        with self.prevent(Input.Changed):
            self._line.value = text
        self._line.cursor_position = len(text)
        self.add_class("open")
        self.screen.set_focus(self._line)  # at once: the next key may have been typed already

    def close(self) -> None:
        """Hide the bar."""
        self.remove_class("open")

    def release(self) -> None:
        """Let the keys typed after enter go where they are meant for, now that enter has done its work."""
        self._line.release()

    def replace(self, text: str) -> None:
        """Put ``text`` into the line, as completion does."""
        self._line.value = text
        self._line.cursor_position = len(text)

    def say(self, words: str, *, wrong: bool = False) -> None:
        """Remark on what is typed, at the right."""
        self._said.set_class(wrong, "wrong")
        self._said.show(Content(words))

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self.post_message(LineChanged(self.mode, event.value))

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        self.post_message(LineSubmitted(self.mode, event.value))

    @on(events.Click)
    def _stay(self, event: events.Click) -> None:
        event.stop()


class PromptHost(Protocol):
    """What the prompt may ask of the screen that shows it."""

    @property
    def input(self) -> InputBar:
        """The line in which one types."""
        ...

    def show_bars(self) -> None:
        """Update header, tabs, status and key bar."""
        ...

    def command_line(self) -> CommandLine:
        """Return the parser of commands, with the arguments known now."""
        ...

    async def run_command(self, command_id: str, argument: str = "") -> None:
        """Run a command."""
        ...


class TypingLine:
    """Applies a filter or a search while it is typed, and runs a command on enter."""

    def __init__(self, screen: PromptHost, tables: KindTables, panes: PaneHost, selection: Selection) -> None:
        self._screen = screen
        self._tables = tables
        self._panes = panes
        self._selection = selection
        self._completing: list[str] = []
        self._from_pane = False

    def open_in_pane(self, mode: Mode, text: str, hint: str) -> None:
        """Start typing what the open pane asks for."""
        self._from_pane = True
        self._screen.input.open(mode, text)
        self._screen.input.say(hint)

    def open_filter(self) -> None:
        """Start typing a filter, with the present one to begin with; in a pane of lines, a search."""
        screen = self._screen
        self._from_pane = self._selection.in_pane
        if self._selection.in_lines and self._panes.pane is not None:
            screen.input.open("search", self._panes.pane.search_text)
        else:
            screen.input.open("filter", self._tables.filter_text)
            self._say_rows()

    def open_command(self) -> None:
        """Start typing a command."""
        self._from_pane = self._selection.in_pane
        self._screen.input.open("command")
        self._screen.input.say("a kind, a command, profile NAME …   tab completes")

    def changed(self, mode: str, text: str) -> None:
        """Apply what is typed so far."""
        self._completing = []
        if mode == "filter":
            self.filter(text)
        elif mode == "search":
            self._search(text)
        elif mode != "command":
            self._in_pane(mode, text)
        else:
            found = self._screen.command_line().complete(text)
            self._screen.input.say("   ".join(found[:5]))

    def filter(self, text: str) -> None:
        """Filter the table; a term that means nothing is named and the others apply."""
        wrong = self._tables.set_filter(text)
        if wrong:
            self._screen.input.say(wrong[0], wrong=True)
        else:
            self._say_rows()
        self._screen.show_bars()

    def _say_rows(self) -> None:
        table = self._tables.table
        if table is not None:
            self._screen.input.say(f"{table.row_count:,} of {table.total:,}")

    def _search(self, text: str) -> None:
        pane = self._panes.pane
        if pane is not None:
            said, wrong = pane.search(text)
            self._screen.input.say(said, wrong=wrong)

    def _in_pane(self, mode: str, text: str) -> None:
        pane = self._panes.pane
        if pane is not None:
            said, wrong = pane.typing(mode, text)
            self._screen.input.say(said, wrong=wrong)

    async def submitted(self, mode: str, text: str) -> None:
        """Enter: a filter or search stays, a command is run."""
        if mode != "command":
            pane = self._panes.pane
            wrong = pane.entered(mode, text) if pane is not None and mode != "filter" else ""
            if wrong:
                self._screen.input.say(wrong, wrong=True)
            else:
                self.leave()
            return
        try:
            typed = self._screen.command_line().parse(text)
        except UsageError as error:
            self._screen.input.say(str(error), wrong=True)
            return
        self.leave()
        await self._screen.run_command(typed.verb, typed.argument)

    def cancelled(self) -> None:
        """Escape: nothing of what was typed stays."""
        mode = self._screen.input.mode
        if mode == "filter":
            self.filter("")
        elif mode == "search":
            self._search("")
        self.leave()

    def complete(self) -> None:
        """Tab: put the next completion into the line."""
        if self._screen.input.mode != "command":
            return
        if not self._completing:
            self._completing = self._screen.command_line().complete(self._screen.input.text)
        if self._completing:
            choice = self._completing.pop(0)
            with self._screen.input.prevent(LineChanged):
                self._screen.input.replace(choice)

    def leave(self) -> None:
        """Close the line and give the focus back to where it was."""
        screen = self._screen
        screen.input.close()
        if self._from_pane and self._panes.pane is not None:
            self._panes.pane.focus_body()
        elif self._tables.table is not None:
            self._tables.table.focus()
        screen.show_bars()
