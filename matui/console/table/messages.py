"""The messages of a resource table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from textual.widget import Widget

    from matui.resources.model import Resource


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
