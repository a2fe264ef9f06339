"""Each finding appears where its fault is, and none on a healthy run."""

from __future__ import annotations

import math
import random

import pytest

from matui.signals.findings import DEFAULT_LIMITS, adapt_limits, find_faults, find_stragglers
from matui.signals.names import Value
from matui.signals.progress import LineReading
from matui.signals.series import SignalLog


def run_of(count: int, seed: int = 1) -> SignalLog:
    rng = random.Random(seed)
    log = SignalLog()
    for step in range(count):
        add(log, step, loss=3.0 / (1 + step / 50) + rng.gauss(0, 0.05), step_time=1 + rng.gauss(0, 0.03))
    return log


def add(log: SignalLog, step: int, **values: float) -> None:
    log.observe_line(step * 1000.0)
    log.add(
        LineReading(tuple(Value(name, value) for name, value in values.items()), step), step * 1000.0, step
    )


def list_kinds(log: SignalLog, now_s: float | None = None, *, running: bool = True) -> list[str]:
    now_ms = (log.last_line_ms or 0) + 1000 if now_s is None else now_s * 1000
    return [finding.kind for finding in find_faults(log, now_ms=now_ms, running=running)]


def test_fifty_healthy_runs_have_no_finding() -> None:
    assert [list_kinds(run_of(300, seed)) for seed in range(50)] == [[]] * 50


def test_a_loss_that_is_nan_is_found_with_its_line() -> None:
    log = run_of(100)
    add(log, 100, loss=math.nan)
    (finding,) = find_faults(log, now_ms=100_500, running=True)
    assert (finding.kind, finding.line, finding.since_ms) == ("nan", 100, 100_000)
    assert finding.words == "loss is NaN since step 100."


def test_a_loss_of_zero_with_a_gradient_norm_of_nan_is_found() -> None:
    log = run_of(50)
    add(log, 50, loss=0.0, grad_norm=math.nan)
    assert list_kinds(log) == ["nan", "zero_loss"]


def test_a_loss_of_zero_is_none_where_another_line_without_a_step_has_the_nan() -> None:
    log = SignalLog()
    for line, values in enumerate(({"loss": 0.0, "grad_norm": 0.5}, {"loss": 1.0, "grad_norm": math.nan})):
        log.add(LineReading(tuple(Value(name, value) for name, value in values.items())), None, line)
    assert list_kinds(log, 1) == ["nan"]


def test_a_spike_is_found() -> None:
    log = run_of(200)
    add(log, 200, loss=9.0)
    assert list_kinds(log) == ["spike"]


def test_a_run_that_takes_no_step_is_stalled_while_lines_come() -> None:
    log = run_of(100)
    log.observe_line(400_000)
    (finding,) = find_faults(log, now_ms=401_000, running=True)
    assert (finding.kind, finding.line) == ("stalled", 99)


def test_a_run_without_lines_is_silent() -> None:
    (finding,) = find_faults(run_of(100), now_ms=1_000_000, running=True)
    assert (finding.kind, finding.line) == ("silent", 99)


def test_the_words_of_a_pause_are_true_for_as_long_as_it_lasts() -> None:
    silent, stalled = run_of(100), run_of(100)
    stalled.observe_line(800_000)
    for log in (silent, stalled):
        words = {
            finding.words
            for now_ms in (801_000, 900_000, 2_000_000)
            for finding in find_faults(log, now_ms=now_ms, running=True)
            if finding.kind == ("silent" if log is silent else "stalled")
        }
        assert len(words) == 1, words


def test_an_ended_run_is_neither() -> None:
    assert list_kinds(run_of(100), 1000, running=False) == []


def test_steps_that_take_twice_as_long_are_slow() -> None:
    log = run_of(100)
    for step in range(100, 106):
        add(log, step, loss=1.0, step_time=2.6)
    assert list_kinds(log) == ["slow"]


@pytest.mark.parametrize("begin", [30, 60, 500])
@pytest.mark.parametrize("later", [5, 60])
def test_a_step_time_that_doubles_is_slow_from_its_step_on(begin: int, later: int) -> None:
    rng, log = random.Random(begin), SignalLog()
    for step in range(begin + later):
        add(log, step, loss=1.0, step_time=2.0 * rng.uniform(0.95, 1.05) * (2 if step >= begin else 1))
    (finding,) = find_faults(log, now_ms=(begin + later) * 1000.0, running=True)
    assert (finding.kind, finding.line) == ("slow", begin)


