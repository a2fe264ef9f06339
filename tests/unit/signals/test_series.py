"""Series are bounded and keep what matters; a step that goes back begins a segment; the end is estimated."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest

from matui.signals.names import Value
from matui.signals.progress import LineReading
from matui.signals.series import MAX_POINTS, SignalLog


def build_log(steps: list[int], *, interval_ms: float = 1000, total: int | None = None) -> SignalLog:
    log = SignalLog()
    for number, step in enumerate(steps):
        log.add(LineReading((Value("loss", 1.0 / (step + 1)),), step, total), number * interval_ms, number)
    return log


def test_a_step_below_the_last_one_begins_a_segment() -> None:
    log = build_log([1, 2, 3, 2, 3])
    assert [segment.last_step for segment in log.segments] == [3, 3]
    assert [len(segment.series["loss"].points) for segment in log.segments] == [3, 2]
    assert log.segments[1].started_at == 3000


def test_a_checkpoint_of_an_earlier_step_begins_none() -> None:
    log = build_log([1, 2, 3])
    log.add(LineReading((Value("checkpoint", 1.0),), 2), 4000, 4)
    assert len(log.segments) == 1
    assert log.step == 3


def test_thinning_keeps_the_bounds_and_what_is_not_finite() -> None:
    log = SignalLog()
    for number in range(MAX_POINTS * 3):
        value = math.nan if number == 101 else -5.0 if number == 333 else 9.0 if number == 777 else 1.0
        log.add(LineReading((Value("loss", value),), number), None, number)
    points = log.segments[0].series["loss"].points
    assert len(points) <= MAX_POINTS
    assert {point.step for point in points} >= {101, 333, 777, MAX_POINTS * 3 - 1}


@pytest.mark.slow
def test_thinning_leaves_a_long_log_equally_dense_everywhere() -> None:
    count = MAX_POINTS * 15
    points = build_log(list(range(count))).segments[0].series["loss"].points
    steps = points.steps
    assert max(after - before for before, after in pairwise(steps)) < count / 500
    assert len(points) > MAX_POINTS / 3


def test_the_end_is_estimated_from_the_last_steps() -> None:
    log = build_log(list(range(100)), total=200)
    assert log.compute_step_interval_ms() == 1000
    assert log.compute_eta_ms(99_000) == 99_000 + 101 * 1000


def test_an_irregular_run_has_no_estimate() -> None:
    log = SignalLog()
    for number, at in enumerate((0, 1, 50, 51, 300, 301, 900, 2000, 2001)):
        log.add(LineReading((Value("loss", 1.0),), number, 100), at * 1000.0, number)
    assert log.compute_eta_ms(0) is None


def test_steps_without_a_time_of_their_own_are_paced_by_the_first_one_after_each_time() -> None:
    log = SignalLog()
    for step in range(100):
        log.add(LineReading((Value("loss", 1.0),), step, 200), step // 10 * 10_000.0, step)
    assert log.compute_step_interval_ms() == 1000


def test_without_times_the_step_time_of_the_log_is_used() -> None:
    log = SignalLog()
    for number in range(5):
        log.add(LineReading((Value("step_time", 2.0, "s"),), number, 14), None, number)
    assert log.compute_eta_ms(1_000) == 1_000 + 10 * 2000


def test_a_log_without_steps_begins_a_segment_where_its_epoch_goes_back() -> None:
    log = SignalLog()
    for line, epoch in enumerate((0.25, 0.5, 1.0, 1.25, 0.3, 0.55)):
        log.add(LineReading((Value("loss", 2.0), Value("epoch", epoch))), None, line)
    log.add(LineReading((Value("eval_loss", 2.0), Value("epoch", 0.55))), None, 6)
    assert [len(segment.series["loss"].points) for segment in log.segments] == [4, 2]
