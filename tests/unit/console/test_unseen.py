"""A change stays unseen until its kind has been open and focused for two seconds."""

from __future__ import annotations

import pytest

from matui.console.changes import unseen as counting
from matui.console.changes.unseen import Unseen, describe_unseen


def test_a_kind_is_seen_after_two_seconds_in_a_row() -> None:
    unseen = Unseen()
    unseen.add("jobs", frozenset({"1", "2"}))
    unseen.look("jobs", 0.0)
    unseen.look("jobs", 1.9)
    assert unseen.count_by_kind() == {"jobs": 2}
    unseen.look("", 2.0)
    unseen.look("jobs", 2.5)
    assert unseen.count_by_kind() == {"jobs": 2}
    assert unseen.count_by_kind("jobs") == {}
    unseen.look("jobs", 4.5)
    assert unseen.count_by_kind() == {}


def test_the_line_is_short_where_there_is_little_room() -> None:
    counts = {"jobs": 2, "services": 1}
    assert describe_unseen(counts, "C", 60) == "changed: 2 jobs, 1 service (C)"
    assert describe_unseen(counts, "C", 20) == "3 changed (C)"
    assert describe_unseen(counts, "", 5) == ""
    assert describe_unseen({}, "C", 60) == ""


def test_in_weeks_without_a_look_no_more_are_remembered_than_are_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(counting, "_MOST_COUNTED", 3)
    unseen = Unseen()
    unseen.add("services", frozenset({"1"}))
    for number in range(5):
        unseen.add("jobs", frozenset({f"{number}", f"{number}-b"}))
    counts = unseen.count_by_kind()
    assert (counts, len(unseen.take()["jobs"])) == ({"services": 1, "jobs": 3}, 3)
    assert describe_unseen(counts, "C", 60) == "changed: 1 service, 3+ jobs (C)"
    assert describe_unseen(counts, "C", 20) == "4+ changed (C)"
