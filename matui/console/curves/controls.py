"""The keys that change a chart alone: cursor, zoom, scale, smoothing, selection. Pure."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from matui.console.curves.chart import SMOOTHING, Chart, ChartState
from matui.console.curves.tracks import Track


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

    def build_chart(self) -> Chart | None:
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
        if chart := self.build_chart():
            self.state = chart.move_cursor(steps, self._columns)

    def _pan(self, steps: int) -> None:
        if chart := self.build_chart():
            self.state = chart.pan(steps)

    def _zoom(self, steps: int) -> None:
        if chart := self.build_chart():
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
