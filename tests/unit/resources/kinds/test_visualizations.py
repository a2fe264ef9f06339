"""When the actions on visualizations are available."""

from __future__ import annotations

import pytest

from matui.resources.kinds.jobs import STATUSES
from matui.resources.kinds.visualizations import VISUALIZATIONS
from matui.resources.model import Resource, get_phase


@pytest.mark.parametrize(
    ("action", "status", "reason"),
    [
        ("stop", "JOBSTAT_KILLING", "being canceled"),
        ("restart", "JOBSTAT_RUNNING", "already running"),
        ("restart", "JOBSTAT_COMPLETED", None),
        ("delete", "JOBSTAT_KILLING", "still being canceled"),
    ],
)
def test_an_action_is_unavailable_with_its_reason(action: str, status: str, reason: str | None) -> None:
    found = VISUALIZATIONS.find_action(action)
    assert found is not None
    why = found.why_not(
        Resource("visualizations", "1", "a", status, get_phase(status, STATUSES), "modelarts", "p")
    )
    assert (why is None) if reason is None else (why is not None and reason in why)
