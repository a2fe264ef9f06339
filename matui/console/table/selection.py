"""The resources that keys and commands apply to, wherever the focus is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matui.console.panes.split import PaneHost

if TYPE_CHECKING:
    from matui.console.table.kind_tables import KindTables
    from matui.console.table.widget import ResourceTable
    from matui.resources.kind import Kind
    from matui.resources.model import Resource


class Selection:
    """The resource a key means: the focused pane's own, else the marks, else the one under the cursor."""

    def __init__(self, tables: KindTables, host: PaneHost, *, pane_only: bool = False) -> None:
        self._tables = tables
        self._host = host
        self._pane_only = pane_only

    @property
    def has_pane(self) -> bool:
        """Whether the split pane is open."""
        return self._host.pane is not None

    @property
    def in_pane(self) -> bool:
        """Whether the focus is in the split pane."""
        pane = self._host.pane
        return pane is not None and (self._pane_only or pane.has_focus_within)

    def narrow_to_action(self, action_id: str) -> Selection:
        """Return what an action applies to: the open table pane's rows where only these have the action."""
        pane, kind = self._host.pane, self.kind
        inner = pane.table.kind if pane is not None and pane.table is not None else None
        if inner is None or inner.find_action(action_id) is None:
            return self
        outer_has_it = kind is not None and kind.find_action(action_id) is not None
        return self if outer_has_it else Selection(self._tables, self._host, pane_only=True)

    @property
    def in_lines(self) -> bool:
        """Whether the focus is in a pane of lines, which is about a single resource."""
        return self.in_pane and self._host.pane is not None and self._host.pane.table is None

    @property
    def line_scopes(self) -> tuple[str, ...]:
        """The scopes of the commands of the focused pane of lines, none without one."""
        pane = self._host.pane
        return pane.SCOPES if pane is not None and self.in_lines else ()

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
            return self._find_kind_of_row()
        if pane.table is not None:
            return pane.table.kind
        from matui.resources.registry import get_kind

        return get_kind(pane.resource.kind)

    def _find_kind_of_row(self) -> Kind | None:
        table = self._tables.table
        if self._tables.in_triage and table is not None and table.cursor.resource is not None:
            from matui.resources.registry import get_kind

            return get_kind(table.cursor.resource.kind)
        return self._tables.kind

    def get_one(self) -> Resource | None:
        """Return the one resource that a pane or card is opened for, or None."""
        if self.in_lines and self._host.pane is not None:
            return self._host.pane.resource
        return self.table.cursor.resource if self.table is not None else None

    def get_many(self) -> list[Resource]:
        """Return what an action applies to: the marks where there are any, else the one."""
        if not self.in_lines and self.table is not None and self.table.marks:
            return list(self.table.marks.resources)
        one = self.get_one()
        return [one] if one is not None else []

    @property
    def hidden(self) -> int:
        """The number of resources of an action that the filter hides."""
        return self.table.marks.hidden if not self.in_lines and self.table is not None else 0
