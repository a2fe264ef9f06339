"""Base of the screens of one text: a title, the lines, and a search; the guide, topic by topic."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content

from matui.console.bars.prompt import PROMPT_KEY, LocalPrompt
from matui.console.bars.text_bar import TextBar, append_hints
from matui.console.lines.view import LineView, Spans, run_line_command, search_in
from matui.console.screens.dialogs import ChooseScreen
from matui.console.terminal.screen import DiffScreen
from matui.guide import TOPICS, list_topics, read_topic
from matui.guide.rendering import render_text

_WIDEST = 120


class TextScreen(DiffScreen[None]):
    """Shows lines that are fitted to the width, below a title of the ``label``, a heading and hints."""

    label: ClassVar[str]
    hints: Sequence[str]
    AUTO_FOCUS = ""
    BINDINGS = [
        Binding("escape", "back", "clear the search, go back"),
        Binding("q", "close", "go back"),
        Binding("slash", "search", "search"),
        Binding("n", "line('next_match')", "next match"),
        Binding("N", "line('previous_match')", "previous match"),
        Binding("W", "line('wrap')", "wrap long lines, and back"),
        PROMPT_KEY,
    ]

    def __init__(self, view_id: str, *, wrap: bool = False) -> None:
        super().__init__()
        self._title = TextBar(classes="pane-title")
        self._view = LineView(id=view_id, wrap=wrap)
        self._input = LocalPrompt(self._view, self._search)
        self.search_text = ""

    @abstractmethod
    def build_lines(self, width: int) -> Sequence[Spans]:
        """Return the text as lines of at most ``width`` cells."""

    @abstractmethod
    def build_heading(self) -> str:
        """Return what stands in the title behind the label."""

    def compose(self) -> ComposeResult:
        """Lay out the title, the text and the line to search with."""
        yield self._title
        yield self._view
        yield self._input

    def on_mount(self) -> None:
        """Show the text."""
        self._view.focus()

    def on_resize(self, _event: events.Resize) -> None:
        """Fit the title and the text to the width."""
        self.show_lines()
        self.show_title()

    def show_title(self) -> None:
        """Show the title."""
        title = Content.assemble(
            (f" {self.label} ", "bold $cursor-text on $cursor"), (f"  {self.build_heading()}", "bold")
        )
        self._title.show(append_hints(title, self.hints, self.size.width))

    def show_lines(self, *, home: bool = False) -> None:
        """Show the lines, from the first one with ``home``."""
        self._view.set_lines(list(self.build_lines(self.size.width - 2)), home=home)

    def action_line(self, command_id: str) -> None:
        """Move among the matches, or wrap; show why nothing has changed."""
        if words := run_line_command(self._view, command_id):
            self.notify(words, markup=False)

    def action_search(self) -> None:
        """Type what to search for."""
        self._input.open("search")

    def _search(self, text: str) -> None:
        words, wrong = search_in(self, self._view, text)
        self._input.show_notice(words, wrong=wrong)

    def action_back(self) -> None:
        """Clear the selection, the search, or go back: the first that applies."""
        if self.drop_selection():
            return
        if self.search_text:
            self._input.clear()
        else:
            self.dismiss(None)


def render_markdown_lines(text: str, width: int) -> list[Spans]:
    """Return Markdown as lines of at most ``width`` cells; what has a rule below it is a title."""
    lines = render_text(text, min(width, _WIDEST)).splitlines()
    rules = [bool(line) and not line.strip("-= ") for line in lines]
    styles = ["title" if is_ruled else "" for is_ruled in (*rules[1:], False)]
    return [
        ((line, "muted" if is_rule else style),)
        for line, is_rule, style in zip(lines, rules, styles, strict=True)
    ]


def choose_topic() -> ChooseScreen:
    """Return the list of topics to choose from."""
    topics = [(topic.name, f"{topic.name:<15}{topic.summary}") for topic in list_topics()]
    return ChooseScreen("Guide", topics, one_line=True)


class GuideScreen(TextScreen):
    """Shows one topic; ``[`` and ``]`` show the topics before and after it."""

    label = "guide"
    hints = ("/ searches", "[ ] other topics", "esc closes")
    BINDINGS = [
        Binding("left_square_bracket", "topic(-1)", "previous topic"),
        Binding("right_square_bracket", "topic(1)", "next topic"),
    ]

    def __init__(self, topic: str) -> None:
        super().__init__("guide-lines")
        self._topic = read_topic(topic)

    def build_lines(self, width: int) -> Sequence[Spans]:
        """Return the topic."""
        return render_markdown_lines(self._topic.text, width)

    def build_heading(self) -> str:
        """Return the name of the topic."""
        return self._topic.name

    def action_topic(self, step: int) -> None:
        """Show the topic that is ``step`` further in reading order."""
        at = (TOPICS.index(self._topic.name) + step) % len(TOPICS)
        self._topic = read_topic(TOPICS[at])
        self.show_title()
        self.show_lines(home=True)
