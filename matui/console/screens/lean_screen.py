"""A screen that writes few bytes: for slow lines, and for eyes that see less flicker."""

from __future__ import annotations

from typing import TypeVar

from textual import events
from textual.screen import Screen

from matui.console.lean_compositor import LeanCompositor

Result = TypeVar("Result")


class LeanScreen(Screen[Result]):
    """Base of matui's full screens: only cells that differ are written, and moved rows are scrolled."""

    def __init__(self, name: str | None = None, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(name, id, classes)
        self._compositor: LeanCompositor = LeanCompositor()

    @property
    def is_painted(self) -> bool:
        """Whether anything of this screen has been painted."""
        return bool(self._compositor.painted.rows) or (self.app.is_headless and self.is_mounted)

    def on_screen_suspend(self, _event: events.ScreenSuspend) -> None:
        self._compositor.painted.forget()

    def repaint(self) -> None:
        """Paint everything anew: the terminal was somebody else's for a while."""
        self._compositor.painted.forget()
        self.refresh(layout=True)

    def on_screen_resume(self, _event: events.ScreenResume) -> None:
        self._compositor.painted.forget()
