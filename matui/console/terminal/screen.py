"""A screen that writes few bytes: for slow lines, and for eyes that see less flicker."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from textual import events
from textual.binding import Binding, BindingsMap
from textual.reactive import Reactive
from textual.screen import ModalScreen, Screen
from textual.widget import Widget

from matui.console.terminal.compositor import LeanCompositor, Room
from matui.console.terminal.flow_control import OutputPace

Result = TypeVar("Result")
_LOOK_AGAIN_S = 0.2


class LeanScreen(Screen[Result]):
    """Base of matui's screens: only cells that differ are written, and moved rows are scrolled."""

    # Who has the focus shows on widgets, which paint themselves; no need to paint the whole screen for it.
    focused: Reactive[Widget | None] = Reactive(None, repaint=False)

    def __init__(self, name: str | None = None, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(name, id, classes)
        self._compositor: LeanCompositor = LeanCompositor()
        self._looking = False
        self._hurries = False

    def add_bindings(self, bindings: Sequence[Binding]) -> None:
        """Add bindings that are known only after the first paint."""
        self._bindings = BindingsMap.merge([self._bindings, BindingsMap(bindings)])
        self.refresh_bindings()

    @property
    def is_painted(self) -> bool:
        """Whether anything of this screen has been painted."""
        return bool(self._compositor.painted.rows) or (self.app.is_headless and self.is_mounted)

    @property
    def pace(self) -> OutputPace | None:
        """How much the terminal can take, where that is known."""
        return getattr(self.app._driver, "pace", None)  # noqa: SLF001 - a headless one has none

    @property
    def owes(self) -> bool:
        """Whether the terminal is behind with what this screen shows."""
        return self._compositor.owes

    def hurry(self) -> None:
        """Paint what comes of a key, or is waited for, at once: the cap on frames is for floods."""
        self._hurries = True

    async def _on_idle(self, _event: events.Idle) -> None:
        """Run before Textual's own, which lets what is dirty wait for the next frame."""
        if self._hurries and (self._dirty_widgets or self._layout_required):
            self._hurries = False
            self._on_timer_update()

    def _compositor_refresh(self) -> None:
        """Paint as much as the line can take; the rest goes out when the terminal has read that."""
        pace = self.pace
        self._compositor.painted.room = Room() if pace is None or not pace.limited else self._room(pace)
        super()._compositor_refresh()
        self._compositor.bring_forward()
        if self._compositor.owes and pace is not None and not self._looking:
            self._looking = True
            self.set_timer(_LOOK_AGAIN_S, self._look_again)

    def _room(self, pace: OutputPace) -> Room:
        first, patient = set[int](), set[int]()
        for widget, (region, _clip) in self._compositor.visible_widgets.items():
            if widget is self.focused:
                first.update(region.line_range)
            if getattr(widget, "patient", False):
                patient.update(region.line_range)
        return Room(pace.room(patient=False), pace.room(patient=True), first, patient)

    def _look_again(self) -> None:
        self._looking = False
        if (pace := self.pace) is not None:
            pace.look()
        self.pay()

    def pay(self) -> None:
        """Paint what had to wait, as far as there is room by now."""
        if self._compositor.owes and self.is_current and not self.app._batch_count:  # noqa: SLF001 - as Textual asks
            self._compositor_refresh()

    def repaint(self) -> None:
        """Paint everything anew: the terminal was somebody else's for a while."""
        self._compositor.painted.forget()
        self.refresh(layout=True)

    def on_screen_resume(self, _event: events.ScreenResume) -> None:
        """Go on from what the terminal shows, whichever screen painted that."""
        painted = getattr(self.app, "painted", None)
        if painted is None:  # an application of Textual's own does not know
            self._compositor.painted.forget()
        else:
            self._compositor.painted = painted


class LeanModal(ModalScreen[Result], LeanScreen[Result]):
    """Base of matui's dialogs, over what stays visible around them.

    That is dimmed where bytes cost nothing: to dim it is to write every cell of the terminal, twice.
    """

    def on_screen_resume(self, event: events.ScreenResume) -> None:
        """Dim what is around the dialog, or leave it."""
        self.set_class(self.pace is not None and self.pace.precious, "-undimmed")
        super().on_screen_resume(event)
