"""Known names are suggested for mistyped ones."""

from __future__ import annotations

import pytest

from matui.base.text.near_names import find_nearest_names, format_suggestion

NAMES = ("jobs", "job", "notebooks", "pools")


@pytest.mark.parametrize(("typed", "first"), [("jbos", "jobs"), ("note", "notebooks"), ("POOL", "pools")])
def test_the_nearest_name_comes_first(typed: str, first: str) -> None:
    assert find_nearest_names(typed, NAMES)[0] == first
    assert format_suggestion(typed, NAMES) == f" Did you mean {first}?"


@pytest.mark.parametrize("typed", ["", "zzz", "foo", "nope", "x" * 100_000])
def test_nothing_is_suggested_where_nothing_is_near(typed: str) -> None:
    assert format_suggestion(typed, NAMES) == ""
