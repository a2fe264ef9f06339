"""Tracks: sorted runs, what is not finite apart, summaries and windows."""

from __future__ import annotations

import math

from matui.console.curves.tracks import Track, TrackRun, Window, find_whole_window


def test_points_are_sorted_and_what_is_not_finite_is_kept_apart() -> None:
    run = TrackRun([3, 1, 2], [0.3, 0.1, math.nan], [30, 10, 20])
    assert (list(run.xs), list(run.ys), list(run.bad)) == ([1, 3], [0.1, 0.3], [2])
    assert run.ends == (1, 3)
    nearest = run.find_nearest(2.2)
    assert nearest is not None
    assert math.isnan(nearest.y)
    assert nearest.line == 20


def test_extremes_of_a_part_are_those_of_all_its_points() -> None:
    values = [float(number % 997) for number in range(20_000)]
    run = TrackRun(list(range(20_000)), values)
    for begin, end in ((0, 20_000), (13, 19_987), (700, 720), (64, 640), (1, 300)):
        assert run.find_extremes(begin, end) == (min(values[begin:end]), max(values[begin:end]))


def test_smoothing_weighs_earlier_values() -> None:
    run = TrackRun([1, 2, 3], [0.0, 1.0, 1.0]).smooth(0.5)
    assert list(run.ys) == [0.0, 0.5, 0.75]


def test_the_nearest_point_is_of_the_newest_run_that_reaches_it() -> None:
    track = Track("loss", (TrackRun([1, 2, 3], [3.0, 2.0, 1.0]), TrackRun([2, 3, 4], [20.0, 10.0, 5.0])))
    found = [track.find_nearest(x) for x in (1, 2, 4.4, 9)]
    assert [sample.y if sample else None for sample in found] == [3.0, 20.0, 5.0, 5.0]


def test_the_summary_has_last_bounds_mean_and_trend() -> None:
    falling = Track("loss", (TrackRun(list(range(8)), [8.0, 7.0, 6.0, 5.0, 4.0, 3.0, 2.0, math.nan]),))
    summary = falling.summarize()
    assert math.isnan(summary.last or 0.0)
    assert (summary.least, summary.most, summary.mean, summary.trend) == (2.0, 8.0, 5.0, "↓")
    assert Track("loss", ()).summarize().last is None


def test_a_window_stays_within_the_whole() -> None:
    whole = Window(0, 100)
    assert Window(-20, 20).fit_within(whole) == (0, 40)
    assert Window(90, 130).fit_within(whole) == (60, 100)
    assert Window(-50, 500).fit_within(whole) == whole
    assert Window(0, 100).zoom(0.5, 20) == (10, 60)
    assert find_whole_window([Track("loss", (TrackRun([5], [1.0]),))]) == (4.5, 5.5)
    assert find_whole_window([]) is None
