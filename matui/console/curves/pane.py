"""The metrics pane: curves of the log and of the cloud, over gauges."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC
from functools import partial

from textual import on
from textual.content import Content
from textual.widget import Widget

from matui.base.text.sanitize import clean
from matui.clouds.protocols import ReportsMetrics, require
from matui.console.curves.chart import ChartSize, ChartState, compute_plot_width
from matui.console.curves.shown_series import ShownSeries, render_curves, render_findings
from matui.console.curves.sources import CounterRates
from matui.console.curves.view import CurveView, lacks_braille
from matui.console.lines.view import LineView, Spans
from matui.console.panes.base import PolledLinesPane
from matui.console.panes.rendering import render_metrics
from matui.console.session import ConsoleSession
from matui.live.poll.poller import PolledValue
from matui.live.signals.history import SignalHistory
from matui.resources.detail import Metrics
from matui.resources.model import Phase, Resource

_HINTS = ("curve_axis", "curve_log", "curve_smooth", "curve_series", "curve_zoom_in", "curve_line")
_OF_LOGS = ("jobs", "versions")


class MetricsPane(PolledLinesPane[Metrics]):
    """The usage of a resource, and the training curves of a job."""

    NAME = "metrics"
    SCOPES = ("curves", "lines")
    LEAST_CADENCE_S = 15.0  # the clouds add a point a minute

    def __init__(self, session: ConsoleSession, resource: Resource) -> None:
        super().__init__(session, resource)
        self.curves = CurveView()
        self.view: LineView = self.curves
        self.series = ShownSeries()
        self._rates = CounterRates()
        self._history: SignalHistory | None = None
        self._dirty = False
        self._first_file = ""
        self._is_ascii = lacks_braille()
        self._commands = self._map_commands()

    def build_body(self) -> Widget:
        """Return the view of the curves."""
        return self.curves

    def begin(self) -> None:
        """Start fetching the metrics and, of a job, reading its log from the first line."""
        super().begin()
        if self.resource.kind in _OF_LOGS:
            self._history = self.session.signals.build_history(
                lambda: self.resource,
                rng=self.session.rng,
                controls=self.controls,
                cadence_s=self.session.get_cadence("logs"),
                changed=self._on_log_read,
            )
        if self._history is not None:
            self.session.signals.hold(self.resource)
            self.curves.has_curves = True  # their keys act on no row while the log is looked for
            self.run_in_background(partial(self._history.run, self._first_file), "signals")

    def save_view(self) -> tuple[ChartState, str]:
        """Return the state of the chart, and the log file that was read."""
        signals = self._history.signals if self._history is not None else None
        return self.series.state, signals.file if signals is not None else ""

    def restore_view(self, saved: tuple[ChartState, str]) -> None:
        """Draw the same series, with the same cursor and zoom."""
        state, self._first_file = saved
        self.series.restore(state)

    async def end(self) -> None:
        """Stop fetching and reading."""
        if self._history is not None:
            self.session.signals.release(self.resource)
        await super().end()

    async def fetch(self) -> Metrics:
        """Fetch the metrics, with the rates since the last time."""
        fetch_metrics = await require(self.session.cloud, ReportsMetrics).fetch_metrics(self.resource)
        return self._rates.add_rates(fetch_metrics, self.session.clock.monotonic())

    def receive(self, state: PolledValue[Metrics]) -> None:
        """Show what was fetched."""
        self._read_tracks(state.value)
        super().receive(state)

    def _on_log_read(self) -> None:
        """Draw what was read: at once for the first signals and at the end, else with the next tick."""
        history = self._history
        has_first = not self.series.tracks and history is not None and history.signals is not None
        if history is not None and (not history.words or (has_first and history.signals)):
            self._redraw()
        else:
            self._dirty = True

    def tick(self) -> None:
        """Draw what was read of the log since the last tick."""
        if self._dirty:
            self._redraw()

    def _redraw(self) -> None:
        self._dirty = False
        self._read_tracks(self._value)
        self.show_value()
        self.show_title()

    # The series

    def _read_tracks(self, metrics: Metrics | None) -> None:
        history = self._history
        signals = history.signals if history is not None else None
        self.series.read(
            signals.log if signals is not None else None,
            metrics,
            self._get_end_ms(),
            is_read=history is None or not history.words,
        )
        is_drawn = bool(self.series.state.shown)
        self.curves.has_curves = is_drawn or history is not None
        self.HINTS = (*_HINTS, "wrap") if is_drawn else ("wrap",)

    def _get_end_ms(self) -> float:
        """Return when the series of the cloud end, in ms since the epoch."""
        resource = self.resource
        if resource.phase is not Phase.RUNNING and resource.created_at and resource.duration_ms:
            return float(resource.created_at + resource.duration_ms)
        return self.session.get_cloud_now_ms()

    # The lines

    def show_value(self) -> None:
        """Show curves, legend, findings and gauges; without curves the metrics as sparks and bars."""
        series = self.series
        if series.build_chart() is None and not series.tracks:
            super().show_value()
        elif series.build_chart() is None and not series.state.shown and self._value is not None:
            self.view.set_lines([*self._render_findings(), *self.build_lines(self._value)])
        else:
            width, height = max(30, self.size.width - 2), max(8, self.curves.size.height)
            size = ChartSize(width, height, UTC if self.utc else None, self._is_ascii)
            self.view.set_lines(render_curves(series, self._value, self._render_findings(), size))

    def build_lines(self, value: Metrics) -> Sequence[Spans]:
        """Return bars and sparklines as wide as the pane."""
        return render_metrics(value, max(20, self.size.width - 2))

    def _render_findings(self) -> list[Spans]:
        found = self.session.signals.find_findings(self.resource) if self._history is not None else ()
        return render_findings(found, utc=self.utc)

    def build_title_parts(self) -> list[Content]:
        """Return which log the signals are from, and how far it was read."""
        history = self._history
        if history is None:
            return []
        signals = history.signals
        words = [clean(signals.file)] if signals is not None and signals.log.segments else []
        if signals is not None and len(signals.log.segments) > 1:
            words.append(f"{len(signals.log.segments)} runs")
        words += [history.words] if history.words else []
        return [Content.styled(f"  {' · '.join(words)}", "$text-muted")] if words else []

    # Keys

    @on(CurveView.CurveKey)
    def _on_curve_key(self, event: CurveView.CurveKey) -> None:
        event.stop()
        self.run_command(event.command_id)

    def run_command(self, command_id: str) -> None:
        """Run a command of the curves or of the lines."""
        command = self._commands.get(command_id)
        if self.series.run(command_id, compute_plot_width(self.size.width - 2)):
            self.show_value()
        elif command is None:
            super().run_command(command_id)
        elif self.series.tracks:
            command()
            self.show_value()
        else:
            self.show_notice("There are no curves yet.")

    def _map_commands(self) -> dict[str, Callable[[], None]]:
        return {
            "curve_axis": self._switch_axis,
            "curve_series": self._toggle_series,
            "curve_line": self._open_line,
            "curve_file": self._switch_file,
        }

    def _switch_axis(self) -> None:
        """Show the same series over the other axis; the cursor stays on its sample."""
        sample = self.series.find_sample()
        axis = self.series.switch_axis()
        self._read_tracks(self._value)
        if self.series.build_chart() is None:
            self.show_notice(
                f"What is drawn has no {axis}s." if axis == "time" else "What is drawn has no steps."
            )
        elif sample is not None and sample.line is not None:
            self.series.put_cursor(sample.line)

    def _toggle_series(self) -> None:
        if not self.series.toggle():
            self.show_notice("Six series are drawn at most.", wrong=True)
        self._read_tracks(self._value)

    def _switch_file(self) -> None:
        """Read the signals of the next log file of the job."""
        history = self._history
        if history is None or len(history.files) < 2 or history.signals is None:
            self.show_notice("The job has one log file only.")
            return
        at = history.files.index(history.signals.file)
        file = history.files[(at + 1) % len(history.files)]
        self.run_in_background(partial(history.run, file), "signals")

    def _open_line(self) -> None:
        """Show in the log the line that the value at the cursor was read from."""
        chart, sample = self.series.build_chart(), self.series.find_sample()
        signals = self._history.signals if self._history is not None else None
        if chart is not None and chart.find_main().group:
            self.show_notice("What is drawn is from the cloud, not from the log.")
            return
        if sample is None or sample.line is None or signals is None:
            self.show_notice("The cursor is on no value of the log: ← and → move it.")
            return
        from matui.console.logs.pane import LogPane

        pane = LogPane(self.session, self.resource)
        pane.open_at(signals.file, sample.line, sample.time_ms)
        screen = self.screen
        self.app.run_worker(screen.panes.show(pane), group="pane")  # type: ignore[attr-defined]
