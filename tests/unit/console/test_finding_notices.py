"""Many findings at once do not cover the screen."""

from __future__ import annotations

from matui.console.finding_notices import FindingNotices


def test_many_findings_at_once_are_two_notices_and_one_that_says_there_are_more() -> None:
    shown: list[str] = []
    notices = FindingNotices(shown.append)
    for number in range(50):
        notices.add(f"job-{number}: stalled", 100.0 + number / 10)
    assert shown == [
        "job-0: stalled",
        "job-1: stalled",
        "More jobs have findings in their logs; triage lists them.",
    ]


def test_findings_are_shown_again_once_the_notices_are_gone() -> None:
    shown: list[str] = []
    notices = FindingNotices(shown.append)
    for second in (0, 1, 2, 3, 30):
        notices.add(f"at {second}", float(second))
    assert shown[-1] == "at 30"
    assert len(shown) == 4


def test_a_stream_of_findings_repeats_that_there_are_more_every_two_minutes_only() -> None:
    shown: list[str] = []
    notices = FindingNotices(shown.append)
    for second in range(100):
        notices.add(f"at {second}", float(second))
    assert sum(words.startswith("More jobs") for words in shown) == 1
