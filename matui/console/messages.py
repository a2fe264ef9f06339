"""Messages that cross from the live layer into the console."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from matui.live.diff import Diff
    from matui.live.snapshot import Update


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
