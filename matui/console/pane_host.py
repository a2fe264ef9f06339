"""The place of the split pane: at most one pane at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Vertical

if TYPE_CHECKING:
    from matui.console.panes.base import Pane


class PaneHost(Vertical):
    """Holds the open pane; takes no room without one."""

    DEFAULT_CSS = """
    PaneHost { display: none; }
    PaneHost.open { display: block; }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.pane: Pane | None = None

    async def show(self, pane: Pane) -> None:
        """Put ``pane`` in the place of the one that is open."""
        old, self.pane = self.pane, pane
        self.add_class("open")
        if old is not None:
            await old.remove()
        await self.mount(pane)

    async def close(self) -> None:
        """Remove the pane; its place goes to the table."""
        old, self.pane = self.pane, None
        self.remove_class("open")
        if old is not None:
            await old.remove()
