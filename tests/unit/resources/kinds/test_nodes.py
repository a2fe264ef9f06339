"""When the actions on nodes are available."""

from __future__ import annotations

import pytest

from matui.resources.kinds.nodes import NODES, STATUSES
from matui.resources.model import Resource, get_phase


@pytest.mark.parametrize(
    ("action", "status", "reason"),
    [
        ("start", "running", "already running"),
        ("start", "stopped", None),
        ("stop", "stopped", "already stopped"),
        ("stop", "running", None),
    ],
)
def test_an_action_is_unavailable_with_its_reason(action: str, status: str, reason: str | None) -> None:
    found = NODES.find_action(action)
    assert found is not None
    why = found.why_not(Resource("nodes", "1", "a", status, get_phase(status, STATUSES), "modelarts", "p"))
    assert (why is None) if reason is None else (why is not None and reason in why)
