"""The open pane, and the panes that it was opened out of."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from textual.content import Content
from textual.widget import Widget

if TYPE_CHECKING:
    from matui.console.fleet import OpenProfiles
    from matui.console.panes.base import Pane
    from matui.console.panes.split import PaneHost
    from matui.console.session import ConsoleSession
    from matui.console.table.kind_tables import KindTables
    from matui.console.table.selection import Selection
    from matui.resources.model import Resource


def focus_now(widget: Widget) -> None:
    """Focus a widget before the next key is handled, which may have been typed already.

    ``Widget.focus`` does it later: a prompt that was opened meanwhile would lose the focus, and what is
    typed would run commands.
    """
    widget.screen.set_focus(widget)


class _TrailStep(NamedTuple):
    pane_class: type[Pane]
    session: ConsoleSession
    resource: Resource
    view: Any


class PaneTrail:
    """Remembers panes, the latest last, and builds the latest anew where it was left."""

    def __init__(self) -> None:
        self._steps: list[_TrailStep] = []

    def __bool__(self) -> bool:
        return bool(self._steps)

    def clear(self) -> None:
        """Forget every pane."""
        self._steps.clear()

    def add(self, outer: Pane, inner: Pane) -> None:
        """Remember ``outer``, out of which ``inner`` is opened; not if both show the same."""
        if (type(outer), outer.resource.key) != (type(inner), inner.resource.key):
            self._steps.append(_TrailStep(type(outer), outer.session, outer.resource, outer.save_view()))

    def pop(self, inner: Pane | None) -> Pane:
        """Return the latest pane as it was left; among versions, at that of ``inner``. Raises IndexError."""
        from matui.console.panes.tables import VersionsPane

        step = self._steps.pop()
        pane = step.pane_class(step.session, step.resource)
        if step.view is not None:
            pane.restore_view(step.view)
        if inner is not None and isinstance(pane, VersionsPane):
            pane.follow(inner.resource.id)
        return pane


class PaneStack:
    """Opens panes in the host and leads back; times of ``utc`` panes are in UTC, else local.

    ``changed`` is called after another pane was shown, or none.
    """

    def __init__(
        self,
        host: PaneHost,
        tables: KindTables,
        selection: Selection,
        fleet: Callable[[], OpenProfiles | None],
        changed: Callable[[], None],
    ) -> None:
        self.host = host
        self._tables = tables
        self._selection = selection
        self._fleet = fleet
        self._changed = changed
        self._trail = PaneTrail()
        self.utc = False

    async def show(self, pane: Pane) -> None:
        """Show a pane and give it the focus; one opened out of another goes back to that."""
        outer = self.host.pane
        if outer is None or not self._selection.in_pane:
            self._trail.clear()
        else:
            self._trail.add(outer, pane)
        await self._mount(pane)

    async def leave(self) -> None:
        """Go back to the pane out of which this one was opened; without one, close it."""
        if self._trail:
            await self._mount(self._trail.pop(self.host.pane))
        else:
            await self.close()

    async def close(self) -> None:
        """Close the pane and give the focus back to the table."""
        self._trail.clear()
        await self.host.close()
        if self._tables.table is not None:
            focus_now(self._tables.table)
        self._changed()

    def show_profile(self) -> None:
        """Update the profile in the title of the open pane."""
        if self.host.pane is not None:
            self.host.pane.show_profile(self._build_chip(self.host.pane))

    async def _mount(self, pane: Pane) -> None:
        pane.set_utc(self.utc)
        pane.show_profile(self._build_chip(pane))
        await self.host.show(pane)
        if self.host.pane is pane:
            pane.focus_body()
        self._changed()

    def _build_chip(self, pane: Pane) -> Content:
        """Return the profile of a pane in its colour; empty where there is only one profile."""
        fleet = self._fleet()
        if fleet is None or not fleet.is_multi:
            return Content("")
        from matui.console.bars.header import get_chip_style

        name = pane.resource.profile
        return Content.styled(f" {name} ", get_chip_style(fleet.get_colour(name)))
