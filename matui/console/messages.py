"""Messages of the pollers, of the prompt and of resource tables to the screens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from textual.message import Message

if TYPE_CHECKING:
    from textual.widget import Widget

    from matui.live.poll.poller import Update
    from matui.live.poll.rows import Diff
    from matui.resources.model import Resource

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


class TableMessage(Message):
    """Any message of a table; ``table`` is its sender."""

    def __init__(self, table: Widget) -> None:
        super().__init__()
        self.table = table

    @property
    def control(self) -> Widget:
        """The table, for ``@on`` with a selector."""
        return self.table


class CursorMoved(TableMessage, namespace="resource_table"):
    """The cursor is on another resource, or on a newer state of it.

    ``lost`` is true when the resource under the cursor was removed by a poll; ``previous`` is that resource.
    """

    def __init__(
        self,
        table: Widget,
        resource: Resource | None,
        lost: bool = False,
        previous: Resource | None = None,
    ) -> None:
        super().__init__(table)
        self.resource = resource
        self.lost = lost
        self.previous = previous


class OpenedNothing(TableMessage, namespace="resource_table"):
    """Enter was pressed in a table without rows."""


class Opened(TableMessage, namespace="resource_table"):
    """Enter was pressed on, or the mouse clicked twice on a resource."""

    def __init__(self, table: Widget, resource: Resource) -> None:
        super().__init__(table)
        self.resource = resource


class MarksChanged(TableMessage, namespace="resource_table"):
    """Other rows are marked than before."""


class SortChanged(TableMessage, namespace="resource_table"):
    """The table is sorted by another column, or the other way round."""
