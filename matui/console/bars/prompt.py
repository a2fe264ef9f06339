"""The prompt at the bottom: an input line for a filter, a search or a command."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input

from matui.base.text.cells import cut, measure_width, wrap_cells
from matui.config.keymap import DEFAULT_KEYS
from matui.console.bars.text_bar import TextBar
from matui.console.kept_state import HasHistory, HistoryWalk, PromptHistory
from matui.console.messages import LineCancelled, LineChanged, LineCompletion, LineRecall, LineSubmitted, Mode
from matui.console.terminal.spelling import SpelledStatic

_MOST_ROWS = 3  # of a remark
PROMPT_KEY = Binding(DEFAULT_KEYS["command"], "app.open_prompt", "command", show=False, id="command")
_LABELS: dict[Mode, str] = {
    "filter": "filter",
    "search": "search",
    "command": ":",
    "only": "only",
    "goto_time": "go to",
    "pipe": "pipe to",
    "alert": "alert on",
    "save": "save to",
    "acknowledge": "note",
    "palette": "command",
}


def _wrap(words: str, width: int) -> list[str]:
    lines = wrap_cells(words, width)
    if len(lines) <= _MOST_ROWS:
        return lines
    return [*lines[: _MOST_ROWS - 1], cut(" ".join(lines[_MOST_ROWS - 1 :]), width)]


class _PromptInput(Input):
    """An input of one row, where tab completes."""

    BINDINGS = [
        Binding("tab", "complete", show=False, priority=True),
        Binding("up", "recall(-1)", show=False),
        Binding("down", "recall(1)", show=False),
        Binding("ctrl+j", "submit", show=False),  # a newline that a terminal pastes as a key
        Binding("escape", "cancel", show=False, priority=True),
    ]

    def __init__(self) -> None:
        super().__init__(select_on_focus=False)
        self.cursor_blink = False
        self.mode: Mode = "filter"

    def action_complete(self) -> None:
        self.post_message(LineCompletion())

    def action_cancel(self) -> None:
        self.post_message(LineCancelled())

    def action_recall(self, step: int) -> None:
        self.post_message(LineRecall(step))

    async def action_submit(self) -> None:
        self.post_message(LineSubmitted(self.mode, self.value))


class InputBar(Vertical):
    """A label, the input and a remark, below suggestions. Hidden until it is opened.

    The remark stands at the right of what is typed where there is room for both, else on lines above.
    """

    DEFAULT_CSS = """
    InputBar { height: auto; display: none; background: $panel; }
    InputBar.open { display: block; }
    InputBar Horizontal { height: 1; }
    InputBar .suggestions { display: none; }
    InputBar.suggesting .suggestions { display: block; }
    InputBar .above { display: none; }
    InputBar.remarking .above { display: block; }
    InputBar .prompt { width: auto; color: $accent; text-style: bold; padding: 0 1 0 1; }
    InputBar _PromptInput { border: none; height: 1; padding: 0; width: 1fr; background: $panel; }
    InputBar _PromptInput:focus { border: none; }
    InputBar .said { color: $text-muted; padding: 0 1; }
    InputBar .beside { width: auto; }
    InputBar .said.wrong { color: $text-error; }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._label = TextBar(classes="prompt")
        self._line = _PromptInput()
        self._words = ""
        self._beside = TextBar(classes="said beside")
        self._above = SpelledStatic(classes="said above")
        self._wrapped: list[str] = []
        self._suggestions = TextBar(classes="suggestions")
        self._walk: HistoryWalk | None = None

    def compose(self) -> ComposeResult:
        """Lay out suggestions and a long remark above label, input and remark."""
        yield self._suggestions
        yield self._above
        with Horizontal():
            yield self._label
            yield self._line
            yield self._beside

    @property
    def mode(self) -> Mode:
        """The purpose of the line."""
        return self._line.mode

    @property
    def is_open(self) -> bool:
        """Whether it is on the screen."""
        return self.has_class("open")

    @property
    def text(self) -> str:
        """The text typed so far."""
        return self._line.value

    def open(self, mode: Mode, text: str = "") -> None:
        """Show the bar with ``text`` in it, and focus it."""
        self._line.mode = mode
        self._walk = None
        self.suggest(())
        self._label.show(Content(_LABELS[mode]))
        self.show_notice("")
        with self.prevent(Input.Changed):
            self._line.value = text
        self._line.cursor_position = len(text)
        self.add_class("open")
        self.screen.set_focus(self._line)  # at once: the next key may have been typed already

    def close(self) -> None:
        """Hide the bar."""
        self.remove_class("open")

    def replace(self, text: str) -> None:
        """Put ``text`` into the line, as completion does."""
        self._line.value = text
        self._line.cursor_position = len(text)

    def show_notice(self, words: str, *, wrong: bool = False) -> None:
        """Show a remark."""
        self._words = words
        for bar in (self._beside, self._above):
            bar.set_class(wrong, "wrong")
        self._place_remark()

    def _place_remark(self) -> None:
        width = self.size.width or self.app.size.width
        typed = measure_width(_LABELS[self.mode]) + 2 + measure_width(self.text) + 1  # the cursor
        fits = typed + measure_width(self._words) + 2 <= width
        self.set_class(bool(self._words) and not fits, "remarking")
        self._beside.show(Content(self._words if fits else ""))
        wrapped = [] if fits else _wrap(self._words, width - 2)
        if wrapped != self._wrapped:
            self._wrapped = wrapped
            self._above.update(Content("\n".join(wrapped)))

    def on_resize(self) -> None:
        """Place the remark anew."""
        self._place_remark()

    def suggest(self, words: Sequence[str], current: int = -1) -> None:
        """Show suggestions above the line, as many as fit; ``current`` is the one that is in the line."""
        self.set_class(bool(words), "suggesting")
        room, shown = self.size.width or self.app.size.width, list[Content]()
        for at, word in enumerate(words):
            room -= measure_width(word) + 2
            if room < 0:
                break
            style = "bold $cursor-text on $cursor" if at == current else "$text-muted"
            shown.append(Content.styled(f" {word} ", style))
        self._suggestions.show(Content("").join(shown))

    @property
    def _history(self) -> PromptHistory | None:
        return self.app.history if isinstance(self.app, HasHistory) else None

    @property
    def has_history(self) -> bool:
        """Whether there are earlier entries for what is typed here."""
        return self._history is not None and bool(self._history.list_entries(self.mode))

    @on(LineRecall)
    def _recall(self, event: LineRecall) -> None:
        event.stop()
        if self._walk is None and self._history is not None:
            self._walk = HistoryWalk(self._history.list_entries(self.mode), self.text)
        text = self._walk.step(event.step) if self._walk is not None else None
        if text is not None:
            walk = self._walk
            self.replace(text)
            self._walk = walk

    @on(Input.Changed)
    def _announce_change(self, event: Input.Changed) -> None:
        event.stop()
        self._place_remark()
        self.post_message(LineChanged(self.mode, event.value))

    @on(LineSubmitted)
    def _remember(self, event: LineSubmitted) -> None:
        if self._history is not None and event.mode != "palette":
            self._history.add(event.mode, event.text)

    @on(events.Click)
    def _keep_open(self, event: events.Click) -> None:
        event.stop()


class LocalPrompt(InputBar):
    """Calls ``change`` with the text typed, ``""`` when cancelled, and gives the focus back to ``body``."""

    def __init__(self, body: Widget, change: Callable[[str], None]) -> None:
        super().__init__()
        self._body = body
        self._change = change

    def clear(self) -> None:
        """Drop what was typed, and close."""
        self._change("")
        self._finish()

    def _finish(self) -> None:
        self.close()
        self.screen.set_focus(self._body)  # at once: the next key may have been typed already

    @on(LineChanged)
    def _change_text(self, event: LineChanged) -> None:
        event.stop()
        self._change(event.text)

    @on(LineSubmitted)
    def _submit(self, event: LineSubmitted) -> None:
        event.stop()
        self._finish()

    @on(LineCancelled)
    def _cancel_line(self, event: LineCancelled) -> None:
        event.stop()
        self.clear()
