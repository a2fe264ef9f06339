"""A timeline gives the state at a time; an action replaces its future."""

from __future__ import annotations

import pytest

from matui.sim.world.timeline import Timeline


def make_sample() -> Timeline[str]:
    return Timeline([(1000, "queued"), (5000, "running"), (9000, "done")])


@pytest.mark.parametrize(
    ("now", "state", "entered"),
    [(0, "queued", 1000), (1000, "queued", 1000), (5000, "running", 5000), (99999, "done", 9000)],
)
def test_the_state_at_a_time(now: int, state: str, entered: int) -> None:
    assert make_sample().find_state_at(now) == state
    assert make_sample().find_entry_time(now) == entered


def test_the_last_entry_into_a_state_may_be_in_the_future() -> None:
    assert make_sample().find_last_entry("done", "failed") == 9000
    assert make_sample().find_last_entry("failed") is None


def test_replanning_keeps_the_past_and_replaces_the_future() -> None:
    timeline = make_sample()
    timeline.replan(6000, (0.5, "stopping"), (2, "stopped"))
    assert timeline.steps == [(1000, "queued"), (5000, "running"), (6500, "stopping"), (8000, "stopped")]
    assert timeline.find_state_at(9000) == "stopped"
