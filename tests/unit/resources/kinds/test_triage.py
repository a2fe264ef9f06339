"""Which resources triage shows, and since when they are so."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from matui.resources.kinds.triage import TRIAGE, get_trouble_since, is_in_trouble
from matui.resources.model import Phase, Resource

HOUR = 3_600_000


def _make_row(phase: Phase, **fields: Any) -> Resource:
    return Resource("jobs", "1", "a", "x", phase, "modelarts", "p", **fields)


def test_failed_and_degraded_resources_are_in_trouble() -> None:
    assert [phase for phase in Phase if is_in_trouble(_make_row(phase))] == [Phase.DEGRADED, Phase.FAILED]


def test_a_job_is_in_trouble_since_its_end() -> None:
    assert (
        get_trouble_since(_make_row(Phase.FAILED, created_at=100, duration_ms=50, facts={"ended_at": 900}))
        == 900
    )
    assert get_trouble_since(_make_row(Phase.FAILED, created_at=100, updated_at=900)) == 900
    assert get_trouble_since(_make_row(Phase.FAILED)) is None


def test_the_end_of_a_job_with_versions_is_that_of_the_version() -> None:
    listed = _make_row(Phase.FAILED, created_at=100, duration_ms=50, facts={"version_count": 3})
    read = _make_row(
        Phase.FAILED, created_at=100, duration_ms=50, facts={"version_count": 3, "ended_at": 900}
    )
    assert (get_trouble_since(listed), get_trouble_since(read)) == (None, 900)


def test_a_job_that_may_have_waited_is_in_trouble_for_at_most_the_time_since_its_earliest_end() -> None:
    since = TRIAGE.find_column("since")
    assert since is not None
    listed = _make_row(Phase.FAILED, created_at=0, duration_ms=3 * HOUR)
    assert since.text(listed, 5.0 * HOUR) == "≤2h"
    assert since.text(replace(listed, facts={"seen_since": 4 * HOUR}), 5.0 * HOUR) == "≤2h"
    assert since.text(replace(listed, facts={"ended_at": 4 * HOUR}), 5.0 * HOUR) == "60m"
    assert since.text(listed, 2.0 * HOUR) == "–"


def test_a_sign_has_one_word_whatever_the_status_of_the_row() -> None:
    what = TRIAGE.find_column("what")
    assert what is not None
    words = {
        word: what.text(_make_row(Phase.RUNNING, facts={"what": word}), 0.0) for word in ("degraded", "stuck")
    }
    assert words == {"degraded": "▲ degraded", "stuck": "◐ stuck"}


def test_rows_whose_end_is_only_bounded_are_ordered_by_it() -> None:
    what = TRIAGE.find_column("what")
    assert what is not None
    old = _make_row(Phase.FAILED, facts={"ended_at": HOUR})
    recent = _make_row(Phase.FAILED, created_at=HOUR, duration_ms=HOUR)
    assert sorted((old, recent), key=what.sort) == [recent, old]


def test_a_creation_is_no_change_of_state_but_bounds_when_it_failed() -> None:
    service = _make_row(Phase.DEGRADED, created_at=0)
    since = TRIAGE.find_column("since")
    assert since is not None
    assert (get_trouble_since(service), since.text(service, 2.0 * HOUR)) == (None, "≤2h")
    assert since.text(_make_row(Phase.RUNNING, created_at=0), 2.0 * HOUR) == "–"
    assert since.text(_make_row(Phase.DEGRADED), 2.0 * HOUR) == "–"


def test_a_state_that_is_seen_for_a_minute_has_lasted_at_least_as_long() -> None:
    since = TRIAGE.find_column("since")
    assert since is not None
    service = _make_row(Phase.DEGRADED, created_at=0, facts={"seen_since": HOUR})
    assert [since.text(service, HOUR + ms) for ms in (30_000, 120_000)] == ["≤60m", "2m–62m"]
    assert since.text(replace(service, created_at=None), HOUR + 120_000.0) == "≥2m"
    assert since.text(replace(service, created_at=-400 * 24 * HOUR), 2.9 * HOUR) == "≥114m"
