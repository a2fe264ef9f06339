"""The screen of a topic of the guide, and the dialog that chooses one."""

from __future__ import annotations

from collections.abc import Sequence

from textual.binding import Binding

from matui.console.lines.view import Spans
from matui.console.screens.dialogs import ChooseScreen
from matui.console.screens.text_screen import TextScreen, render_markdown_lines
from matui.guide import TOPICS, list_topics, read_topic


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
