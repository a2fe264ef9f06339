"""When a resource entered its state, ended and changed; and the filter fields for these times."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from matui.resources.filters import parse_filter
from matui.resources.model import Phase, Resource
from matui.resources.times import (
    STATE_SINCE,
    UPDATED_BY_HAND,
    find_change_time,
    find_earliest_end,
    find_end,
    get_state_since,
)

NOW = 1_600_000_000_000
HOUR = 3_600_000


def make_row(phase: Phase, kind: str = "jobs", status: str = "x", **fields: Any) -> Resource:
    return Resource(kind, "1", "a", status, phase, "modelarts", "p", **fields)


def test_a_job_may_have_waited_before_its_duration_began() -> None:
    listed = make_row(Phase.DONE, created_at=100, duration_ms=50)
    assert (find_end(listed), get_state_since(listed), find_earliest_end(listed)) == (None, None, 150)
    read = replace(listed, facts={"ended_at": 900})
    assert (find_end(read), get_state_since(read), find_earliest_end(read)) == (900, 900, None)
    assert find_earliest_end(make_row(Phase.RUNNING, created_at=100, duration_ms=50)) is None


@pytest.mark.parametrize(("seen", "end"), [(60_000, 60_000), (HOUR, None)])
def test_an_end_that_was_seen_is_known_where_it_was_seen_soon(seen: int, end: int | None) -> None:
    listed = make_row(Phase.DONE, created_at=100, duration_ms=50, facts={STATE_SINCE: seen})
    assert (find_end(listed), get_state_since(listed)) == (end, end)


def test_an_end_before_the_creation_is_not_taken() -> None:
    read = make_row(Phase.FAILED, created_at=HOUR, duration_ms=50, facts={"ended_at": 7, "version_count": 2})
    assert (find_end(read), get_state_since(read), find_change_time(read)) == (None, None, None)
    seconds_apart = replace(read, facts={"ended_at": HOUR - 5_000})  # clocks of two machines of the cloud
    assert find_end(seconds_apart) == HOUR - 5_000


def test_the_end_of_several_versions_is_unknown_unless_it_was_seen() -> None:
    job = make_row(Phase.FAILED, created_at=100, duration_ms=50, facts={"version_count": 3})
    assert find_end(job) is None
    seen = make_row(
        Phase.FAILED, created_at=100, duration_ms=50, facts={"version_count": 3, STATE_SINCE: 900}
    )
    assert find_end(seen) == 900


@pytest.mark.parametrize("phase", [Phase.DEGRADED, Phase.FAILED, Phase.STOPPED])
def test_an_update_of_the_settings_is_no_time_of_the_state(phase: Phase) -> None:
    service = make_row(phase, "services", created_at=100, updated_at=900, facts={"updated_by_hand": True})
    assert (find_end(service), get_state_since(service), find_change_time(service)) == (None, None, 900)
    seen = replace(service, facts={**service.facts, STATE_SINCE: 950})
    assert get_state_since(seen) == 950


def test_a_model_that_is_published_has_not_ended() -> None:
    assert find_end(make_row(Phase.DONE, "models", updated_at=900)) is None


def test_a_wait_that_began_with_the_creation() -> None:
    assert get_state_since(make_row(Phase.PENDING, status="JOBSTAT_WAITING", created_at=100)) == 100
    assert get_state_since(make_row(Phase.PENDING, status="JOBSTAT_KILLING", created_at=100)) is None


@pytest.mark.parametrize(
    ("kind", "status", "facts", "since"),
    [
        ("services", "deploying", {}, 900),
        ("services", "deploying", {UPDATED_BY_HAND: True}, None),
        ("services", "deploying", {STATE_SINCE: 950}, 950),
        ("notebooks", "STARTING", {}, 900),
        ("notebooks", "CREATING", {}, 100),
        ("jobs", "JOBSTAT_KILLING", {}, None),
    ],
)
def test_a_transition_began_when_the_cloud_dates_it(kind, status, facts, since) -> None:
    """A service that had been deploying for 45 minutes was not stuck, and had no SINCE."""
    one = Resource(
        kind, "x", "x", status, Phase.PENDING, "m", "p", created_at=100, updated_at=900, facts=facts
    )
    assert get_state_since(one) == since


def test_a_change_is_the_latest_that_is_known() -> None:
    assert find_change_time(make_row(Phase.RUNNING, updated_at=100, facts={STATE_SINCE: 300})) == 300
    assert find_change_time(make_row(Phase.RUNNING)) is None


ROWS = (
    make_row(Phase.FAILED, created_at=NOW - 3 * HOUR, duration_ms=2 * HOUR + 1, updated_at=NOW - HOUR // 2),
    make_row(Phase.RUNNING, "services", updated_at=NOW - HOUR // 2),
)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("ended<2h", 1),
        ("ended<30m", 0),
        ("changed<1h", 2),
        ("changed<10m", 0),
        ("since<1h", 1),
        ("since>1h", 0),
    ],
)
def test_the_fields_compare_times(text: str, count: int) -> None:
    chosen = parse_filter(text)
    assert (chosen.errors, chosen.depends_on_time) == ((), True)
    assert len([one for one in ROWS if chosen.matches(one, NOW)]) == count


def test_a_kind_that_cannot_answer_is_named() -> None:
    assert parse_filter("since<1h").explain_missing_fields(ROWS) == {
        "services": "since<1h: services have no such field here"
    }
    assert parse_filter("ended<1h").explain_missing_fields([make_row(Phase.DONE, "models")]) != {}


def test_a_kind_of_which_nothing_has_ended_can_answer() -> None:
    assert parse_filter("ended<1h").explain_missing_fields([make_row(Phase.RUNNING)]) == {}


def test_rows_that_match_but_for_an_unknown_time_are_found() -> None:
    unknown = make_row(Phase.FAILED, created_at=NOW - 9 * HOUR, duration_ms=1, facts={"version_count": 3})
    rows = [*ROWS, unknown, make_row(Phase.RUNNING)]
    assert parse_filter("ended<2h phase:failed").find_unknown(rows, NOW) == [unknown]
    assert parse_filter("ended<2h phase:done").find_unknown(rows, NOW) == []
    assert parse_filter("age<2h phase:failed").find_unknown(rows, NOW) == []
    assert parse_filter("!ended<2h").find_unknown(rows, NOW) == [unknown]


@pytest.mark.parametrize(
    ("text", "facts", "matches", "unknown"),
    [
        ("ended<4h", {}, True, False),  # it ended within the last three hours
        ("ended>4h", {}, False, False),
        ("ended<2h", {}, False, True),
        ("since>2h", {}, False, True),
        ("ended<1h", {STATE_SINCE: NOW - HOUR}, False, False),
        ("ended>30m", {STATE_SINCE: NOW - HOUR}, True, False),
        ("changed<4h", {}, True, False),
    ],
)
def test_an_end_that_is_only_bounded_decides_what_it_can(text, facts, matches, unknown):
    listed = make_row(Phase.DONE, created_at=NOW - 6 * HOUR, duration_ms=3 * HOUR, facts=facts)
    chosen = parse_filter(text)
    assert chosen.matches(listed, NOW) is matches
    assert chosen.find_unknown([listed], NOW) == ([listed] if unknown else [])
    assert chosen.explain_missing_fields([listed]) == {}


@pytest.mark.parametrize("text", ["changed<2h", "since<2h"])
def test_what_is_new_has_changed_since(text: str) -> None:
    new, old = (
        make_row(Phase.RUNNING, created_at=NOW - HOUR),
        make_row(Phase.RUNNING, created_at=NOW - 3 * HOUR),
    )
    seen = make_row(Phase.FAILED, facts={STATE_SINCE: NOW})
    chosen = parse_filter(text)
    assert [one for one in (new, old) if chosen.matches(one, NOW)] == [new]
    assert chosen.find_unknown([new, old], NOW) == [old]
    assert not parse_filter("ended<2h").matches(new, NOW)
    assert chosen.explain_missing_fields([new, old]) != {}
    assert chosen.explain_missing_fields([new, old, seen]) == {}


def test_a_filter_without_its_terms_about_times() -> None:
    left = parse_filter("train ended<2h !since<1d phase:failed").drop_fields(("ended", "since"))
    assert left.text == "train phase:failed"


@pytest.mark.parametrize(
    ("kind", "facts", "since"),
    [
        ("jobs", {}, 1_000),
        ("jobs", {"has_run": True, "requeued_at": 7_000}, 7_000),
        ("jobs", {"has_run": True}, None),
        ("services", {}, None),
    ],
)
def test_what_waits_again_has_not_waited_since_its_creation(kind, facts, since):
    status = "INIT" if kind == "services" else "Pending"
    row = Resource(kind, "x", "x", status, Phase.PENDING, "m", "p", created_at=1_000, facts=facts)
    assert get_state_since(row) == since
