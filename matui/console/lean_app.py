"""An application that knows what its terminal shows, whichever of its screens painted it."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from textual.app import App

from matui.console.lean_compositor import LeanCompositor, Painted

if TYPE_CHECKING:
    from rich.console import RenderableType
    from textual.screen import Screen

Result = TypeVar("Result")


class LeanApp(App[Result]):
    """Base of the console: a screen that comes or goes writes only the cells that it shows otherwise."""

    def __init__(self) -> None:
        self.painted = Painted()
        super().__init__()

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        """Know nothing of the terminal once a screen of Textual's own has painted on it."""
        if renderable is not None and not isinstance(screen._compositor, LeanCompositor):  # noqa: SLF001
            self.painted.forget()
        super()._display(screen, renderable)
