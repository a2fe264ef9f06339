"""Base classes of matui's screens: on a supported Textual, only cells that differ are written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from textual import events
from textual.binding import Binding, BindingsMap
from textual.reactive import Reactive
from textual.screen import ModalScreen, Screen
from textual.widget import Widget

from matui.config.keymap import DEFAULT_KEYS
from matui.console.terminal.flow_control import FlowControl
from matui.console.terminal.screen_state import ScreenState, WriteBudget
from matui.console.terminal.support import explain_unsupported, find_missing_parts
from matui.console.terminal.toasts import ToastRoom, place_toasts

if TYPE_CHECKING:
    from matui.console.terminal.compositor import DiffCompositor

Result = TypeVar("Result")
_TIMEOUT_CHECK_S = 0.2


class DiffScreen(Screen[Result]):
    """Base of matui's screens; an ordinary Screen where ``supported()`` answers a reason."""

    if find_missing_parts() is None:
        # The focused widget repaints itself; Textual would repaint the whole screen.
        focused: Reactive[Widget | None] = Reactive(None, repaint=False)

    def __init__(self, name: str | None = None, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(name, id, classes)
        self._diff = self._build_compositor()
        self._awaits_timeout = False
        self._skips_frame_cap = False
        self._arranges_toasts = False
        self._has_toasts = False

    def _build_compositor(self) -> DiffCompositor | None:
        if explain_unsupported() is not None:
            return None
        from matui.console.terminal.compositor import DiffCompositor

        self._compositor = compositor = DiffCompositor()
        return compositor

    def add_bindings(self, bindings: Sequence[Binding]) -> None:
        """Add bindings that are known only after the first paint."""
        self._bindings = BindingsMap.merge([self._bindings, BindingsMap(bindings)])
        self.refresh_bindings()

    def _key_escape(self) -> None:
        """Leave the selection to the binding of escape: Textual clears it first, and the binding goes on."""

    def text_select_all(self) -> None:
        """Do nothing: at a double click Textual would select the text of every bar and pane."""

    def action_close(self) -> None:
        """Go back, with no result."""
        self.dismiss(None)

    def find_toast_room(self) -> ToastRoom | None:
        """Return the place of notifications, the largest of what this screen lays out."""
        body = max(self.children, key=lambda child: child.size.area, default=None)
        if body is None:
            return None
        return ToastRoom(body, getattr(body, "free_lines", 0))

    def arrange_toasts(self) -> None:
        """Place the notifications by what the screen shows now."""
        is_due = len(self.app._notifications) > 0  # noqa: SLF001
        if is_due or self._has_toasts:
            self._has_toasts = place_toasts(self, self.find_toast_room()) or is_due

    def _arrange_after_layout(self, _screen: Screen[object]) -> None:
        self.arrange_toasts()

    def drop_selection(self) -> bool:
        """Clear the selected text; return whether there was any."""
        was = bool(self.get_selected_text())
        self.clear_selection()
        return was

    @property
    def is_painted(self) -> bool:
        """Whether anything of this screen has been painted."""
        if self._diff is not None and self._diff.state.rows:
            return True
        if self.app.is_headless:
            return self.is_mounted
        return self._diff is None and any(child.size for child in self.children)

    @property
    def flow(self) -> FlowControl | None:
        """The flow control of the terminal; None without a terminal or on a stock driver."""
        return getattr(self.app, "flow", None)

    @property
    def has_deferred(self) -> bool:
        """Whether rows wait until the terminal has read what was written before."""
        return self._diff is not None and self._diff.has_deferred

    def skip_frame_cap(self) -> None:
        """Paint the next change at once, after a batch; the cap on frames a second is for floods."""
        self._skips_frame_cap = True
        self.check_idle()

    async def _on_idle(self, *_event: Any) -> None:
        """Paint before Textual's own handler, which defers dirty widgets to the next frame.

        Widgets that have not reported their change yet are painted with those that have. Hidden ones stay as
        they are: with one of them Textual would arrange all widgets anew.
        """
        if self._diff is None or not self._skips_frame_cap or self.app._batch_count:  # noqa: SLF001
            return
        if self._dirty_widgets or self._layout_required:
            self._skips_frame_cap = False
            visible = self._diff.visible_widgets
            changed = (each for each in visible if each._repaint_required)  # noqa: SLF001
            self._dirty_widgets.update(changed)
            self._on_timer_update()

    def _compositor_refresh(self, *args: Any, **kwargs: Any) -> None:
        """Paint as much as the flow control allows; the rest follows when the terminal has read that."""
        if self._diff is None:
            super()._compositor_refresh(*args, **kwargs)
            return
        flow = self.flow
        self._diff.state.budget = self._measure_budget(self._diff, flow)
        super()._compositor_refresh()
        self._diff.requeue_deferred()
        self._await_timeout()

    def _measure_budget(self, diff: DiffCompositor, flow: FlowControl | None) -> WriteBudget:
        if flow is None or not flow.limited:
            return WriteBudget()
        first, low, bars = set[int](), set[int](), set[int]()
        for widget, (region, _clip) in diff.visible_widgets.items():
            if widget is self.focused:
                first.update(region.line_range)
            if getattr(widget, "low_priority", False):
                low.update(region.line_range)
            if getattr(widget, "is_bar", False):
                bars.update(region.line_range)
        return WriteBudget(
            flow.compute_budget(low_priority=False), flow.compute_budget(low_priority=True), first, low, bars
        )

    def _await_timeout(self) -> None:
        if self.has_deferred and self.flow is not None and not self._awaits_timeout:
            self._awaits_timeout = True
            self.set_timer(_TIMEOUT_CHECK_S, self._check_timeout)

    def _check_timeout(self) -> None:
        self._awaits_timeout = False
        if (flow := self.flow) is not None:
            flow.check_timeout()
        self.flush()
        if self.is_current:  # within a batch of updates nothing was painted
            self._await_timeout()

    def flush(self) -> None:
        """Paint the deferred rows, as many as may be written by now."""
        if self.has_deferred and self.is_current and not self.app._batch_count:  # noqa: SLF001 - as Textual does
            self._compositor_refresh()

    def repaint(self) -> None:
        """Paint everything anew: something else has written to the terminal."""
        if self._diff is not None:
            self._diff.state.forget()
        self.refresh(layout=True)

    def on_screen_resume(self, _event: events.ScreenResume) -> None:
        """Continue from what the terminal shows, whichever screen painted that."""
        if not self._arranges_toasts:
            self._arranges_toasts = True
            self.screen_layout_refresh_signal.subscribe(self, self._arrange_after_layout)
        self.call_after_refresh(self.arrange_toasts)
        if self._diff is None:
            return
        state = getattr(self.app, "screen_state", None)
        if isinstance(state, ScreenState):
            self._diff.state = state
        else:  # not a DiffApp: nothing is known of what another screen painted
            self._diff.state.forget()


class DiffModal(ModalScreen[Result], DiffScreen[Result]):
    """Base of matui's dialogs, over what stays visible around them.

    The surroundings are dimmed only on a fast line: to dim them writes every cell, at opening and at closing.
    A dialog without ``DIMS`` never dims them. Of the application's keys a dialog has only the one that quits
    from anywhere.
    """

    BINDINGS = [Binding(DEFAULT_KEYS["quit_now"], "app.run('quit_now')", show=False, id="quit_now")]

    DEFAULT_CSS = """
    #dialog {
        width: 76;
        max-width: 96%;
        height: auto;
        max-height: 90%;
        padding: 1 2;
        background: $panel;
        border: round $accent;
    }
    #dialog.help { width: 96%; max-width: 190; height: 96%; max-height: 100%; padding: 0 1; }
    #help-title { margin-bottom: 1; }
    #help-lines { height: 1fr; background: $panel; }
    #dialog.choose { width: 70; }
    #dialog.one-line { width: 110; }
    #dialog.one-line #choices { text-wrap: nowrap; text-overflow: ellipsis; }
    #dialog.outcomes { width: 100; }
    #question { height: auto; margin-bottom: 1; }
    #targets { height: auto; max-height: 14; }
    #consequence { height: auto; margin-top: 1; color: $text-warning; }
    #typing { height: auto; margin-top: 1; }
    #name { border: none; height: 1; padding: 0 1; background: $surface; }
    #name:focus { border: none; }
    #answers { height: auto; margin-top: 1; }
    #dialog.compact { padding: 0 1; max-height: 100%; }
    #dialog.compact > Static { margin: 0; }
    #choices { height: auto; max-height: 16; border: none; background: $panel; }
    """

    DIMS = True

    def find_toast_room(self) -> ToastRoom | None:
        """Return the lines of a dialog that fills the screen, None over any other: there is no place."""
        views = (view for view in self.query("#dialog.help > *") if hasattr(view, "free_lines"))
        return next((ToastRoom(view, view.free_lines) for view in views), None)

    def on_screen_resume(self, event: events.ScreenResume) -> None:
        """Dim the surroundings, or not."""
        self.set_class(not self.DIMS or (self.flow is not None and self.flow.is_slow), "-undimmed")
        super().on_screen_resume(event)
