"""A topic of the user's guide, to read and search."""

from __future__ import annotations

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content

from matui.console.bars.prompt import InputBar
from matui.console.bars.text_bar import TextBar
from matui.console.lines.view import LineView, Spans
from matui.console.messages import LineCancelled, LineChanged, LineSubmitted
from matui.console.panes.text import run_line_command, search_in
from matui.console.screens.choose import ChooseScreen
from matui.console.terminal.screen import DiffScreen
from matui.guide import TOPICS, Topic, all_topics, read_topic
from matui.guide.rendering import render_text

_WIDEST = 120


def choose_topic() -> ChooseScreen:
    """Return the list of topics to choose from."""
    return ChooseScreen("Guide", [(topic.name, f"{topic.name:<15}{topic.summary}") for topic in all_topics()])


class GuideScreen(DiffScreen[None]):
    """Shows one topic; ``[`` and ``]`` show the topics before and after it."""

    AUTO_FOCUS = ""
    BINDINGS = [
        Binding("escape", "back", "back"),
        Binding("q", "close", "close"),
        Binding("slash", "search", "search"),
        Binding("n", "line('next_match')", "next match"),
        Binding("N", "line('previous_match')", "previous match"),
        Binding("left_square_bracket", "topic(-1)", "previous topic"),
        Binding("right_square_bracket", "topic(1)", "next topic"),
    ]

    def __init__(self, topic: str) -> None:
        super().__init__()
        self._topic = read_topic(topic)
        self._title = TextBar(classes="pane-title")
        self._view = LineView(id="guide-lines")
        self._input = InputBar()
        self.search_text = ""

    def compose(self) -> ComposeResult:
        """Lay out the title, the text and the line to search with."""
        yield self._title
        yield self._view
        yield self._input

    def on_mount(self) -> None:
        """Show the topic."""
        self._view.focus()
        self._show_title()

    def on_resize(self, _event: events.Resize) -> None:
        """Fit the text to the width."""
        self._view.set_lines(topic_lines(self._topic, self.size.width - 2))

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
        self._view.set_lines(topic_lines(self._topic, self.size.width - 2), home=True)

    def action_line(self, command_id: str) -> None:
        """Move among the matches."""
        run_line_command(self._view, command_id)

    def action_search(self) -> None:
        """Type what to search for."""
        self._input.open("search")

    @on(LineChanged)
    def _typed(self, event: LineChanged) -> None:
        event.stop()
        words, wrong = search_in(self, self._view, event.text)
        self._input.say(words, wrong=wrong)

    @on(LineSubmitted)
    def _entered(self, event: LineSubmitted) -> None:
        event.stop()
        self._close_search()

    @on(LineCancelled)
    def _cancelled(self, event: LineCancelled) -> None:
        event.stop()
        self._clear_search()

    def _close_search(self) -> None:
        self._input.close()
        self._view.focus()
        self._input.release()

    def _clear_search(self) -> None:
        search_in(self, self._view, "")
        self._close_search()

    def action_back(self) -> None:
        """Clear the selection, the search, or go back: the first that applies."""
        if self.drop_selection():
            return
        if self.search_text:
            self._clear_search()
        else:
            self.dismiss(None)

    def action_close(self) -> None:
        """Go back."""
        self.dismiss(None)


def topic_lines(topic: Topic, width: int) -> list[Spans]:
    """Return a topic as lines of at most ``width`` cells; what has a rule below it is a title."""
    lines = render_text(topic.text, min(width, _WIDEST)).splitlines()
    rules = [bool(line) and not line.strip("-= ") for line in lines]
    styles = ["title" if is_ruled else "" for is_ruled in (*rules[1:], False)]
    return [
        ((line, "muted" if is_rule else style),)
        for line, is_rule, style in zip(lines, rules, styles, strict=True)
    ]
