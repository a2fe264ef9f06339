"""The canvas: dots where the values are, NaN marked, zero marked, signs without braille."""

from __future__ import annotations

import math
import random

import pytest

from matui.console.curves.canvas import Canvas, Scale, find_scale
from matui.console.curves.tracks import Track, TrackRun, Window


def draw_track(
    track: Track, width: int, height: int, *, is_ascii: bool = False, log: bool = False
) -> list[str]:
    window = Window(min(run.ends[0] for run in track.runs), max(run.ends[1] for run in track.runs))
    canvas = Canvas(width, height, window, is_ascii=is_ascii)
    scale = find_scale(track, window, log=log)
    assert scale is not None
    canvas.draw_zero(scale)
    canvas.draw(track, scale, 0)
    return ["".join(cell.sign for cell in row) for row in canvas.build_rows()]


def make_track(*values: float) -> Track:
    return Track("loss", (TrackRun(list(range(len(values))), list(values)),))


def test_a_falling_line_goes_from_the_top_left_to_the_bottom_right() -> None:
    assert draw_track(make_track(8, 7, 6, 5, 4, 3, 2, 1), 4, 2) == ["⠑⢄  ", "  ⠑⢄"]


def test_without_braille_each_track_has_a_sign() -> None:
    rows = draw_track(make_track(3, 2, 1), 3, 3, is_ascii=True)
    assert rows == ["*  ", " * ", "  *"]


def test_nan_is_marked_at_the_bottom_and_the_line_goes_on() -> None:
    rows = draw_track(make_track(1, 2, math.nan, 2, 1), 5, 3, is_ascii=True)
    assert rows[-1][2] == "!"
    assert "*" in rows[0]


def test_a_line_between_two_points_is_drawn_where_neither_is_in_view() -> None:
    track, window = make_track(0.0, 10.0), Window(0.4, 0.6)
    scale = find_scale(track, window, log=False)
    assert scale is not None
    assert (scale.low, scale.high) == pytest.approx((4.0, 6.0))
    canvas = Canvas(4, 2, window)
    canvas.draw(track, scale, 0)
    assert ["".join(cell.sign for cell in row) for row in canvas.build_rows()] == ["  ⡠⠊", "⡠⠊  "]


def test_a_line_reaches_the_edges_of_the_view() -> None:
    track, window = make_track(5.0, 5.0, 5.0), Window(0.5, 1.5)
    canvas = Canvas(10, 3, window, is_ascii=True)
    canvas.draw(track, Scale(0.0, 10.0), 0)
    assert "".join(cell.sign for cell in canvas.build_rows()[1]) == "*" * 10


def test_no_line_is_drawn_beyond_the_ends_of_a_run() -> None:
    track, window = make_track(5.0, 5.0), Window(2.0, 3.0)
    assert find_scale(track, window, log=False) is None


def test_a_single_point_can_be_seen() -> None:
    canvas = Canvas(3, 3, Window(-0.5, 0.5))
    canvas.draw(make_track(5.0), Scale(4.0, 6.0), 0)
    assert canvas.build_rows()[1][1].sign == "●"


def test_zero_is_marked_where_it_is_between_the_ends() -> None:
    assert "┈" in "".join(draw_track(make_track(-1, 1), 20, 5))
    assert "┈" not in "".join(draw_track(make_track(1, 2), 20, 5))


def test_one_point_among_many_is_not_lost() -> None:
    values = [1.0] * 100_000
    values[51_234] = 50.0
    rows = draw_track(make_track(*values), 60, 10)
    assert rows[0].strip() != ""


def test_a_logarithmic_scale_leaves_out_what_is_not_positive() -> None:
    window = Window(0, 3)
    scale = find_scale(make_track(0.0, -1.0, 0.01, 100.0), window, log=True)
    assert scale == Scale(0.01, 100.0, log=True)
    assert scale.compute_share(1.0) == pytest.approx(0.5)
    assert scale.compute_value(0.5) == pytest.approx(1.0)
    none = find_scale(make_track(-2.0, -1.0, -1.0, -1.0), window, log=True)
    assert none is not None
    assert not none.log


@pytest.mark.parametrize("seed", range(20))
def test_any_values_can_be_drawn(seed: int) -> None:
    rng = random.Random(seed)
    kinds = (0.0, math.nan, math.inf, -math.inf, 1e308, -1e308, 5e-324, rng.random())
    values = [rng.choice(kinds) for _ in range(rng.randrange(1, 400))]
    track = make_track(*values)
    for log in (False, True):
        window = Window(0, max(1, len(values) - 1))
        scale = find_scale(track, window, log=log) or Scale(0, 1)
        canvas = Canvas(rng.randrange(1, 90), rng.randrange(1, 20), window)
        canvas.draw(track, scale, 0, label="a")
        assert all(len(row) == canvas.width for row in canvas.build_rows())
