"""The next steps of a why card."""

from __future__ import annotations

from dataclasses import replace

import pytest

from matui.live.why.card import NO_METRICS, Next, Part, WhyCard
from matui.live.why.gather import list_next_steps
from matui.live.why.text import render_card
from matui.resources.model import Phase, Resource

JOB = Resource("jobs", "j1", "train", "JOBSTAT_RUNNING", Phase.RUNNING, "modelarts", "prod")


class NoPanes:
    """A cloud without panes."""

    name = "none"
    kinds = ("jobs",)


def list_commands(row: Resource) -> list[str]:
    return [step.command for step in list_next_steps(WhyCard(row), NoPanes())]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("phase", "status", "expected"),
    [
        (Phase.RUNNING, "JOBSTAT_RUNNING", ["stop"]),
        (Phase.FAILED, "JOBSTAT_FAILED", ["rerun", "start", "acknowledge"]),
    ],
)
def test_the_state_decides(phase: Phase, status: str, expected: list[str]) -> None:
    assert list_commands(replace(JOB, phase=phase, status=status)) == expected


def test_a_step_is_a_command_line_where_there_is_one() -> None:
    failed = replace(JOB, phase=Phase.FAILED, status="JOBSTAT_FAILED")
    lines = {step.command: step.line for step in list_next_steps(WhyCard(failed), NoPanes())}  # type: ignore[arg-type]
    assert lines == {"rerun": "matui rerun j1", "start": "matui start job j1", "acknowledge": ""}


class OnlyMetrics(NoPanes):
    """A cloud with metrics and without logs."""

    async def fetch_metrics(self, resource: Resource) -> None: ...


def test_metrics_are_offered_until_the_cloud_is_known_to_have_none() -> None:
    card = WhyCard(JOB)
    assert "metrics" in [step.command for step in list_next_steps(card, OnlyMetrics())]  # type: ignore[arg-type]
    card = card.add_part("metrics", Part(missing=NO_METRICS))
    assert "metrics" not in [step.command for step in list_next_steps(card, OnlyMetrics())]  # type: ignore[arg-type]


def test_the_key_of_the_details_is_not_the_one_that_opens_the_card_of_a_row_of_triage() -> None:
    steps = [Next("detail", "the details", "matui describe job j1")]
    card = WhyCard(JOB).add_part("next", Part(steps))
    lines = render_card(card, now_ms=0.0, time=str, keys={"detail": "enter d"}, width=80)
    assert [line.text.split() for line in lines if "the details" in line.text] == [["d", "the", "details"]]
