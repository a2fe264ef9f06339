"""Reporting a wrong clock."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from matui.console.clock_notice import ClockNotice


def test_a_wrong_clock_is_reported_once_and_is_among_the_errors_of_each_profile(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("matui.console.clock_notice.clock_offset_s", lambda cloud: cloud.offset_s)
    noted: list[str] = []

    def session(profile: str, offset_s: float) -> Any:
        return SimpleNamespace(
            cloud=SimpleNamespace(profile=profile, offset_s=offset_s),
            errors=SimpleNamespace(record=lambda about, error, at: noted.append(f"{about}: {error}")),
            clock=SimpleNamespace(now=lambda: 1.0),
        )

    said: list[str] = []
    notice = ClockNotice()
    notice.check(session("right", 0.0), said.append)
    assert not said
    for profile in ("a", "a", "b"):
        notice.check(session(profile, 3600.0), said.append)
    assert len(said) == 1
    assert len(noted) == 2
