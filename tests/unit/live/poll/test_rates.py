"""Rates of counters between two polls."""

from __future__ import annotations

from matui.live.poll.rates import CounterRates
from matui.resources.detail import CALLS, FAILED_CALLS, Gauge, Metrics


def polled(calls: float | None, failed: float | None, group: str = "m") -> Metrics:
    return Metrics(
        gauges=(
            Gauge("CPU", 1, 2, "cores", group),
            Gauge(CALLS, calls, None, "", group, counter=True),
            Gauge(FAILED_CALLS, failed, calls, "", group, sense="bad", counter=True),
        )
    )


def rates(metrics: Metrics) -> dict[str, tuple[float | None, float | None]]:
    return {g.label.strip(): (g.used, g.total) for g in metrics.gauges if g.label.startswith("  ")}


def test_the_first_poll_has_no_rate() -> None:
    assert rates(CounterRates().add_rates(polled(100, 1), 10.0)) == {}


def test_the_second_poll_gives_calls_a_second_and_how_many_fail_now() -> None:
    known = CounterRates()
    known.add_rates(polled(100, 1), 10.0)
    assert rates(known.add_rates(polled(150, 6), 20.0)) == {"rate": (5.0, None), "failing now": (5, 50)}


def test_without_calls_nothing_is_said_of_failures() -> None:
    known = CounterRates()
    known.add_rates(polled(100, 1), 10.0)
    assert rates(known.add_rates(polled(100, 1), 20.0)) == {"rate": (0.0, None)}


def test_a_counter_set_back_has_no_rate_until_the_next_poll() -> None:
    known = CounterRates()
    known.add_rates(polled(100, 9), 10.0)
    assert rates(known.add_rates(polled(4, 0), 20.0)) == {}
    assert rates(known.add_rates(polled(24, 0), 30.0)) == {"rate": (2.0, None), "failing now": (0, 20)}


def test_a_value_that_is_missing_once_gives_no_rate_and_no_error() -> None:
    known = CounterRates()
    known.add_rates(polled(100, 1), 10.0)
    assert rates(known.add_rates(polled(None, None), 20.0)) == {}
    assert rates(known.add_rates(polled(120, 1), 30.0)) == {}


def test_models_are_distinguished_and_other_gauges_stay_as_they_are() -> None:
    known = CounterRates()
    known.add_rates(polled(100, 0, "a"), 10.0)
    shown = known.add_rates(Metrics(gauges=(*polled(110, 0, "a").gauges, *polled(50, 0, "b").gauges)), 20.0)
    assert [(g.group, g.label.strip(), g.used) for g in shown.gauges if g.label == "  rate"] == [
        ("a", "rate", 1.0)
    ]
    assert [g for g in shown.gauges if g.label == "CPU"] == [
        Gauge("CPU", 1, 2, "cores", "a"),
        Gauge("CPU", 1, 2, "cores", "b"),
    ]


def test_two_polls_of_the_same_moment_give_no_rate() -> None:
    known = CounterRates()
    known.add_rates(polled(100, 0), 10.0)
    assert rates(known.add_rates(polled(200, 0), 10.0)) == {}
