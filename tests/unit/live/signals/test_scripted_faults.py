"""Each fault of a scripted run is found within two polls of its line, and none before."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from matui.base.log_lines.times import TimestampParser
from matui.base.text.formatting import format_iso_utc
from matui.live.signals.store import SignalStore
from matui.resources.model import Phase, Resource
from matui.signals.findings import FindingLimits

START_MS = 1_760_000_000_000.0
STEP_S = 4.0
STEPS_OF_POLL = 5
FAULT_AT = 100
HOUR_STEPS = 900
JOB = Resource("jobs", "1", "train", "Running", Phase.RUNNING, "modelarts", "prod")

Script = Callable[[int], str | None]
"""Returns the words of a step that differ from those of a healthy one, None for no line."""


def from_fault(words: str) -> Script:
    return lambda step: words if step >= FAULT_AT else ""


def make_line(step: int, changes: str) -> str:
    values = {
        "loss": f"{2 + 3 / (1 + step / 50):.4f}",
        "grad_norm": "0.9",
        "loss_scale": "65536.0",
        "skipped": "0",
    }
    values |= {"step_time": "4.0"} | dict(pair.split("=") for pair in changes.split())
    at = format_iso_utc(START_MS + step * STEP_S * 1000)
    return f"{at} step={step} " + " ".join(f"{name}={value}" for name, value in values.items())


def count_polls_until(kind: str, script: Script, *, most: int, other: str = "") -> int | None:
    """Return how many polls after that of the fault it is found, None where it never is."""
    store = SignalStore(TimestampParser)
    feed = store.build_feed(JOB, "a.log")
    for poll in range(most):
        steps = range(poll * STEPS_OF_POLL, (poll + 1) * STEPS_OF_POLL)
        now_ms = START_MS + steps[-1] * STEP_S * 1000
        lines = [make_line(step, words) for step in steps if (words := script(step)) is not None]
        feed.add(lines or ([f"{format_iso_utc(now_ms)} {other}"] if other else []), now_ms)
        found = {one.kind for one in store.find_findings(JOB.key, running=True)}
        if steps[-1] < FAULT_AT:
            assert found == set(), poll
        elif kind in found:
            return poll - FAULT_AT // STEPS_OF_POLL
    return None


@pytest.mark.parametrize(
    ("kind", "script"),
    [
        ("nan", from_fault("loss=nan")),
        ("nan", from_fault("grad_norm=inf")),
        ("zero_loss", from_fault("loss=0.0 grad_norm=nan")),
        ("spike", lambda step: "loss=45.0" if step == FAULT_AT else ""),
        ("slow", from_fault("step_time=9.0")),
        ("scale_floor", from_fault("loss_scale=1.0")),
        ("skipped", lambda step: f"skipped={max(0, step - FAULT_AT + 1)}"),
    ],
)
def test_a_fault_in_the_numbers_is_found_within_two_polls(kind: str, script: Script) -> None:
    waited = count_polls_until(kind, script, most=30)
    assert waited is not None
    assert waited < 2


def test_a_run_that_stops_stepping_is_stalled_while_lines_come() -> None:
    waited = count_polls_until(
        "stalled", lambda step: "" if step < FAULT_AT else None, most=40, other="INFO waiting for data"
    )
    assert waited is not None
    assert waited * STEPS_OF_POLL * STEP_S <= 60 + 2 * STEPS_OF_POLL * STEP_S


def test_a_run_without_a_line_is_silent_after_ten_minutes() -> None:
    waited = count_polls_until("silent", lambda step: "" if step < FAULT_AT else None, most=80)
    assert waited is not None
    assert waited * STEPS_OF_POLL * STEP_S <= 600 + 2 * STEPS_OF_POLL * STEP_S


def test_a_run_that_saves_no_checkpoint_for_six_hours_is_found() -> None:
    store = SignalStore(TimestampParser)
    feed = store.build_feed(JOB, "a.log")
    found: list[float] = []
    for hour in range(8):
        now_ms = START_MS + hour * HOUR_STEPS * STEP_S * 1000
        feed.add([make_line(hour * HOUR_STEPS, "")], now_ms)
        kinds = {one.kind for one in store.find_findings(JOB.key, running=True)}
        found += [hour] if "no_checkpoint" in kinds else []
    assert found == [7]


def test_a_slow_worker_is_found_at_the_first_poll_of_all() -> None:
    store = SignalStore(TimestampParser)
    for rank, rate in enumerate((100, 101, 99, 40)):
        store.build_feed(JOB, f"rank-{rank}.log").add([f"step=1 loss=2.0 tokens/s={rate}"], START_MS)
    assert [one.kind for one in store.find_findings(JOB.key, running=True)] == ["straggler"]


def test_the_settings_say_how_long_a_log_may_be_silent() -> None:
    store = SignalStore(TimestampParser, limits=FindingLimits(silent_minutes=60))
    feed = store.build_feed(JOB, "a.log")
    feed.add([format_iso_utc(START_MS)], START_MS)
    for minutes, kinds in ((59, []), (61, ["silent"])):
        feed.add([], START_MS + minutes * 60_000)
        assert [one.kind for one in store.find_findings(JOB.key, running=True)] == kinds