def test_a_spike_is_found_where_a_hundred_steps_come_with_one_poll() -> None:
    log = run_of(400)
    add(log, 400, loss=9.0)
    for step in range(401, 500):
        add(log, step, loss=0.4)
    assert [(found.kind, found.line) for found in find_faults(log, now_ms=500_000, running=True)] == [
        ("spike", 400)
    ]


@pytest.mark.parametrize("every", [1, 2, 4, 5])
def test_skips_that_grow_soon_after_the_start_are_found_where_the_scale_stays(every: int) -> None:
    log = SignalLog()
    for step in range(30):
        skipped = max(0, min(5, (step - 5) // every + 1))
        add(log, step, loss=1.0, loss_scale=65536.0, skipped_steps=float(skipped))
        if skipped == 4:
            break
    assert list_kinds(log) == ["skipped"]


def test_a_stall_is_found_soon_after_a_checkpoint_that_was_saved() -> None:
    saving, saved = (
        "saving checkpoint at iteration 30 to /out",
        "successfully saved checkpoint at iteration 30",
    )
    assert adapt_limits((), DEFAULT_LIMITS, [saving]).stalled_minutes == 6
    assert adapt_limits((), DEFAULT_LIMITS, [saving, saved]).stalled_minutes == 1
    assert adapt_limits((), DEFAULT_LIMITS, ["Running evaluation", "batch 10 done"]).stalled_minutes == 15


def test_a_loss_scale_at_its_floor_and_growing_skips_are_found() -> None:
    log = SignalLog()
    for step, scale in enumerate((65536.0, 4.0, 2.0, 1.0)):
        add(log, step, loss_scale=scale, skipped_steps=float(step))
    assert list_kinds(log) == ["scale_floor", "skipped"]


def test_a_run_without_a_checkpoint_for_hours_is_found() -> None:
    log = run_of(100)
    log.observe_line(7 * 3_600_000)
    found = find_faults(log, now_ms=7 * 3_600_000, running=True)
    assert [finding.line for finding in found if finding.kind == "no_checkpoint"] == [0]


def test_a_worker_far_below_the_others_is_a_straggler() -> None:
    found = find_stragglers({"a.0": 100.0, "a.1": 99.0, "a.2": 60.0, "a.3": 101.0})
    assert [finding.words for finding in found] == ["a.2: 60, the median of all workers is 99.5."]


def test_a_worker_whose_steps_take_forty_percent_longer_is_a_straggler() -> None:
    speeds = {"a.0": 1.0, "a.1": 1.0, "a.2": 1 / 1.4, "a.3": 1.0}
    assert [finding.words for finding in find_stragglers(speeds, " steps/s")] == [
        "a.2: 0.7143 steps/s, the median of all workers is 1 steps/s."
    ]


def test_a_throughput_that_halves_is_slow_where_the_log_has_no_step_time() -> None:
    log = SignalLog()
    for step in range(60):
        rate = Value("throughput", 97.2 if step < 50 else 45.1, "samples/s")
        log.add(LineReading((Value("loss", 2.0), rate), step), None, step)
    (finding,) = find_faults(log, now_ms=0, running=False)
    assert (finding.kind, finding.line) == ("slow", 50)
    assert finding.words == "The throughput is 45.1 samples/s, usually 97.2."


def test_steps_are_timed_by_their_lines_where_the_log_has_no_step_time() -> None:
    log = SignalLog()
    for step in range(80):
        at_ms = step * 10_000.0 if step < 60 else 600_000 + (step - 60) * 25_000.0
        log.add(LineReading((Value("loss", 2.0),), step * 10), at_ms, step)
    (finding,) = find_faults(log, now_ms=0, running=False)
    assert (finding.kind, finding.words) == ("slow", "A step takes 2.5 s, usually 1 s.")


def test_the_end_of_the_training_of_a_log_without_steps_is_no_pause() -> None:
    log = SignalLog()
    for number in range(1, 31):
        epoch = Value("epoch", number / 10)
        log.observe_line(number * 10_000.0)
        log.add(LineReading((Value("loss", 2.0), epoch)), number * 10_000.0, number)
    log.observe_line(500_000)
    assert list_kinds(log, 500) == []
    log.add(LineReading((Value("loss", 2.0), Value("epoch", 3.05))), 500_000.0, 31)
    log.observe_line(900_000)
    assert list_kinds(log, 900) == ["stalled"]
    log.add(LineReading((Value("train_loss", 2.0),)), 900_000.0, 32)
    assert list_kinds(log, 901) == []
