"""Messages of the pollers and of the prompt to the screens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from textual.message import Message

if TYPE_CHECKING:
    from matui.live.poll.poller import Update
    from matui.live.poll.rows import Diff

Mode: TypeAlias = Literal[
    "filter", "search", "command", "only", "goto_time", "pipe", "alert", "save", "palette", "acknowledge"
]


class PaneUpdated(Message):
    """The rows of a table pane have changed; for kinds that have no poller."""

    def __init__(self, diff: Diff) -> None:
        super().__init__()
        self.diff = diff


class Updated(Message):
    """A poller published a new snapshot, with the changes since the last one."""

    def __init__(self, update: Update) -> None:
        super().__init__()
        self.update = update


class KeysChanged(Message):
    """The profiles are open: the keys of their settings are known, and more commands work."""


class Typed(Message):
    """Base of the prompt's messages: its mode and its text."""

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


class LineRecall(Message):
    """Up or down was pressed: an earlier (-1) or a later (1) entry."""

    def __init__(self, step: int) -> None:
        super().__init__()
        self.step = step


class LineCompletion(Message):
    """Tab was pressed."""
