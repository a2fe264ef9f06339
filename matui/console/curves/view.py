"""The widget of the metrics pane, and the keys of its chart: cursor, zoom, scale, smoothing, selection."""

from __future__ import annotations

import locale
import os
from collections.abc import Callable
from functools import partial
from typing import ClassVar

from textual.actions import SkipAction
from textual.binding import BindingType
from textual.message import Message

from matui.console.commands.registry import bindings
from matui.console.curves.chart import SMOOTHING, Chart, ChartState
from matui.console.curves.tracks import Track
from matui.console.lines.view import LineView


class ChartControls:
    """The state of a chart and its series; ``is_shared`` gives all series one scale."""

    def __init__(self, *, is_shared: bool = False) -> None:
        self.state = ChartState()
        self.tracks: list[Track] = []
        self._is_shared = is_shared
        self._columns = 1
        self.by_id: dict[str, Callable[[], None]] = {
            "curve_left": partial(self._move, -1),
            "curve_right": partial(self._move, 1),
            "curve_pan_left": partial(self._pan, -1),
            "curve_pan_right": partial(self._pan, 1),
            "curve_zoom_in": partial(self._zoom, 1),
            "curve_zoom_out": partial(self._zoom, -1),
            "curve_log": self._toggle_log,
            "curve_smooth": self._switch_smoothing,
            "curve_previous": partial(self._select, -1),
            "curve_next": partial(self._select, 1),
        }

    def chart(self) -> Chart | None:
        """Return the chart of what is shown; None where it has no points."""
        return Chart.of(self.tracks, self.state, is_shared=self._is_shared)

    def run(self, command_id: str, columns: int) -> bool:
        """Run a command on a canvas of ``columns`` cells; return whether it is one of the chart alone."""
        command = self.by_id.get(command_id)
        if command is None:
            return False
        self._columns = columns
        command()
        return True

    def _move(self, steps: int) -> None:
        if chart := self.chart():
            self.state = chart.move_cursor(steps, self._columns)

    def _pan(self, steps: int) -> None:
        if chart := self.chart():
            self.state = chart.pan(steps)

    def _zoom(self, steps: int) -> None:
        if chart := self.chart():
            self.state = chart.zoom(steps)

    def _toggle_log(self) -> None:
        self.state = self.state._replace(log=not self.state.log)

    def _switch_smoothing(self) -> None:
        self.state = self.state._replace(smoothing=(self.state.smoothing + 1) % len(SMOOTHING))

    def _select(self, step: int) -> None:
        keys = [track.key for track in self.tracks]
        if keys:
            at = keys.index(self.state.selected) if self.state.selected in keys else 0
            self.state = self.state._replace(selected=keys[(at + step) % len(keys)])


class CurveView(LineView):
    """Shows lines. With ``has_curves`` the keys of the curves are passed on as ``CurveKey``."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "curve-view--cursor",
        *(f"curve-view--series-{number}" for number in range(6)),
    }
    DEFAULT_CSS = """
    CurveView {
        & > .curve-view--cursor { color: $foreground; text-style: reverse; }
        & > .curve-view--series-0 { color: $success; }
        & > .curve-view--series-1 { color: $accent; }
        & > .curve-view--series-2 { color: $warning; }
        & > .curve-view--series-3 { color: $primary; }
        & > .curve-view--series-4 { color: $secondary; }
        & > .curve-view--series-5 { color: $error; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("curves")]

    class CurveKey(Message):
        """A key of the curves was pressed."""

        def __init__(self, command_id: str) -> None:
            super().__init__()
            self.command_id = command_id

    def __init__(self) -> None:
        super().__init__()
        self.has_curves = False

    def action_run(self, command_id: str) -> None:
        """Pass a key of the curves on; without curves the key keeps its other meaning."""
        if not self.has_curves:
            raise SkipAction
        self.post_message(self.CurveKey(command_id))


def lacks_braille() -> bool:
    """Return whether the terminal is the Linux console, or does not show UTF-8."""
    if os.environ.get("TERM", "") in ("linux", "vt100", "vt220", "dumb"):
        return True
    named = next((os.environ[name] for name in ("LC_ALL", "LC_CTYPE", "LANG") if os.environ.get(name)), "")
    encoding = named.partition(".")[2] or locale.getpreferredencoding(False)
    return encoding.lower().replace("-", "").partition("@")[0] != "utf8"
