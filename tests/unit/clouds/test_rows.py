"""Rows that cannot be read, and ids as they are asked for."""

from __future__ import annotations

import pytest

from matui.base.errors import RefusedError
from matui.clouds.rows import build_unreadable_row, match_id, refuse_unreadable, refuse_unreadable_id
from matui.resources.model import build_empty_record, drop_empty


def test_no_action_applies_to_an_unreadable_row() -> None:
    row = build_unreadable_row("jobs", 3, "modelarts", "p", build_empty_record())
    with pytest.raises(RefusedError):
        refuse_unreadable(row)
    with pytest.raises(RefusedError):
        refuse_unreadable_id(row.id)
    refuse_unreadable_id("3")


@pytest.mark.parametrize(
    ("asked", "answered", "expected"),
    [("7", 7, "7"), ("007", "7", "007"), ("7", "", "7"), ("7", "8", "8"), ("a", "b", "b")],
)
def test_an_answer_about_another_resource_keeps_its_id(
    asked: str, answered: str | int, expected: str
) -> None:
    assert match_id(asked, answered) == expected


def test_facts_without_a_value_are_dropped() -> None:
    assert drop_empty({"a": "", "b": None, "c": 0, "d": False}) == {"c": 0, "d": False}
