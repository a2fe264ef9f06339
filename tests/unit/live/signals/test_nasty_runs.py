"""Runs that look wrong for a while and are not have no finding, from the first line to the last."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator

import pytest

from matui.base.log_lines.times import TimestampParser
from matui.base.text.formatting import format_iso_utc
from matui.live.signals.store import SignalStore
from matui.resources.model import Phase, Resource

START_S = 1_760_000_000.0
STEPS = 400
JOB = Resource("jobs", "1", "train", "Running", Phase.RUNNING, "modelarts", "prod")

Lines = Iterator[tuple[float, str]]
"""Seconds since the start, and a line."""


def compute_loss(step: int, rng: random.Random) -> float:
    return (0.2 + 3 * math.exp(-step / 60)) * math.exp(rng.gauss(0, 0.05))


def iterate_steps(
    rng: random.Random, words: Callable[[int], str], loss: Callable[[int], float] | None = None
) -> Lines:
    for step in range(STEPS):
        value = compute_loss(step, rng) if loss is None else loss(step)
        yield step * 4.0, f"step={step} loss={value:.4f} {words(step)}"


def iterate_warm_restarts(rng: random.Random) -> Lines:
    """Cosine learning rate that begins anew each hundred steps, after which the loss more than doubles."""
    lr = [1e-3 * (1 + math.cos(math.pi * (step % 100) / 100)) / 2 + 1e-6 for step in range(STEPS)]
    yield from iterate_steps(
        rng,
        lambda step: f"lr={lr[step]:.3e}",
        lambda step: compute_loss(step, rng) * (3 if step >= 100 and step % 100 < 15 else 1),
    )


def iterate_masked_batches(rng: random.Random) -> Lines:
    """A loss of 0 for the first batches, all of whose tokens are masked, and for one in ten later."""
    yield from iterate_steps(
        rng,
        lambda _step: "",
        lambda step: 0.0 if step < 15 or rng.random() < 0.1 else 2 + compute_loss(step, rng),
    )


def iterate_policy_loss(rng: random.Random) -> Lines:
    """The loss of reinforcement learning: exactly 0 at first, then about 0 with both signs and long tails."""
    yield from iterate_steps(
        rng, lambda _step: "", lambda step: 0.0 if step < 20 else rng.gauss(0, 0.01) / rng.uniform(0.05, 1)
    )


def iterate_memorized(rng: random.Random) -> Lines:
    """Fine-tuning whose loss becomes very small: a new sample has forty times the usual loss."""
    yield from iterate_steps(
        rng,
        lambda _step: "",
        lambda step: (
            2 * math.exp(-step / 20) + 0.0005 * rng.uniform(1, 2) * (40 if rng.random() < 0.05 else 1)
        ),
    )


def iterate_sequence_lengths(rng: random.Random) -> Lines:
    """Steps of long sequences take three times as long, often several in a row."""
    is_long = False
    for step in range(STEPS):
        is_long = rng.random() < (0.5 if is_long else 0.2)
        took = (3.0 if is_long else 1.0) * rng.uniform(0.9, 1.1)
        yield step * 4.0, f"step={step} loss={compute_loss(step, rng):.4f} step_time={took:.3f}"


def iterate_overflows(rng: random.Random) -> Lines:
    """fp16: the loss scale is searched for at the start, and lowered now and then at an overflow."""
    scale, skipped = 2.0**32, 0
    for step in range(STEPS):
        is_overflow = scale > 2**16 or (step > 50 and step % 60 == 0)
        skipped += is_overflow
        norm = f"grad_norm={'inf' if is_overflow else '0.9'} loss_scale={scale} skipped={skipped}"
        yield step * 4.0, f"step={step} loss={compute_loss(step, rng):.4f} {norm}"
        scale = scale / 2 if is_overflow else scale * 2 if step % 60 == 59 else scale


def iterate_first_gradients(rng: random.Random) -> Lines:
    """fp16 without the loss scale in the log: the gradient norms of the first steps are infinite."""
    for at_s, line in iterate_steps(rng, lambda step: f"grad_norm={'inf' if step in (1, 2) else 0.9}"):
        if at_s >= 60 or at_s < 4:
            yield at_s, line


def iterate_evaluation_pauses(rng: random.Random) -> Lines:
    """An evaluation of ten minutes each hundred steps, with lines of its own."""
    late = 0.0
    for at_s, line in iterate_steps(rng, lambda _step: ""):
        yield at_s + late, line
        if at_s and at_s % 400 == 0:
            yield at_s + late + 1, "INFO ***** Running Evaluation *****"
            for second in range(30, 600, 30):
                yield at_s + late + second, f"INFO {second} of 600 batches done"
            late += 600


def iterate_checkpoint_pauses(rng: random.Random) -> Lines:
    """A checkpoint of four minutes each hundred steps."""
    late = 0.0
    for at_s, line in iterate_steps(rng, lambda _step: ""):
        yield at_s + late, line
        if at_s and at_s % 400 == 0:
            yield at_s + late + 1, "INFO Saving model checkpoint to /cache/out"
            late += 240


def iterate_restarts(rng: random.Random) -> Lines:
    """The run is begun again from an older step twice, with a start-up of five minutes between."""
    late = 0.0
    for begin, end in ((0, 150), (100, 250), (200, STEPS)):
        for step in range(begin, end):
            yield (
                late + step * 4.0,
                f"step={step} loss={compute_loss(step, rng):.4f} step_time={3.9 if step > begin else 60.0}",
            )
        yield late + end * 4.0 + 1, "INFO restarting: NCCL INFO Bootstrap"
        late += (end - begin) * 4.0 - 200 + 300


def iterate_two_models(rng: random.Random) -> Lines:
    """Two models in one log, whose losses differ by a factor of five."""
    for step in range(STEPS):
        for number, factor in enumerate((1, 5)):
            yield step * 4.0 + number, f"step={step} loss={factor * compute_loss(step, rng):.4f}"


RUNS = (
    iterate_warm_restarts,
    iterate_masked_batches,
    iterate_policy_loss,
    iterate_memorized,
    iterate_sequence_lengths,
    iterate_overflows,
    iterate_first_gradients,
    iterate_evaluation_pauses,
    iterate_checkpoint_pauses,
    iterate_restarts,
    iterate_two_models,
)


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("run", RUNS, ids=lambda run: run.__name__)
def test_a_healthy_run_has_no_finding(run: Callable[[random.Random], Lines], seed: int) -> None:
    store = SignalStore(TimestampParser)
    feed = store.build_feed(JOB, "a.log")
    page, poll_s = list[str](), 0.0
    for at_s, line in run(random.Random(seed)):
        while at_s >= poll_s + 20:
            poll_s += 20
            feed.add(page, (START_S + poll_s) * 1000)
            page = []
            assert store.find_findings(JOB.key, running=True) == (), poll_s
        page.append(f"{format_iso_utc((START_S + at_s) * 1000)} {line}")
