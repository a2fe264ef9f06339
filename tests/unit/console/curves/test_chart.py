"""The chart: cursor, zoom and pan stay in bounds; lines fit the pane; values have their digits."""

from __future__ import annotations

import math

import pytest

from matui.base.text.cells import measure_width
from matui.console.curves.axes import build_value_labels, build_x_labels, format_step, format_value
from matui.console.curves.canvas import Scale
from matui.console.curves.chart import Chart, ChartSize, ChartState, render_chart, render_legend
from matui.console.curves.tracks import Track, TrackRun, Window
from matui.console.lines.view import Spans

LOSS = Track("loss", (TrackRun(list(range(1000)), [2 + 5 / (1 + x / 50) for x in range(1000)], range(1000)),))
RATE = Track("learning_rate", (TrackRun(list(range(1000)), [5e-5 * (1 - x / 1000) for x in range(1000)]),))
SHOWN = ChartState(shown=(LOSS.key,), selected=LOSS.key)
BOTH = ChartState(shown=(LOSS.key, RATE.key), selected=LOSS.key)


def make_chart(state: ChartState = SHOWN) -> Chart:
    chart = Chart.of([LOSS, RATE], state)
    assert chart is not None
    return chart


def list_texts(lines: list[Spans]) -> list[str]:
    return ["".join(text for text, _style in line) for line in lines]


def test_the_cursor_reads_the_value_and_the_line() -> None:
    state = make_chart().move_cursor(-1, 70)
    assert state.cursor == 999
    state = make_chart(state).move_cursor(-10, 70)
    sample = make_chart(state).find_reading(LOSS)
    assert sample is not None
    assert (sample.x, sample.line) == (856, 856)


def test_zoom_and_pan_keep_to_what_there_is() -> None:
    state = make_chart(ChartState(shown=(LOSS.key,), cursor=500.0)).zoom(1)
    assert state.window is not None
    assert state.window.high - state.window.low == pytest.approx(499.5)
    for _ in range(20):
        state = make_chart(state).pan(1)
    assert state.window is not None
    assert state.window.high == 999
    assert state.cursor is not None
    assert state.window.low <= state.cursor <= 999
    for _ in range(5):
        state = make_chart(state).zoom(-1)
    assert state.window is None


def test_the_window_follows_the_cursor() -> None:
    state = ChartState(shown=(LOSS.key,), window=Window(0, 100), cursor=100.0)
    moved = make_chart(state).move_cursor(5, 50)
    assert moved.window is not None
    assert moved.window.high == pytest.approx(110)


@pytest.mark.parametrize("is_ascii", [False, True])
@pytest.mark.parametrize(("width", "height"), [(78, 7), (118, 26), (40, 5)])
@pytest.mark.parametrize("state", [SHOWN, BOTH, ChartState("step", True, 2, None, 400.0, BOTH.shown)])
def test_lines_fit_the_pane(width: int, height: int, is_ascii: bool, state: ChartState) -> None:
    lines = list_texts(render_chart(make_chart(state), ChartSize(width, height, None, is_ascii)))
    assert len(lines) == height
    assert max(measure_width(line) for line in lines[1:]) <= width
    if is_ascii:
        assert all(line.isascii() for line in lines)


def test_several_series_are_distinguished_without_colour() -> None:
    lines = list_texts(render_chart(make_chart(BOTH), ChartSize(78, 12)))
    body = "".join(lines[1:])
    assert "a" in body
    assert "b" in body
    legend = list_texts(render_legend([LOSS, RATE], BOTH, 78, is_ascii=False))
    assert legend[0].startswith("▸a")
    assert legend[1].startswith(" b")


@pytest.mark.parametrize(
    ("width", "end"),
    [
        (36, "2.5           1 NaN"),
        (54, "2.5           min 1.25  max 2.5  1 NaN"),
        (78, "2.5           min 1.25  max 2.5  mean 1.875  1 NaN"),
    ],
)
def test_a_legend_shows_whole_values_only(width: int, end: str) -> None:
    broken = Track("loss", (TrackRun(range(3), [1.25, math.nan, 2.5]),))
    [line] = list_texts(render_legend([broken], ChartState(), width, is_ascii=False))
    assert line.endswith(end)
    assert len(line) <= width


