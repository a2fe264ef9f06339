"""When the actions on notebooks are available."""

from __future__ import annotations

import pytest

from matui.resources.kinds.notebooks import NOTEBOOKS, STATUSES
from matui.resources.model import Resource, get_phase


@pytest.mark.parametrize(
    ("action", "status", "reason"),
    [
        ("start", "RUNNING", "already running"),
        ("start", "STOPPED", None),
        ("stop", "STOPPED", "not running"),
        ("restart", "STARTING", "starting"),
        ("delete", "RUNNING", "stop it first"),
        ("delete", "STOPPED", None),
    ],
)
def test_an_action_is_unavailable_with_its_reason(action: str, status: str, reason: str | None) -> None:
    found = NOTEBOOKS.find_action(action)
    assert found is not None
    why = found.why_not(
        Resource("notebooks", "1", "a", status, get_phase(status, STATUSES), "modelarts", "p")
    )
    assert (why is None) if reason is None else (why is not None and reason in why)
