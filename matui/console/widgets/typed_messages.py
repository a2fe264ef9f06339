"""What the line at the bottom tells of what is typed into it."""

from __future__ import annotations

from typing import Literal, TypeAlias

from textual.message import Message

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
