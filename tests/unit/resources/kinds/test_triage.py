"""Which resources triage shows, and since when they are so."""

from __future__ import annotations

from matui.resources.kinds.triage import is_in_trouble, trouble_since
from matui.resources.model import Phase, Resource


def _row(phase: Phase, **times: int) -> Resource:
    return Resource("jobs", "1", "a", "x", phase, "modelarts", "p", **times)  # type: ignore[arg-type]


def test_failed_and_degraded_resources_are_in_trouble() -> None:
    assert [phase for phase in Phase if is_in_trouble(_row(phase))] == [Phase.DEGRADED, Phase.FAILED]


def test_a_job_is_in_trouble_since_its_end() -> None:
    assert trouble_since(_row(Phase.FAILED, created_at=100, duration_ms=50, updated_at=900)) == 150
    assert trouble_since(_row(Phase.FAILED, created_at=100, updated_at=900)) == 900
    assert trouble_since(_row(Phase.FAILED)) is None
