"""Fifty healthy runs have no finding at any time; a scripted fault has one within two lines."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator

import pytest

from matui.signals.findings import find_faults
from matui.signals.names import Value
from matui.signals.progress import LineReading
from matui.signals.series import SignalLog

STEPS = 400


def iterate_healthy_run(rng: random.Random) -> Iterator[tuple[LineReading, float]]:
    """Yield readings with their times in ms: noise of up to 20 %, checkpoints, evaluations, a warm-up."""
    every, step_s, noise = rng.choice((1, 10, 100)), rng.uniform(0.2, 3.0), rng.uniform(0.0, 0.2)
    at_ms, scale = 1_760_000_000_000.0, 65_536.0
    for number in range(1, STEPS + 1):
        step = number * every
        at_ms += every * step_s * 1000 * rng.uniform(0.8, 1.3)
        if number % 50 == 0:
            at_ms += rng.uniform(5, 40) * 1000  # a checkpoint or an evaluation
        loss = (2 + 8 * math.exp(-number / 80)) * math.exp(rng.gauss(0, noise))
        values = [Value("loss", loss), Value("grad_norm", rng.uniform(0.2, 2.0)), Value("loss_scale", scale)]
        values.append(Value("step_time", step_s * rng.uniform(0.8, 1.3), "s"))
        if number % 50 == 0:
            values += [Value("eval_loss", loss * 1.1), Value("checkpoint", 1.0)]
        yield LineReading(tuple(values), step, STEPS * every), at_ms


@pytest.mark.parametrize("seed", range(50))
def test_a_healthy_run_has_no_finding(seed: int) -> None:
    log = SignalLog()
    for line, (reading, at_ms) in enumerate(iterate_healthy_run(random.Random(seed))):
        log.observe_line(at_ms)
        log.add(reading, at_ms, line)
        if line > 20 and line % 10 == 0:
            assert find_faults(log, now_ms=at_ms + 30_000, running=True) == ()


def test_a_log_of_each_hundredth_step_is_not_stalled_between_two_lines() -> None:
    log = SignalLog()
    for number in range(20):
        log.add(LineReading((Value("loss", 2.0),), number * 100, 9_000), number * 120_000.0, number)
    log.observe_line(19 * 120_000.0)
    assert find_faults(log, now_ms=19 * 120_000.0 + 300_000, running=True) == ()
    log.observe_line(19 * 120_000.0 + 650_000)
    found = find_faults(log, now_ms=19 * 120_000.0 + 700_000, running=True)
    assert [one.kind for one in found] == ["stalled"]
