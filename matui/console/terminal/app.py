"""An application that knows what its terminal shows and how much that can take, whichever screen is on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar, cast

from textual import events
from textual.app import App

from matui.console.terminal.compositor import LeanCompositor, Painted
from matui.console.terminal.screen import LeanScreen

if TYPE_CHECKING:
    from rich.console import RenderableType
    from textual.driver import Driver
    from textual.screen import Screen

    from matui.console.terminal.driver import PacedDriver

Result = TypeVar("Result")
_TYPED = (events.Key, events.Paste, events.MouseDown, events.MouseScrollUp, events.MouseScrollDown)


class LeanApp(App[Result]):
    """Base of the console: a screen that comes or goes writes only the cells that it shows otherwise."""

    def __init__(self) -> None:
        self.painted = Painted()
        super().__init__()

    @property
    def line(self) -> PacedDriver | None:
        """The way to the terminal, where there is one."""
        return cast("PacedDriver", self._driver) if hasattr(self._driver, "pace") else None

    def get_driver_class(self) -> type[Driver]:
        """Drive a terminal at its own pace; TEXTUAL_DRIVER may name another driver."""
        chosen = super().get_driver_class()
        if chosen.__name__ != "LinuxDriver":
            return chosen
        from matui.console.terminal.driver import PacedDriver

        return PacedDriver

    def post_display_hook(self) -> None:
        """Ask behind a frame whether the terminal has read it."""
        if self.line is not None:
            self.line.ask()

    def on_cursor_position(self, event: events.CursorPosition) -> None:
        """Learn that the terminal has read all up to a question; what waited for that can go out."""
        if self.line is not None:
            self.line.pace.answered(event.time)
            if isinstance(self.screen, LeanScreen):
                self.screen.pay()
            self.line.ask()

    async def on_event(self, event: events.Event) -> None:
        """Let what comes of a key be seen before all else."""
        if self.line is not None and isinstance(event, _TYPED):
            self.line.pace.typed()
            if isinstance(self.screen, LeanScreen):
                self.screen.hurry()
        await super().on_event(event)

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        """Know nothing of the terminal once a screen of Textual's own has painted on it."""
        if renderable is not None and not isinstance(screen._compositor, LeanCompositor):  # noqa: SLF001
            self.painted.forget()
        super()._display(screen, renderable)
