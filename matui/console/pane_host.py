"""The split body of the browse screen, and the place of its pane: at most one pane at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from textual.containers import Vertical

if TYPE_CHECKING:
    from matui.console.panes.base import Pane
    from matui.live.diff import Diff


class SplitBody(Vertical):
    """Lays out the table above the pane; one of the two may fill it."""

    def zoom(self, part: Literal["table", "pane"]) -> None:
        """Let one part fill the body."""
        self.add_class(f"zoom-{part}")

    def unzoom(self) -> bool:
        """Show both parts again; return whether one of them filled the body."""
        zoomed = self.has_class("zoom-pane") or self.has_class("zoom-table")
        self.remove_class("zoom-pane", "zoom-table")
        return zoomed


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

    def update_resource(self, diff: Diff) -> None:
        """Pass the newer state of its resource to the pane."""
        pane = self.pane
        for resource in diff.changed if pane is not None else ():
            if pane is not None and resource.key == pane.resource.key:
                pane.resource_updated(resource)

    async def close(self) -> None:
        """Remove the pane; its place goes to the table."""
        old, self.pane = self.pane, None
        self.remove_class("open")
        if old is not None:
            await old.remove()
