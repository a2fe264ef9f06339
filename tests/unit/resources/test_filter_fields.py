"""Fields that a filter term can name."""

from __future__ import annotations

from datetime import datetime

import pytest

from matui.resources.filter_fields import (
    find_number_reader,
    find_phases,
    find_text_reader,
    is_span,
    list_fields,
    parse_bound,
)
from matui.resources.model import Phase, Resource

JOB = Resource(
    "jobs", "1", "a", "JOBSTAT_FAILED", Phase.FAILED, "modelarts", "p", created_at=0, facts={"gpus": 8}
)


def test_columns_and_given_facts_are_fields() -> None:
    assert {"name", "age", "phase", "flavor", "free_gpu", "gpus"} <= set(list_fields(["gpus"]))
    assert find_text_reader("nothing", ()) is None
    assert find_number_reader("nothing", ()) is None


def test_a_duration_is_compared_in_milliseconds() -> None:
    age = find_number_reader("age", ())
    assert age is not None
    assert age(JOB, 5000) == 5000
    assert parse_bound("age", "2h")(0) == 7_200_000
    assert parse_bound("gpus", "2k")(0) == 2000
    assert is_span("age")
    with pytest.raises(ValueError):
        parse_bound("gpus", "many")


def test_a_phase_is_found_by_its_beginning() -> None:
    assert find_phases(["fail", "d"]) == {Phase.FAILED, Phase.DONE, Phase.DEGRADED}
    with pytest.raises(ValueError, match="no phase"):
        find_phases(["faild"])


@pytest.mark.parametrize("typed", ["30m", "-30m", "30m ago"])
def test_a_span_may_be_typed_as_in_since(typed: str) -> None:
    assert parse_bound("since", typed)(0) == 1_800_000


def test_a_moment_stands_for_the_time_since_it() -> None:
    now = datetime(2026, 11, 29, 16, 30).timestamp() * 1000  # noqa: DTZ001  the zone of this machine
    assert parse_bound("since", "14:00")(now) == 150 * 60_000
    assert parse_bound("age", "yesterday 14:00")(now) == (24 * 60 + 150) * 60_000
    assert parse_bound("updated", "2026-11-29")(now + 60_000) == (16 * 60 + 31) * 60_000
    assert parse_bound("duration", "00:15:00")(now) == 900_000
    for field, wrong in (("duration", "yesterday"), ("since", "soon")):
        with pytest.raises(ValueError, match="not a"):
            parse_bound(field, wrong)
