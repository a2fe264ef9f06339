"""The state of a chart, and the chart as lines: canvas, axes, readings at the cursor, legend. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from matui.base.text.cells import fit
from matui.console.curves.axes import (
    VALUE_CELLS,
    build_value_labels,
    build_x_labels,
    format_at,
    format_value,
)
from matui.console.curves.canvas import (
    ASCII_SIGNS,
    BAD_OWNER,
    ZERO_OWNER,
    Canvas,
    CanvasCell,
    Scale,
    find_scale,
    get_letter,
)
from matui.console.curves.tracks import Sample, Track, Window, XAxis, find_whole_window
from matui.console.lines.view import Spans

_owner = attrgetter("owner")
MAX_SHOWN = 6
SMOOTHING = (0.0, 0.6, 0.9, 0.97)
_AXES: dict[XAxis, str] = {"step": "by step", "time": "by time", "since": "since the start"}
_ZOOM = 0.5
_PAN = 0.25
_LEAST_SPAN = 1e-3
_NO_SCALE = Scale(0.0, 1.0)  # of a track that has no finite value in view
TrackKey = tuple[str, str]


class ChartState(NamedTuple):
    """The choices of the user. ``cursor`` is an x, ``window`` the x in view; None: all of them."""

    axis: XAxis = "step"
    log: bool = False
    smoothing: int = 0
    window: Window | None = None
    cursor: float | None = None
    shown: tuple[TrackKey, ...] = ()
    selected: TrackKey | None = None

    def toggle(self, key: TrackKey) -> ChartState:
        """Return the state with a series shown or hidden; at most six are shown."""
        if key in self.shown:
            return self._replace(shown=tuple(one for one in self.shown if one != key))
        return self if len(self.shown) >= MAX_SHOWN else self._replace(shown=(*self.shown, key))


class ChartSize(NamedTuple):
    """How a chart is drawn: its size in cells, the zone of times, and whether the terminal lacks braille."""

    width: int
    height: int
    zone: tzinfo | None = None
    is_ascii: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """The tracks on one axis, and what of them is in view.

    With ``is_shared`` all tracks have one scale, and the difference of the first two is shown at the cursor.
    """

    tracks: tuple[Track, ...]
    state: ChartState
    whole: Window
    window: Window = field(init=False)
    smooth: tuple[Track, ...] = ()
    is_shared: bool = False

    def __post_init__(self) -> None:
        window = self.whole if self.state.window is None else self.state.window.fit_within(self.whole)
        object.__setattr__(self, "window", window)

    @classmethod
    def of(cls, tracks: Sequence[Track], state: ChartState, *, is_shared: bool = False) -> Chart | None:
        """Return the chart of the tracks that are shown; None where none of them has points."""
        by_key = {track.key: track for track in tracks}
        shown = tuple(by_key[key] for key in state.shown if key in by_key)
        whole = find_whole_window(shown)
        if whole is None:
            return None
        weight = SMOOTHING[state.smoothing]
        return cls(shown, state, whole, tuple(track.smooth(weight) for track in shown), is_shared)

    # Moving

    def move_cursor(self, steps: int, columns: int) -> ChartState:
        """Move the cursor by cells of a canvas of ``columns``; the window follows it."""
        cell = (self.window.high - self.window.low) / max(1, columns)
        at = self.state.cursor
        if at is None:
            at = self.window.high if steps < 0 else self.window.low
        else:
            at = min(max(at + steps * cell, self.whole.low), self.whole.high)
        window = self.window
        if not window.low <= at <= window.high:
            shift = at - (window.low if at < window.low else window.high)
            window = Window(window.low + shift, window.high + shift).fit_within(self.whole)
        return self.state._replace(cursor=at, window=None if window == self.whole else window)

    def zoom(self, steps: int) -> ChartState:
        """Zoom in (positive) or out around the cursor, or around the right end."""
        around = self.state.cursor if self.state.cursor is not None else self.window.high
        window = self.window.zoom(_ZOOM**steps, around).fit_within(self.whole)
        if window.high - window.low < _LEAST_SPAN:
            return self.state
        return self.state._replace(window=None if window == self.whole else window)

    def pan(self, steps: int) -> ChartState:
        """Move the window by quarters of its width; the cursor stays in view."""
        shift = steps * _PAN * (self.window.high - self.window.low)
        window = Window(self.window.low + shift, self.window.high + shift).fit_within(self.whole)
        at = self.state.cursor
        if at is not None:
            at = min(max(at, window.low), window.high)
        return self.state._replace(window=None if window == self.whole else window, cursor=at)

    def find_reading(self, track: Track) -> Sample | None:
        """Return the sample of a track nearest to the cursor; None without a cursor.

        With ``is_shared`` None too where the track has ended or has not begun: values of other steps are not
        compared.
        """
        at = self.state.cursor
        if at is None or (self.is_shared and not track.reaches(at)):
            return None
        return track.find_nearest(at)

    def find_main(self) -> Track:
        """Return the track whose values label the axis: the selected one, else the first."""
        return next((track for track in self.tracks if track.key == self.state.selected), self.tracks[0])


def render_chart(chart: Chart, look: ChartSize) -> list[Spans]:
    """Return the canvas with its axes as ``look.height`` lines; a track other than the main one is scaled
    to its own bounds.
    """
    width, height = compute_plot_width(look.width), max(1, look.height - 2)
    canvas = Canvas(width, height, chart.window, is_ascii=look.is_ascii)
    main = chart.find_main()
    scales = {track.key: find_scale(track, chart.window, log=chart.state.log) for track in chart.smooth}
    if chart.is_shared:
        scales = dict.fromkeys(
            scales, _join_scales([scale for scale in scales.values() if scale is not None])
        )
    main_scale = scales[main.key]
    if main_scale is not None:
        canvas.draw_zero(main_scale)
    for number, track in sorted(enumerate(chart.smooth), key=lambda each: each[1].key == main.key):
        label = get_letter(number) if len(chart.tracks) > 1 else ""
        canvas.draw(track, scales[track.key] or _NO_SCALE, number, label=label)
    cursor = None if chart.state.cursor is None else canvas.find_column(chart.state.cursor)
    labels = build_value_labels(main_scale, height)
    bar, corner = ("|", "+") if look.is_ascii else ("┤", "└")
    plain = "|" if look.is_ascii else "│"
    lines: list[Spans] = [_render_head(chart, look)]
    for label, row in zip(labels, canvas.build_rows(), strict=True):
        axis = (f"{label:>{VALUE_CELLS}}{bar if label else plain}", "muted")
        lines.append((axis, *_build_row_spans(row, cursor, look)))
    under = build_x_labels(chart.window, width, chart.state.axis, look.zone)
    lines.append(((" " * VALUE_CELLS + corner, "muted"), (under, "muted")))
    return lines


def _join_scales(scales: Sequence[Scale]) -> Scale | None:
    """Return the scale that holds the values of all; None for none."""
    if not scales:
        return None
    log = all(scale.log for scale in scales)
    return Scale(min(scale.low for scale in scales), max(scale.high for scale in scales), log)


def compute_plot_width(width: int) -> int:
    """Return the cells that the canvas has in a pane of ``width``."""
    return max(8, width - VALUE_CELLS - 2)


def _render_head(chart: Chart, look: ChartSize) -> Spans:
    """Return the line above the canvas: what is drawn and how, and the values at the cursor."""
    state, main = chart.state, chart.find_main()
    name = f"{main.name}{f' ({main.unit})' if main.unit else ''}"
    if chart.is_shared:
        name = "  ".join(track.name for track in chart.tracks)
    how: list[str] = [_AXES[state.axis]]
    how += [_describe_log(chart, main)] if state.log else []
    how += [f"smoothed {SMOOTHING[state.smoothing]:g}"] if state.smoothing else []
    if state.window is not None:
        how.append(
            f"{(chart.window.high - chart.window.low) / (chart.whole.high - chart.whole.low):.0%} in view"
        )
    words = f"  {', '.join(how)}"
    if state.cursor is None:
        return ((f" {name}", "title"), (words, "muted"))
    at = _describe_cursor(chart, state.cursor, look.zone)
    read = " ".join(
        f"{f'{get_letter(number)} ' if len(chart.tracks) > 1 else ''}{_read(chart.find_reading(track))}"
        for number, track in enumerate(chart.tracks)
    )
    return (
        (f" {name}", "title"),
        (f"  {at}: ", "muted"),
        (read + _format_difference(chart), ""),
        (words, "muted"),
    )


def _describe_log(chart: Chart, main: Track) -> str:
    """Return the scale, and what it cannot show: only positive values have a logarithm."""
    scale = find_scale(main, chart.window, log=True)
    if scale is not None and not scale.log:
        return "no value above 0 for a log scale"
    low = min((run.find_extremes(0, len(run.ys))[0] for run in main.runs if run.ys), default=1.0)
    return "log scale" if low > 0 else "log scale, 0 and less at its foot"


def _format_difference(chart: Chart) -> str:
    """Return the second reading minus the first one, where both are there."""
    readings = [chart.find_reading(track) for track in chart.tracks[:2]] if chart.is_shared else []
    first, second = readings if len(readings) == 2 else (None, None)
    if first is None or second is None:
        return ""
    return f"  b-a {format_value(second.y - first.y, 4)}"


def _read(sample: Sample | None) -> str:
    return "none" if sample is None else format_value(sample.y, 5)


def _describe_cursor(chart: Chart, x: float, zone: tzinfo | None) -> str:
    """Return the x of the cursor: that of the sample of the main track, else of the first with one."""
    readings = (chart.find_reading(track) for track in (chart.find_main(), *chart.tracks))
    sample = next((sample for sample in readings if sample is not None), None)
    at = x if sample is None else sample.x
    return format_at(at, chart.state.axis, zone)


def _build_row_spans(row: Sequence[CanvasCell], cursor: int | None, look: ChartSize) -> list[tuple[str, str]]:
    """Return a row as spans, one for each run of cells of one owner, and one for the cursor."""
    if cursor is None:
        return [
            ("".join(sign for sign, _ in cells), _get_style(owner)) for owner, cells in groupby(row, _owner)
        ]
    sign = row[cursor].sign
    if sign in (" ", "┈"):
        sign = "|" if look.is_ascii else "│"
    return [
        *_build_row_spans(row[:cursor], None, look),
        (sign, "curve-view--cursor"),
        *_build_row_spans(row[cursor + 1 :], None, look),
    ]


def _get_style(owner: int) -> str:
    if owner == BAD_OWNER:
        return "error"
    if owner == ZERO_OWNER:
        return "muted"
    return f"curve-view--series-{owner % MAX_SHOWN}" if owner >= 0 else ""


def render_legend(tracks: Sequence[Track], state: ChartState, width: int, *, is_ascii: bool) -> list[Spans]:
    """Return a line a series: whether it is shown and as what, its last, least, greatest and mean value."""
    name_cells = max(10, min(max((len(_format_name(track)) for track in tracks), default=0), width // 3))
    return [_render_legend_line(track, state, name_cells, width, is_ascii=is_ascii) for track in tracks]


def _format_name(track: Track) -> str:
    return f"{track.name}{f' {track.unit}' if track.unit else ''}"


def _render_legend_line(track: Track, state: ChartState, cells: int, width: int, *, is_ascii: bool) -> Spans:
    number = state.shown.index(track.key) if track.key in state.shown else None
    chosen = ">" if is_ascii else "▸"
    pointer = chosen if track.key == state.selected else " "
    if number is None:
        mark, style = "·  ", "muted"
    else:
        sign = ASCII_SIGNS[number] if is_ascii else "⠶"
        mark, style = f"{get_letter(number)}{sign} ", f"curve-view--series-{number}"
    summary = track.summarize()
    trend = summary.trend if not is_ascii else {"↓": "v", "↑": "^", "→": "-"}.get(summary.trend, "")
    last = format_value(summary.last)
    words = f"{last} {trend}".rstrip()
    nans = sum(run.nans for run in track.runs)
    infinite = sum(len(run.bad) for run in track.runs) - nans
    extra = "".join(f"  {count} {name}" for count, name in ((nans, "NaN"), (infinite, "Inf")) if count)
    named = {"min": summary.least, "max": summary.most, "mean": summary.mean}
    room, rest = width - cells - 5 - max(12, len(words)) - len(extra), ""
    for name, value in named.items():
        part = f"  {name} {format_value(value)}"
        if len(rest) + len(part) > room:
            break
        rest += part
    is_bad = summary.last is not None and not math.isfinite(summary.last)
    return (
        (f"{pointer}", "title"),
        (mark, style),
        (f"{fit(_format_name(track), cells)} ", "" if number is not None else "muted"),
        (f"{words:<12}", "error" if is_bad else ""),
        (rest, "muted"),
        (extra, "error"),
    )
