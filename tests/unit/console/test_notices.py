"""Notifications of a wrong clock and of findings are few."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from matui.console.clock_notice import ClockNotice
from matui.console.notices import MORE_FINDINGS, LimitedNotices


def test_many_findings_at_once_are_two_notices_and_one_that_says_there_are_more() -> None:
    shown: list[str] = []
    notices = LimitedNotices(shown.append, MORE_FINDINGS)
    for number in range(50):
        notices.add(f"job-{number}: stalled", 100.0 + number / 10)
    assert shown == [
        "job-0: stalled",
        "job-1: stalled",
        "More jobs have findings in their logs; triage lists them.",
    ]


def test_findings_are_shown_again_once_the_notices_are_gone() -> None:
    shown: list[str] = []
    notices = LimitedNotices(shown.append, MORE_FINDINGS)
    for second in (0, 1, 2, 3, 30):
        notices.add(f"at {second}", float(second))
    assert shown[-1] == "at 30"
    assert len(shown) == 4


def test_a_stream_of_findings_repeats_that_there_are_more_every_two_minutes_only() -> None:
    shown: list[str] = []
    notices = LimitedNotices(shown.append, MORE_FINDINGS)
    for second in range(100):
        notices.add(f"at {second}", float(second))
    assert sum(words.startswith("More jobs") for words in shown) == 1


def test_a_wrong_clock_is_reported_once_and_is_among_the_errors_of_each_profile(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("matui.clouds.protocols.clock_offset_s", lambda cloud: cloud.offset_s)
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
