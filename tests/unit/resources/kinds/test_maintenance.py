"""The kind of scheduled events."""

from __future__ import annotations

import pytest

from matui.base.errors import UsageError
from matui.resources.kinds.maintenance import MAINTENANCE
from matui.resources.model import Phase, Resource

(ACCEPT,) = MAINTENANCE.actions


def make_event(status: str) -> Resource:
    return Resource("maintenance", "1", "e", status, Phase.PENDING, "modelarts", "prod")


@pytest.mark.parametrize(
    ("status", "reason"),
    [("inquiring", None), ("scheduled", "it is accepted already"), ("completed", "it is over")],
)
def test_only_what_waits_for_consent_is_accepted(status: str, reason: str | None) -> None:
    assert ACCEPT.why_not(make_event(status)) == reason


def test_the_time_is_optional() -> None:
    assert ACCEPT.parse is not None
    assert ACCEPT.parse("") == {}
    assert ACCEPT.parse("2026-11-29T03:00:00Z") == {"not_before": "2026-11-29T03:00:00Z"}


@pytest.mark.parametrize(
    "argument", ["tonight", "2026-11-29", "2026-11-29 03:00:00Z", "2026-99-99T03:00:00Z"]
)
def test_another_time_is_refused_with_an_example(argument: str) -> None:
    assert ACCEPT.parse is not None
    with pytest.raises(UsageError) as caught:
        ACCEPT.parse(argument)
    assert caught.value.sentence == f"{argument!r} is not a time."
    assert "2026-11-29T03:00:00Z" in caught.value.remedy
