"""Tracks of logs: one run a segment, by step, by time or by line. Those of clouds: by time or by step."""

from __future__ import annotations

from matui.console.curves.sources import track_since_start, tracks_of_cloud, tracks_of_log
from matui.resources.detail import MetricSeries
from matui.signals.names import Value
from matui.signals.reading import LineReading
from matui.signals.series import SignalLog


def log_of(*points: tuple[int | None, float | None, float]) -> SignalLog:
    log = SignalLog()
    for line, (step, time_ms, loss) in enumerate(points):
        log.add(LineReading((Value("loss", loss), Value("epoch", 1.0)), step), time_ms, line)
    return log


def test_a_restart_is_a_run_of_its_own() -> None:
    log = log_of((1, 1e3, 3.0), (2, 2e3, 2.0), (1, 9e3, 3.5), (2, 10e3, 2.5))
    (track,) = tracks_of_log(log, "step")
    assert [list(run.xs) for run in track.runs] == [[1, 2], [1, 2]]
    (by_time,) = tracks_of_log(log, "time")
    assert [list(run.xs) for run in by_time.runs] == [[1e3, 2e3], [9e3, 10e3]]


def test_without_steps_points_are_numbered_by_line() -> None:
    (track,) = tracks_of_log(log_of((None, None, 3.0), (None, None, 2.0)), "step")
    assert list(track.runs[0].xs) == [0, 1]
    assert tracks_of_log(log_of((None, None, 3.0)), "time") == []


def test_points_without_a_step_are_left_out_among_others() -> None:
    log = log_of((None, 1e3, 9.0), (1, 2e3, 3.0), (2, 3e3, 2.0))
    (track,) = tracks_of_log(log, "step")
    assert list(track.runs[0].ys) == [3.0, 2.0]
    sample = track.runs[0].sample(1)
    assert (sample.line, sample.time_ms) == (2, 3e3)


def test_time_since_the_start_begins_at_zero() -> None:
    log = log_of((1, 5e3, 3.0), (2, 6e3, 2.0))
    track = track_since_start(log, "loss", "since", "a")
    assert track is not None
    assert (track.name, list(track.runs[0].xs)) == ("a", [0, 1e3])
    assert track_since_start(log, "accuracy", "since", "a") is None


def test_series_of_a_cloud_have_one_axis() -> None:
    series = (
        MetricSeries("GPU", (1.0, None, 3.0), "%", 60.0),
        MetricSeries("Training loss", (2.0, 1.0), "", None, "", (100, 200)),
    )
    (gpu,) = tracks_of_cloud(series, "time", 600_000.0)
    assert (gpu.name, list(gpu.runs[0].xs), list(gpu.runs[0].ys)) == ("GPU", [480_000, 600_000], [1.0, 3.0])
    (loss,) = tracks_of_cloud(series, "step", 0.0)
    assert (loss.name, list(loss.runs[0].xs)) == ("Training loss", [100, 200])
