"""Messages that cross from the live layer into the console.

What the line at the bottom tells of what is typed into it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from textual.message import Message

if TYPE_CHECKING:
    from matui.live.poll.poller import Update
    from matui.live.poll.rows import Diff


class PaneUpdated(Message):
    """What a table pane lists has changed; of kinds that no poller keeps."""

    def __init__(self, diff: Diff) -> None:
        super().__init__()
        self.diff = diff


class Updated(Message):
    """A poller published: a new snapshot, with what changed since the last."""

    def __init__(self, update: Update) -> None:
        super().__init__()
        self.update = update


Mode: TypeAlias = Literal["filter", "search", "command", "only", "goto_time", "pipe", "alert"]


class Typed(Message):
    """What is in the line, and what it is for."""

    def __init__(self, mode: Mode, text: str) -> None:
        super().__init__()
        self.mode = mode
        self.text = text


class LineChanged(Typed):
    """The text changed."""


class LineSubmitted(Typed):
    """Enter was pressed."""


class LineCancelled(Message):
    """Escape was pressed."""


class LineCompletion(Message):
    """Tab was pressed: the text should be completed."""