def test_at_most_six_series_are_shown() -> None:
    state = ChartState()
    for number in range(8):
        state = state.toggle(("", str(number)))
    assert len(state.shown) == 6
    assert len(state.toggle(("", "0")).shown) == 5


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "–"),
        (0.0, "0"),
        (2.34567, "2.346"),
        (0.23456, "0.2346"),
        (5e-05, "5.00e-05"),
        (12345.6, "12346"),
        (123456789.0, "1.23e+08"),
        (math.nan, "NaN"),
        (-math.inf, "-Inf"),
    ],
)
def test_values_have_three_or_four_digits(value: float | None, text: str) -> None:
    assert format_value(value) == text
    assert len(text) <= 9


def test_labels_of_the_axes() -> None:
    assert [label for label in build_value_labels(Scale(0, 10), 9) if label] == ["10", "7.5", "5", "2.5", "0"]
    assert build_x_labels(Window(0, 1000), 40, "step", None) == "0" + " " * 17 + "500" + " " * 15 + "1000"
    assert format_step(1_234_567) == "1.235M"


def test_values_of_other_steps_are_not_compared_where_one_series_has_ended() -> None:
    short = Track("a", (TrackRun([0, 10, 20], [5.0, 4.0, 3.0]),))
    long = Track("b", (TrackRun([0, 10, 20, 30, 40], [6.0, 5.5, 5.0, 4.5, 4.0]),))
    for cursor, head in (
        (19.0, " a  b  step 20: a 3 b 5  b-a 2  by step"),
        (31.0, " a  b  step 30: a none b 4.5  by step"),
    ):
        state = ChartState(shown=(short.key, long.key), selected=short.key, cursor=cursor)
        chart = Chart.of([short, long], state, is_shared=True)
        assert chart is not None
        assert list_texts(render_chart(chart, ChartSize(60, 10)))[0] == head


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ([1.0, 2.0, 4.0], "log scale"),
        ([-1.0, 2.0, 4.0], "log scale, 0 and less at its foot"),
        ([-1.0, -2.0, 0.0], "no value above 0 for a log scale"),
    ],
)
def test_the_head_states_what_a_log_scale_does_not_show(values: list[float], words: str) -> None:
    track = Track("loss", (TrackRun(range(3), values),))
    chart = Chart.of([track], ChartState(log=True, shown=(track.key,)))
    assert chart is not None
    assert list_texts(render_chart(chart, ChartSize(80, 8)))[0] == f" loss  by step, {words}"


def test_a_chart_without_finite_values_invents_none() -> None:
    track = Track("loss", (TrackRun([1, 2, 3], [math.nan] * 3),))
    chart = Chart.of([track], ChartState(shown=(track.key,), selected=track.key))
    assert chart is not None
    rows = list_texts(render_chart(chart, ChartSize(40, 8)))[1:-1]
    assert all(row.lstrip()[:1] in "│┤" and row.startswith(" " * 9) for row in rows)
    assert "×" in rows[-1]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ([1.0, math.nan, math.nan], "  2 NaN"),
        ([1.0, math.inf, -math.inf, math.nan], "  1 NaN  2 Inf"),
        ([1.0, math.inf], "  1 Inf"),
        ([1.0, 2.0], ""),
    ],
)
def test_the_legend_counts_nan_and_infinite_values_apart(values: list[float], words: str) -> None:
    track = Track("loss", (TrackRun(range(len(values)), values),))
    state = ChartState(shown=(track.key,), selected=track.key)
    legend = list_texts(render_legend([track], state, 100, is_ascii=False))[0]
    assert legend.endswith(words)
    assert ("NaN" in legend.split("mean")[1]) is ("NaN" in words)
