"""The prompt at the bottom: an input line for a filter, a search or a command."""

from __future__ import annotations

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Input

from matui.console.bars.text_bar import TextBar
from matui.console.messages import LineCancelled, LineChanged, LineCompletion, LineSubmitted, Mode

_LABELS: dict[Mode, str] = {
    "filter": "filter",
    "search": "search",
    "command": ":",
    "only": "only",
    "goto_time": "go to",
    "pipe": "pipe to",
    "alert": "alert on",
    "save": "save to",
}


class _Line(Input):
    """An input of one row, where tab completes.

    Keys that are typed after enter are held until what enter started has finished.
    """

    BINDINGS = [
        Binding("tab", "complete", show=False, priority=True),
        Binding("escape", "cancel", show=False, priority=True),
    ]

    _held: list[events.Key | events.Paste] | None = None

    def action_complete(self) -> None:
        self.post_message(LineCompletion())

    def action_cancel(self) -> None:
        self.post_message(LineCancelled())

    async def action_submit(self) -> None:
        # A binding runs at once while letters are queued: enter must not overtake them.
        self.call_later(self._submit)

    async def _submit(self) -> None:
        self._held = []
        await super().action_submit()

    def on_key(self, event: events.Key) -> None:
        """Hold a key after enter; before it, Textual's handler follows."""
        self._hold(event)

    def on_paste(self, event: events.Paste) -> None:
        """Hold a paste after enter; before it, Textual's handler follows."""
        self._hold(event)

    def _hold(self, event: events.Key | events.Paste) -> None:
        if self._held is not None:
            self._held.append(event)
            event.stop()
            event.prevent_default()

    def release(self) -> None:
        """Pass the held keys and pastes to what has the focus now."""
        held, self._held = self._held or [], None
        for event in held:
            if isinstance(event, events.Key):
                again: events.Key | events.Paste = events.Key(event.key, event.character)
            else:
                again = events.Paste(event.text)
            again.set_sender(self.app)  # as from the terminal, so that it bubbles to the application
            again.time = event.time  # a dialog ignores keys that were typed before it opened
            self.app.post_message(again)


class InputBar(Horizontal):
    """A label, the input and a remark at the right. Hidden until it is opened."""

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
        self._label = TextBar(classes="prompt")
        self._line = _Line(select_on_focus=False)
        self._line.cursor_blink = False
        self._remark = TextBar(classes="said")

    def compose(self) -> ComposeResult:
        """Lay out label, input and remark."""
        yield self._label
        yield self._line
        yield self._remark

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
        self.mode = mode
        self._label.show(Content(_LABELS[mode]))
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
        """Pass the keys typed after enter to what has the focus now."""
        self._line.release()

    def replace(self, text: str) -> None:
        """Put ``text`` into the line, as completion does."""
        self._line.value = text
        self._line.cursor_position = len(text)

    def say(self, words: str, *, wrong: bool = False) -> None:
        """Show a remark at the right."""
        self._remark.set_class(wrong, "wrong")
        self._remark.show(Content(words))

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
