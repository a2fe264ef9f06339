"""Kinds are found by any of their names."""

from __future__ import annotations

import pytest

from matui.base.errors import UsageError
from matui.resources.registry import INNER_KINDS, KIND_KEYS, KINDS, find_kind, get_kind


@pytest.mark.parametrize("name", ["jobs", "job", "j", "JOBS"])
def test_a_kind_is_found_by_plural_singular_and_short_name(name: str) -> None:
    assert find_kind(name) is KINDS["jobs"]


def test_an_unknown_kind_is_answered_with_the_list() -> None:
    with pytest.raises(UsageError) as caught:
        find_kind("pods")
    assert "notebooks (nb)" in caught.value.remedy


def test_inner_kinds_have_no_command_of_their_own() -> None:
    assert get_kind("versions") is INNER_KINDS["versions"]
    assert "versions" not in KINDS
    with pytest.raises(UsageError):
        find_kind("versions")


def test_no_two_kinds_share_a_key_or_a_name() -> None:
    keys = [key for key in KIND_KEYS.values() if key]
    names = [name for kind in KINDS.values() for name in {kind.id, kind.singular, *kind.short}]
    assert len(keys) == len(set(keys))
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("nodes", "describe pools"),
        ("Versions", "get jobs ID --versions"),
        ("logs", "matui logs JOB"),
        ("triage", "matui get triage"),
        ("images", "matui catalog images"),
        ("flavor", "matui catalog flavors"),
        ("flavours", "matui catalog flavors"),
        ("algorithm", "matui catalog algorithms"),
    ],
)
def test_what_is_listed_within_another_kind_is_named_with_its_command(name: str, hint: str) -> None:
    with pytest.raises(UsageError) as raised:
        find_kind(name)
    assert hint in str(raised.value)
    assert "Did you mean" not in str(raised.value)
