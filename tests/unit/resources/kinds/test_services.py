"""When the actions on services are available."""

from __future__ import annotations

import pytest

from matui.resources.kinds.services import SERVICES, STATUSES, format_rate
from matui.resources.model import Resource, get_phase


@pytest.mark.parametrize(
    ("action", "status", "reason"),
    [
        ("start", "running", "already running"),
        ("start", "stopped", None),
        ("stop", "deploying", None),
        ("stop", "finished", "finished"),
        ("delete", "deleting", "already being deleted"),
        ("delete", "running", None),
    ],
)
def test_an_action_is_unavailable_with_its_reason(action: str, status: str, reason: str | None) -> None:
    found = SERVICES.find_action(action)
    assert found is not None
    why = found.why_not(Resource("services", "1", "a", status, get_phase(status, STATUSES), "modelarts", "p"))
    assert (why is None) if reason is None else (why is not None and reason in why)


@pytest.mark.parametrize(
    ("percent", "text"),
    [(0, "0%"), (0.004, "<0.1%"), (0.4, "0.4%"), (9.96, "10%"), (42.3, "42%"), (100, "100%")],
)
def test_a_failure_rate_is_in_percent(percent: float, text: str) -> None:
    assert format_rate(percent) == text


@pytest.mark.parametrize(
    ("rate", "failures", "text"),
    [(2.0, 1, "2.0%"), (None, 5, "5"), (None, 0, "–"), (None, None, "–")],
)
def test_failures_without_a_rate_are_counted(rate: float | None, failures: int | None, text: str) -> None:
    facts = {"failure_rate": rate, "failures": failures}
    row = Resource(
        "services", "1", "a", "running", get_phase("running", STATUSES), "modelarts", "p", facts=facts
    )
    (column,) = (column for column in SERVICES.columns if column.title == "FAILED")
    assert column.text(row, 0.0) == text
