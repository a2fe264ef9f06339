"""Changes stand between the events of the cloud, marked by their source."""

from __future__ import annotations

from typing import Any

from matui.live.journal.change import Change
from matui.live.journal.change_views import build_change_row, merge_timeline
from matui.resources.detail import Event
from matui.resources.model import Phase
from tests.unit.live.journal.readings import ACCOUNT


def change(seen: int, after: str | None, happened: int | None = None, **more: Any) -> Change:
    phase = Phase.FAILED if after == "JOBSTAT_FAILED" else Phase.RUNNING
    return Change(
        1, ACCOUNT, seen, happened, "prod", "jobs", "1", "job", "", "", "JOBSTAT_INIT", after, None,
        phase if after else None, **more,
    )  # fmt: skip


def test_changes_are_merged_by_time_and_events_without_one_keep_their_place() -> None:
    events = (Event(10, "created"), Event(None, "pulled"), Event(30, "started"))
    changes = [
        change(25, "JOBSTAT_RUNNING", 20, source="action"),
        change(40, "JOBSTAT_FAILED", reason="out of memory", code="exit 137"),
        change(50, None),
    ]
    assert [(each.at, each.text, each.source) for each in merge_timeline(events, changes)] == [
        (10, "created", ""),
        (None, "pulled", ""),
        (20, "INIT → RUNNING, after an action from here", "journal"),
        (30, "started", ""),
        (40, "INIT → FAILED: out of memory, exit 137", "journal"),
        (50, "INIT → gone", "journal"),
    ]
    assert [each.abnormal for each in merge_timeline((), changes)] == [False, True, False]
    assert [each.exact for each in merge_timeline(events, changes)] == [True, True, True, True, False, False]


def test_changes_stand_between_events_by_the_clock_of_the_cloud() -> None:
    hour = 3_600_000
    events = [Event(hour + 10, "created"), Event(hour + 30, "started")]
    merged = merge_timeline(events, [change(25, "JOBSTAT_RUNNING", 20)], hour)
    assert [one.at for one in merged] == [hour + 10, hour + 20, hour + 30]


def test_what_a_cloud_dates_later_than_it_was_seen_is_bounded_by_that() -> None:
    ahead = change(1_000_000, "JOBSTAT_RUNNING", 1_000_000 + 7_200_000)
    assert (ahead.dated_at, ahead.shown_at) == (None, 1_000_000)
    assert build_change_row(ahead).facts["happened_at"] is None
    assert [each.at for each in merge_timeline((), [ahead])] == [8_200_000]  # the clock of the events
    assert change(1_000_000, "JOBSTAT_RUNNING", 1_005_000).shown_at == 1_005_000


def test_a_code_that_the_reason_holds_is_not_repeated() -> None:
    (event,) = merge_timeline(
        (), [change(1, "JOBSTAT_FAILED", reason="ModelArts.0102: x", code="ModelArts.0102")]
    )
    assert event.text == "INIT → FAILED: ModelArts.0102: x"
