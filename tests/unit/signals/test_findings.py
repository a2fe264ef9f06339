"""Each finding appears where its fault is, and none on a healthy run."""

from __future__ import annotations

import math
import random

from matui.signals.findings import find_faults, find_stragglers
from matui.signals.names import Value
from matui.signals.reading import LineReading
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


def kinds(log: SignalLog, now_s: float | None = None, *, running: bool = True) -> list[str]:
    now_ms = (log.last_line_ms or 0) + 1000 if now_s is None else now_s * 1000
    return [finding.kind for finding in find_faults(log, now_ms=now_ms, running=running)]


def test_fifty_healthy_runs_have_no_finding() -> None:
    assert [kinds(run_of(300, seed)) for seed in range(50)] == [[]] * 50


def test_a_loss_that_is_nan_is_found_with_its_line() -> None:
    log = run_of(100)
    add(log, 100, loss=math.nan)
    (finding,) = find_faults(log, now_ms=100_500, running=True)
    assert (finding.kind, finding.line, finding.since_ms) == ("nan", 100, 100_000)
    assert finding.words == "loss is NaN since step 100."


def test_a_loss_of_zero_with_a_gradient_norm_of_nan_is_found() -> None:
    log = run_of(50)
    add(log, 50, loss=0.0, grad_norm=math.nan)
    assert kinds(log) == ["nan", "zero_loss"]


def test_a_loss_of_zero_is_none_where_another_line_without_a_step_has_the_nan() -> None:
    log = SignalLog()
    for line, values in enumerate(({"loss": 0.0, "grad_norm": 0.5}, {"loss": 1.0, "grad_norm": math.nan})):
        log.add(LineReading(tuple(Value(name, value) for name, value in values.items())), None, line)
    assert kinds(log, 1) == ["nan"]


def test_a_spike_is_found() -> None:
    log = run_of(200)
    add(log, 200, loss=9.0)
    assert kinds(log) == ["spike"]


def test_a_run_that_takes_no_step_is_stalled_while_lines_come() -> None:
    log = run_of(100)
    log.observe_line(400_000)
    (finding,) = find_faults(log, now_ms=401_000, running=True)
    assert (finding.kind, finding.line) == ("stalled", 99)


def test_a_run_without_lines_is_silent() -> None:
    (finding,) = find_faults(run_of(100), now_ms=1_000_000, running=True)
    assert (finding.kind, finding.line) == ("silent", 99)


def test_an_ended_run_is_neither() -> None:
    assert kinds(run_of(100), 1000, running=False) == []


def test_steps_that_take_twice_as_long_are_slow() -> None:
    log = run_of(100)
    for step in range(100, 106):
        add(log, step, loss=1.0, step_time=2.6)
    assert kinds(log) == ["slow"]


def test_a_loss_scale_at_its_floor_and_growing_skips_are_found() -> None:
    log = SignalLog()
    for step, scale in enumerate((65536.0, 4.0, 2.0, 1.0)):
        add(log, step, loss_scale=scale, skipped_steps=float(step))
    assert kinds(log) == ["scale_floor", "skipped"]


def test_a_run_without_a_checkpoint_for_hours_is_found() -> None:
    log = run_of(100)
    log.observe_line(7 * 3_600_000)
    found = find_faults(log, now_ms=7 * 3_600_000, running=True)
    assert [finding.line for finding in found if finding.kind == "no_checkpoint"] == [0]


def test_a_worker_far_below_the_others_is_a_straggler() -> None:
    found = find_stragglers({"a.0": 100.0, "a.1": 99.0, "a.2": 60.0, "a.3": 101.0})
    assert [finding.words for finding in found] == ["a.2: 60, the median of all workers is 99.5."]
