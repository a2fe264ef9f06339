"""The completion of filters: fields with the sign that they take, values of the last field."""

from __future__ import annotations

import pytest

from matui.resources.filter_completion import Completion, complete_filter
from matui.resources.filters import parse_filter
from matui.resources.registry import KINDS


@pytest.mark.parametrize("kind", [None, *KINDS.values()], ids=lambda kind: kind.id if kind else "all")
def test_each_field_is_completed_with_a_sign_that_it_takes(kind: object) -> None:
    found = complete_filter("", kind)  # type: ignore[arg-type]
    assert len(found) > 10
    assert all(field.is_open for field in found)
    values = {"<": ("2h",), ":": ("yes", "done")}
    wrong = [
        field.text
        for field in found
        if all(parse_filter(field.text + value).errors for value in values[field.text[-1]])
    ]
    assert wrong == []


def test_values_that_only_the_caller_knows_follow_what_is_typed() -> None:
    found = complete_filter("a !owner:li,Ze", None, {"owner": ("li", "zeng", "zoe")}.__getitem__)
    assert found == [Completion("a !owner:li,zeng")]


def test_the_statuses_of_the_kind_are_offered_behind_those_that_are_known() -> None:
    known = {"status": ("odd",)}.__getitem__
    found = [one.text for one in complete_filter("status:", KINDS["notebooks"], known)]
    assert found[:2] == ["status:odd", "status:running"]
    assert "status:create_failed" in found
    assert "status:published" not in found
    assert [one.text for one in complete_filter("status:publ", None)] == [
        "status:publishing",
        "status:published",
    ]
    assert complete_filter("status:", KINDS["configs"]) == []
