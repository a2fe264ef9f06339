"""The help screen, with the keys that work here and why others do not, and the screen of a guide's topic."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content

from matui.base.cells import cut
from matui.console.bars.prompt import LocalPrompt
from matui.console.bars.text_bar import TextBar
from matui.console.lines.view import LineView, Spans
from matui.console.screens.choose import ChooseScreen
from matui.console.screens.help_text import HelpEntry, filter_entries, format_entries
from matui.console.screens.text_screen import TextScreen, markdown_lines
from matui.console.terminal.screen import DiffModal
from matui.guide import TOPICS, all_topics, read_topic

_KEYS = "   / filter · tab guide · esc close"


class HelpScreen(DiffModal[None]):
    """Lists the keys by group, in two columns where there is room; ``/`` filters them."""

    AUTO_FOCUS = ""
    BINDINGS = [
        Binding("escape", "back", "back"),
        Binding("q,question_mark", "close", "close"),
        Binding("slash", "filter", "filter"),
        Binding("tab", "guide", "guide", priority=True),
        Binding("space", "page(1)", show=False),
        Binding("b", "page(-1)", show=False),
    ]

    def __init__(self, entries: Sequence[HelpEntry]) -> None:
        super().__init__()
        self._entries = entries
        self._filter = ""
        self._title = TextBar(id="help-title")
        self._view = LineView(id="help-lines")
        self._input = LocalPrompt(self._view, self._set_filter)

    def compose(self) -> ComposeResult:
        """Lay out the title, the keys and the prompt."""
        with Vertical(id="dialog", classes="help"):
            yield self._title
            yield self._view
            yield self._input

    def on_mount(self) -> None:
        """Focus the keys; they are laid out when the size is known."""
        self._view.focus()

    def on_resize(self, _event: events.Resize) -> None:
        """Lay the keys out for the width, once the dialog has been resized."""
        self.call_after_refresh(self._show)

    def _show(self, *, home: bool = False) -> None:
        if not self._view.size.width:
            return
        found = filter_entries(self._entries, self._filter)
        count = f"  {len(found)} of {len(self._entries)}" if self._filter else ""
        keys = cut(_KEYS, self._view.size.width - len(f"Keys{count}"))
        self._title.show(Content.assemble(("Keys", "bold"), (count, "$accent"), (keys, "$text-muted")))
        lines = format_entries(found, self._view.size.width - 1)
        self._view.set_lines(lines or [(("  Nothing matches.", "muted"),)], home=home)

    def action_filter(self) -> None:
        """Type what to filter by."""
        self._input.open("filter", self._filter)

    def _set_filter(self, text: str) -> None:
        self._filter = text.strip()
        self._show(home=True)

    def action_page(self, pages: int) -> None:
        """Scroll by pages."""
        self._view.action_scroll_pages(pages)

    def action_guide(self) -> None:
        """Choose a topic of the guide, and read it."""

        def show(topic: str | None) -> None:
            if topic is not None:
                self.app.push_screen(GuideScreen(topic))

        self.app.push_screen(choose_topic(), show)

    def action_back(self) -> None:
        """Clear the selection, the filter, or close the help: the first that applies."""
        if self.drop_selection():
            return
        if self._filter:
            self._input.clear()
        else:
            self.dismiss(None)

    def action_close(self) -> None:
        """Close the help."""
        self.dismiss(None)


def choose_topic() -> ChooseScreen:
    """Return the list of topics to choose from."""
    topics = [(topic.name, f"{topic.name:<15}{topic.summary}") for topic in all_topics()]
    return ChooseScreen("Guide", topics, one_line=True)


class GuideScreen(TextScreen):
    """Shows one topic; ``[`` and ``]`` show the topics before and after it."""

    BINDINGS = [
        Binding("left_square_bracket", "topic(-1)", "previous topic"),
        Binding("right_square_bracket", "topic(1)", "next topic"),
    ]

    def __init__(self, topic: str) -> None:
        super().__init__("guide-lines")
        self._topic = read_topic(topic)

    def lines(self, width: int) -> Sequence[Spans]:
        """Return the topic."""
        return markdown_lines(self._topic.text, width)

    def on_mount(self) -> None:
        """Show the topic."""
        super().on_mount()
        self._show_title()

    def _show_title(self) -> None:
        self._title.show(
            Content.assemble(
                (" guide ", "bold $cursor-text on $cursor"),
                (f"  {self._topic.name}", "bold"),
                ("   / searches · [ ] other topics · esc closes", "$text-muted"),
            )
        )

    def action_topic(self, step: int) -> None:
        """Show the topic that is ``step`` further in reading order."""
        at = (TOPICS.index(self._topic.name) + step) % len(TOPICS)
        self._topic = read_topic(TOPICS[at])
        self._show_title()
        self.show_lines(home=True)
