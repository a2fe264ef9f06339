"""Fields that a filter term can name."""

from __future__ import annotations

from datetime import datetime

import pytest

from matui.resources.filter_fields import bound_of, is_span, list_fields, number_of, phases_of, text_of
from matui.resources.model import Phase, Resource

JOB = Resource(
    "jobs", "1", "a", "JOBSTAT_FAILED", Phase.FAILED, "modelarts", "p", created_at=0, facts={"gpus": 8}
)


def test_columns_and_given_facts_are_fields() -> None:
    assert {"name", "age", "phase", "flavor", "free_gpu", "gpus"} <= set(list_fields(["gpus"]))
    assert text_of("nothing", ()) is None
    assert number_of("nothing", ()) is None


def test_a_duration_is_compared_in_milliseconds() -> None:
    age = number_of("age", ())
    assert age is not None
    assert age(JOB, 5000) == 5000
    assert bound_of("age", "2h")(0) == 7_200_000
    assert bound_of("gpus", "2k")(0) == 2000
    assert is_span("age")
    with pytest.raises(ValueError):
        bound_of("gpus", "many")


def test_a_phase_is_found_by_its_beginning() -> None:
    assert phases_of(["fail", "d"]) == {Phase.FAILED, Phase.DONE, Phase.DEGRADED}
    with pytest.raises(ValueError, match="no phase"):
        phases_of(["faild"])


@pytest.mark.parametrize("typed", ["30m", "-30m", "30m ago"])
def test_a_span_may_be_typed_as_in_since(typed: str) -> None:
    assert bound_of("since", typed)(0) == 1_800_000


def test_a_moment_stands_for_the_time_since_it() -> None:
    now = datetime(2026, 11, 29, 16, 30).timestamp() * 1000  # noqa: DTZ001  the zone of this machine
    assert bound_of("since", "14:00")(now) == 150 * 60_000
    assert bound_of("age", "yesterday 14:00")(now) == (24 * 60 + 150) * 60_000
    assert bound_of("updated", "2026-11-29")(now + 60_000) == (16 * 60 + 31) * 60_000
    assert bound_of("duration", "00:15:00")(now) == 900_000
    for field, wrong in (("duration", "yesterday"), ("since", "soon")):
        with pytest.raises(ValueError, match="not a"):
            bound_of(field, wrong)
