"""Tracks of logs: one run a segment, by step, by time or by line. Those of clouds: by time or by step."""

from __future__ import annotations

from matui.console.curves.sources import (
    CounterRates,
    build_track_since_start,
    build_tracks_of_cloud,
    build_tracks_of_log,
)
from matui.resources.detail import CALLS, FAILED_CALLS, Gauge, Metrics, MetricSeries
from matui.signals.names import Value
from matui.signals.progress import LineReading
from matui.signals.series import SignalLog


def make_log(*points: tuple[int | None, float | None, float]) -> SignalLog:
    log = SignalLog()
    for line, (step, time_ms, loss) in enumerate(points):
        log.add(LineReading((Value("loss", loss), Value("epoch", 1.0)), step), time_ms, line)
    return log


def test_a_restart_is_a_run_of_its_own() -> None:
    log = make_log((1, 1e3, 3.0), (2, 2e3, 2.0), (1, 9e3, 3.5), (2, 10e3, 2.5))
    (track,) = build_tracks_of_log(log, "step")
    assert [list(run.xs) for run in track.runs] == [[1, 2], [1, 2]]
    (by_time,) = build_tracks_of_log(log, "time")
    assert [list(run.xs) for run in by_time.runs] == [[1e3, 2e3], [9e3, 10e3]]


def test_without_steps_points_are_numbered_by_line() -> None:
    (track,) = build_tracks_of_log(make_log((None, None, 3.0), (None, None, 2.0)), "step")
    assert list(track.runs[0].xs) == [0, 1]
    assert build_tracks_of_log(make_log((None, None, 3.0)), "time") == []


def test_points_without_a_step_are_left_out_among_others() -> None:
    log = make_log((None, 1e3, 9.0), (1, 2e3, 3.0), (2, 3e3, 2.0))
    (track,) = build_tracks_of_log(log, "step")
    assert list(track.runs[0].ys) == [3.0, 2.0]
    sample = track.runs[0].get_sample(1)
    assert (sample.line, sample.time_ms) == (2, 3e3)


def test_time_since_the_start_begins_at_zero() -> None:
    log = make_log((1, 5e3, 3.0), (2, 6e3, 2.0))
    track = build_track_since_start(log, "loss", "since", "a")
    assert track is not None
    assert (track.name, list(track.runs[0].xs)) == ("a", [0, 1e3])
    assert build_track_since_start(log, "accuracy", "since", "a") is None


def test_series_of_a_cloud_have_one_axis() -> None:
    series = (
        MetricSeries("GPU", (1.0, None, 3.0), "%", 60.0),
        MetricSeries("Training loss", (2.0, 1.0), "", None, "", (100, 200)),
    )
    (gpu,) = build_tracks_of_cloud(series, "time", 600_000.0)
    assert (gpu.name, list(gpu.runs[0].xs), list(gpu.runs[0].ys)) == ("GPU", [480_000, 600_000], [1.0, 3.0])
    (loss,) = build_tracks_of_cloud(series, "step", 0.0)
    assert (loss.name, list(loss.runs[0].xs)) == ("Training loss", [100, 200])


def make_metrics(calls: float | None, failed: float | None, group: str = "m") -> Metrics:
    return Metrics(
        gauges=(
            Gauge("CPU", 1, 2, "cores", group),
            Gauge(CALLS, calls, None, "", group, counter=True),
            Gauge(FAILED_CALLS, failed, calls, "", group, sense="bad", counter=True),
        )
    )


def map_rates(metrics: Metrics) -> dict[str, tuple[float | None, float | None]]:
    return {g.label.strip(): (g.used, g.total) for g in metrics.gauges if g.label.startswith("  ")}


def test_the_first_poll_has_no_rate() -> None:
    assert map_rates(CounterRates().add_rates(make_metrics(100, 1), 10.0)) == {}


def test_the_second_poll_gives_calls_a_second_and_how_many_fail_now() -> None:
    known = CounterRates()
    known.add_rates(make_metrics(100, 1), 10.0)
    assert map_rates(known.add_rates(make_metrics(150, 6), 20.0)) == {
        "rate": (5.0, None),
        "failing now": (5, 50),
    }


def test_without_calls_nothing_is_said_of_failures() -> None:
    known = CounterRates()
    known.add_rates(make_metrics(100, 1), 10.0)
    assert map_rates(known.add_rates(make_metrics(100, 1), 20.0)) == {"rate": (0.0, None)}


def test_more_failures_than_calls_are_no_share_of_them() -> None:
    """The cloud's two counters are not of one moment; 167 % of the calls failed."""
    known = CounterRates()
    known.add_rates(make_metrics(100, 1), 10.0)
    assert map_rates(known.add_rates(make_metrics(103, 6), 20.0)) == {
        "rate": (0.3, None),
        "failing now": (5, None),
    }
    assert map_rates(known.add_rates(make_metrics(103, 8), 30.0)) == {
        "rate": (0.0, None),
        "failing now": (2, None),
    }


def test_a_counter_set_back_has_no_rate_until_the_next_poll() -> None:
    known = CounterRates()
    known.add_rates(make_metrics(100, 9), 10.0)
    assert map_rates(known.add_rates(make_metrics(4, 0), 20.0)) == {}
    assert map_rates(known.add_rates(make_metrics(24, 0), 30.0)) == {
        "rate": (2.0, None),
        "failing now": (0, 20),
    }


def test_a_value_that_is_missing_once_gives_no_rate_and_no_error() -> None:
    known = CounterRates()
    known.add_rates(make_metrics(100, 1), 10.0)
    assert map_rates(known.add_rates(make_metrics(None, None), 20.0)) == {}
    assert map_rates(known.add_rates(make_metrics(120, 1), 30.0)) == {}


def test_models_are_distinguished_and_other_gauges_stay_as_they_are() -> None:
    known = CounterRates()
    known.add_rates(make_metrics(100, 0, "a"), 10.0)
    shown = known.add_rates(
        Metrics(gauges=(*make_metrics(110, 0, "a").gauges, *make_metrics(50, 0, "b").gauges)), 20.0
    )
    assert [(g.group, g.label.strip(), g.used) for g in shown.gauges if g.label == "  rate"] == [
        ("a", "rate", 1.0)
    ]
    assert [g for g in shown.gauges if g.label == "CPU"] == [
        Gauge("CPU", 1, 2, "cores", "a"),
        Gauge("CPU", 1, 2, "cores", "b"),
    ]


def test_two_polls_of_the_same_moment_give_no_rate() -> None:
    known = CounterRates()
    known.add_rates(make_metrics(100, 0), 10.0)
    assert map_rates(known.add_rates(make_metrics(200, 0), 10.0)) == {}
