"""Base of the console: what depends on private parts of Textual's App."""

from __future__ import annotations

import os
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, TypeVar, cast

from rich.console import Console
from textual import events
from textual.app import App
from textual.filter import LineFilter, Monochrome, NoColor
from textual.geometry import Size
from textual.worker import WorkerFailed

from matui.console.terminal.clipboard import build_clipboard_sequences
from matui.console.terminal.filters import (
    AttributeFilter,
    Charset,
    CharsetFilter,
    ControlFilter,
    FewColorsFilter,
    find_charset,
    has_colors,
)
from matui.console.terminal.input_order import CaughtUp, InputOrder, run_own_key
from matui.console.terminal.screen import DiffScreen
from matui.console.terminal.screen_state import ScreenState
from matui.console.terminal.support import explain_unsupported

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from textual.driver import Driver

    from matui.console.terminal.driver import PacedDriver
    from matui.console.terminal.flow_control import FlowControl

Result = TypeVar("Result")
_PAINTED_AT_ONCE = (events.Key, events.Paste, events.MouseDown, events.MouseScrollUp, events.MouseScrollDown)
_CACHED_STYLES = 8
_LEAST_SIZE = Size(20, 5)


_CONTROL_FILTER = ControlFilter()


class DiffApp(App[Result]):
    """An application whose screens write only the cells that change, at the rate of the terminal.

    ``stock_reason`` is why it is an ordinary Textual application instead, None where it is not.
    """

    def __init__(self) -> None:
        self.stock_reason = explain_unsupported()
        self.screen_state = ScreenState()
        super().__init__()
        self.input_order = InputOrder(self)
        self.alt_keys: dict[str, str] = {}  # the names of those that are bound, by their character
        # A traceback on the terminal would show local variables, and secrets with them; see ``crash``.
        self.error_console = Console(stderr=True, quiet=True)
        if self.stock_reason is None:
            shrink_styles_cache()

    async def _on_resize(self, event: events.Resize) -> None:
        """Lay out for a least size: Textual's widgets raise where no cell is left for their text.

        Textual's own handler runs after this one, with the same event.
        """
        event.size = Size(
            max(event.size.width, _LEAST_SIZE.width), max(event.size.height, _LEAST_SIZE.height)
        )
        event.virtual_size = event.size
        # The terminal may have had other sizes since the last event, and lost cells, even where it has the
        # same size again.
        if self.stock_reason is None:
            self.screen_state.forget()
            for screen in self.screen_stack[-1:]:
                if isinstance(screen, DiffScreen):
                    screen.repaint()

    # Output

    @property
    def _terminal_driver(self) -> PacedDriver | None:
        """The driver that measures the terminal; None when headless or on a stock driver."""
        driver = getattr(self, "_driver", None)
        return cast("PacedDriver", driver) if hasattr(driver, "flow") else None

    @property
    def flow(self) -> FlowControl | None:
        """The flow control of the terminal; None when headless or on a stock driver."""
        return None if self._terminal_driver is None else self._terminal_driver.flow

    def get_driver_class(self) -> type[Driver]:
        """Return the driver with flow control, unless TEXTUAL_DRIVER names another."""
        chosen = super().get_driver_class()
        if chosen.__name__ != "LinuxDriver" or self.stock_reason is not None:
            return chosen
        from matui.console.terminal.driver import PacedDriver

        return PacedDriver

    def write_raw(self, sequence: str) -> None:
        """Write an escape sequence to the terminal; does nothing without one."""
        driver = getattr(self, "_driver", None)
        if driver is not None:
            driver.write(sequence)

    def copy_to_clipboard(self, text: str) -> None:
        """Put text into the terminal's clipboard, through tmux and GNU screen too."""
        if not hasattr(self, "_driver"):
            super().copy_to_clipboard(text)
            return
        self._clipboard = text
        for sequence in build_clipboard_sequences(text, os.environ):
            self.write_raw(sequence)

    def post_display_hook(self) -> None:
        """Probe, behind a frame, whether the terminal has read it."""
        if self._terminal_driver is not None:
            self._terminal_driver.probe()

    def on_cursor_position(self, event: events.CursorPosition) -> None:
        """Take the reply to a probe; what was deferred until then can be written."""
        if self._terminal_driver is not None:
            self._terminal_driver.flow.on_reply(event.time)
            if self._terminal_driver.flow.is_doubted:
                self._terminal_driver.probe()
            if isinstance(self.screen, DiffScreen):
                self.screen.flush()
            self._terminal_driver.probe()

    async def on_event(self, event: events.Event) -> None:
        """Handle keys, pastes and the mouse in their order."""
        if event.is_forwarded or not isinstance(event, events.InputEvent | events.Paste):
            await super().on_event(event)
        else:
            self.input_order.put(event)
            await self.pass_input()

    async def on_caught_up(self, marker: CaughtUp) -> None:
        """Go on with the input that has waited."""
        self.input_order.note_back(marker)
        await self.pass_input()

    async def pass_input(self) -> None:
        """Pass on the input whose turn it is."""
        while (event := self.input_order.take()) is not None:
            target = self.input_order.find_target(event)
            await self.on_input(event)
            self.input_order.follow(event, target)

    async def on_input(self, event: events.Event) -> None:
        """Pass an input event on, and paint what the last of several changes before anything else."""
        if self._terminal_driver is not None and isinstance(event, _PAINTED_AT_ONCE):
            self._terminal_driver.flow.on_key()
            if self.input_order.is_empty and isinstance(self.screen, DiffScreen):
                self.screen.skip_frame_cap()
        is_stock = self.stock_reason is not None
        if isinstance(event, events.Key) and not is_stock and await run_own_key(self, event.key):
            self.input_order.note_handled()
        else:
            await super().on_event(event)

    def _display(self, *args: Any, **kwargs: Any) -> None:
        """Discard the screen state when a screen of Textual's own, such as the palette, has painted."""
        if self.stock_reason is None:
            screen, renderable = args
            if renderable is not None and not isinstance(screen, DiffScreen):
                self.screen_state.forget()
        super()._display(*args, **kwargs)

    # Colours

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Pass only text and styles to the terminal, whatever a widget paints."""
        return [*super().get_line_filters(), *self._terminal_filters]

    @cached_property
    def charset(self) -> Charset:
        """The characters that the terminal can show; a headless one shows all."""
        return Charset.UNICODE if self.is_headless else find_charset(os.environ)

    @cached_property
    def _terminal_filters(self) -> tuple[LineFilter, ...]:
        """The filters for what the terminal cannot show; a headless one shows everything."""
        filters: list[LineFilter] = [_CONTROL_FILTER]
        if not self.is_headless:
            if self.has_few_colors:
                filters.append(FewColorsFilter())
            if self.charset is not Charset.UNICODE:
                filters.append(CharsetFilter(self.charset))
        return tuple(filters)

    def use_attributes(
        self,
        strong: Collection[str],
        reversed_: Collection[str],
        dim: Collection[str],
        underlined: Collection[str],
    ) -> None:
        """Without colours show text in colours ``strong`` bold, ``dim`` dim.

        Backgrounds in colours ``reversed_`` are in reverse video, in colours ``underlined`` underlined.

        Textual makes all of it shades of grey, in which an error is dimmer than ordinary text.
        """
        filters: list[LineFilter] = getattr(self, "_filters", [])
        kept = [one for one in filters if not isinstance(one, Monochrome | NoColor | AttributeFilter)]
        self._filters = (
            [*kept, AttributeFilter(strong, reversed_, dim, underlined)] if self.has_no_color else kept
        )

    @property
    def has_no_color(self) -> bool:
        """Whether NO_COLOR is set or the terminal has no colours."""
        return self.no_color or not (self.is_headless or has_colors(os.environ))

    @property
    def has_few_colors(self) -> bool:
        """Whether the terminal has 16 colours or fewer."""
        return not self.is_headless and self.console.color_system == "standard"

    # Crashes

    @property
    def crash(self) -> BaseException | None:
        """The unexpected error that ended the application, for the caller of ``run`` to report."""
        error = getattr(self, "_exception", None)
        if error is None and self.return_value is None and self.return_code:
            return RuntimeError("The console ended after an unexpected error.")
        return error.error if isinstance(error, WorkerFailed) else error

    def _fatal_error(self) -> None:
        """End without a traceback; ``crash`` keeps the error."""
        self.panic()

    def panic(self, *_renderables: object) -> None:
        """End without drawing the error; ``crash`` keeps it."""
        if hasattr(self, "_close_messages_no_wait"):
            self._close_messages_no_wait()
        else:
            super().panic()


def shrink_styles_cache() -> None:
    """Replace a cache of Textual's whose 1,024 keys keep the painted lines of removed widgets alive."""
    from textual._styles_cache import StylesCache

    method: Any = StylesCache.get_inner_outer
    if method.cache_parameters()["maxsize"] != _CACHED_STYLES:
        smaller: Any = lru_cache(_CACHED_STYLES)(method.__wrapped__)
        StylesCache.get_inner_outer = smaller  # type: ignore[method-assign]
