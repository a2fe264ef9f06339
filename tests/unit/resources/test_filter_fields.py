"""Fields that a filter term can name."""

from __future__ import annotations

import pytest

from matui.resources.filter_fields import bound_of, is_span, known_fields, number_of, phases_of, text_of
from matui.resources.model import Phase, Resource

JOB = Resource(
    "jobs", "1", "a", "JOBSTAT_FAILED", Phase.FAILED, "modelarts", "p", created_at=0, facts={"gpus": 8}
)


def test_columns_and_given_facts_are_fields() -> None:
    assert {"name", "age", "phase", "flavor", "free_gpu", "gpus"} <= set(known_fields(["gpus"]))
    assert text_of("nothing", ()) is None
    assert number_of("nothing", ()) is None


def test_a_duration_is_compared_in_milliseconds() -> None:
    age = number_of("age", ())
    assert age is not None
    assert age(JOB, 5000) == 5000
    assert bound_of("age", "2h") == 7_200_000
    assert bound_of("gpus", "2k") == 2000
    assert is_span("age")
    with pytest.raises(ValueError):
        bound_of("gpus", "many")


def test_a_phase_is_found_by_its_beginning() -> None:
    assert phases_of(["fail", "d"]) == {Phase.FAILED, Phase.DONE, Phase.DEGRADED}
    with pytest.raises(ValueError, match="no phase"):
        phases_of(["faild"])
