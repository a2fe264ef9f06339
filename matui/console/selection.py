"""What the keys apply to, wherever the focus is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matui.console.kind_tables import KindTables
from matui.console.pane_host import PaneHost

if TYPE_CHECKING:
    from matui.console.widgets.resource_table import ResourceTable
    from matui.resources.kind import Kind
    from matui.resources.model import Resource


class Selection:
    """The resource a key means: the focused pane's own, else the marks, else the one under the cursor."""

    def __init__(self, tables: KindTables, host: PaneHost) -> None:
        self._tables = tables
        self._host = host

    @property
    def in_pane(self) -> bool:
        """Whether the focus is in the split pane."""
        return self._host.pane is not None and self._host.pane.has_focus_within

    @property
    def in_lines(self) -> bool:
        """Whether the focus is in a pane of lines, which is about a single resource."""
        return self.in_pane and self._host.pane is not None and self._host.pane.table is None

    @property
    def table(self) -> ResourceTable | None:
        """The table the keys apply to: the versions' while it has the focus, else the kind's."""
        pane = self._host.pane
        if pane is not None and pane.table is not None and self.in_pane:
            return pane.table
        return self._tables.table

    @property
    def kind(self) -> Kind | None:
        """The kind of what the keys apply to."""
        pane = self._host.pane
        if pane is None or not self.in_pane:
            return self._kind_of_row()
        if pane.table is not None:
            return pane.table.kind
        from matui.resources.registry import kind_by_id

        return kind_by_id(pane.resource.kind)

    def _kind_of_row(self) -> Kind | None:
        table = self._tables.table
        if self._tables.in_triage and table is not None and table.cursor_resource is not None:
            from matui.resources.registry import kind_by_id

            return kind_by_id(table.cursor_resource.kind)
        return self._tables.kind

    def one(self) -> Resource | None:
        """Return the one resource that a look applies to, or None."""
        if self.in_lines and self._host.pane is not None:
            return self._host.pane.resource
        return self.table.cursor_resource if self.table is not None else None

    def many(self) -> list[Resource]:
        """Return what an action applies to: the marks where there are any, else the one."""
        if not self.in_lines and self.table is not None and self.table.marks:
            return list(self.table.marks.resources)
        one = self.one()
        return [one] if one is not None else []
