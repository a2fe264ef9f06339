"""Fields of responses: what fits is taken, and what does not fit never loses its row."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import AliasChoices, AliasPath, Field, ValidationError

from matui.clouds.wire_types import (
    MOST,
    CamelWireModel,
    Code,
    Content,
    Count,
    Cursor,
    FileNames,
    Flag,
    Id,
    Millis,
    ModelRows,
    Number,
    One,
    Text,
    Whole,
    WireModel,
    make_list,
    to_millis,
)


class Wheel(WireModel):
    """A part."""

    size: Whole = None
    name: Text = Field(default="", validation_alias=AliasChoices("wheelName", "label"))


class Cart(WireModel):
    """One field of each type."""

    id: Id = ""
    code: Code = ""
    name: Text = ""
    load: Number = None
    made: Millis = None
    painted: Flag = None
    wheels: ModelRows[Wheel] = Field(default_factory=list)
    spare: One[Wheel] = Field(default_factory=Wheel)
    owner: Text = Field(default="", validation_alias=AliasPath("papers", "owner"))


_AT = 1_795_917_549_000  # 2026-11-29T01:59:09Z


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (_AT, _AT),
        (str(_AT), _AT),
        (_AT // 1000, _AT),
        (str(_AT // 1000), _AT),
        (1_795_917_549.25, _AT + 250),
        (_AT * 1000 + 250_999, _AT + 250),
        (str(_AT * 1000), _AT),
        (1_795_917_549e3, _AT),
        ("2026-11-29T01:59:09Z", _AT),
        ("2026-11-29t01:59:09.250z", _AT + 250),
        (" 2026-11-29T01:59:09.123456789Z ", _AT + 123),
        ("2026-11-29T09:59:09.123+08:00", _AT + 123),
        ("2026-11-28T22:29:09-0330", _AT),
        ("2026-11-29 01:59:09", _AT),
        ("1970-01-05", 345_600_000),
        ("1970-01-01T08:00:00+08:00", None),
        (5_000_000_000, None),
        (0, None),
        ("0", None),
        (-1, None),
        (True, None),
        ("0001-01-01T00:00:00Z", None),
        ("0000-00-00 00:00:00", None),
        ("yesterday", None),
        ({"at": 1}, None),
    ],
)
def test_a_time_is_read_in_any_unit_and_form(given: object, expected: int | None) -> None:
    assert Cart.model_validate({"made": given}).made == expected
    assert to_millis(given) == expected


class CamelCart(CamelWireModel):
    """Camel case on the wire."""

    wheel_count: Whole = None


@pytest.mark.parametrize(
    ("field", "given", "expected"),
    [
        ("id", 7, 7),
        ("id", "a-7", "a-7"),
        ("id", {"a": 1}, ""),
        ("code", [1], "[1]"),
        ("name", None, ""),
        ("name", True, "true"),
        ("name", {"a": None}, '{"a":null}'),
        ("load", "1.5", 1.5),
        ("load", "many", None),
        ("load", MOST + 1, None),
        ("load", True, None),
        ("made", "2024-01-01T00:00:00Z", 1_704_067_200_000),
        ("made", 0, None),
        ("painted", "False", False),
        ("painted", 2, None),
        ("wheels", None, []),
        ("wheels", {"size": 3}, [Wheel(size=3)]),
        ("wheels", '[{"size": "3"}]', [Wheel(size=3)]),
        ("wheels", [{"size": 3}, "x", None], [Wheel(size=3), None, None]),
        ("spare", [{"size": 3}], Wheel(size=3)),
        ("spare", "none", Wheel()),
    ],
)
def test_a_value_of_any_type_is_read(field: str, given: Any, expected: Any) -> None:
    read = Cart.model_validate({field: given, "unknown": 1})
    assert getattr(read, field) == expected
    assert Cart.model_validate_json(json.dumps({field: given})) == read
    assert read.model_fields_set == {field}


def test_a_field_is_found_by_each_of_its_names_and_by_a_path() -> None:
    assert [Wheel.model_validate({name: "w"}).name for name in ("wheelName", "label", "name")] == ["w"] * 3
    assert Wheel.model_validate({"label": "second", "wheelName": "first"}).name == "first"
    assert Cart.model_validate({"papers": {"owner": "me"}}).owner == "me"
    assert [CamelCart.model_validate({name: 4}).wheel_count for name in ("wheelCount", "wheel_count")] == [
        4,
        4,
    ]


def test_defaults_are_not_shared() -> None:
    first, second = Cart(), Cart()
    assert first.wheels is not second.wheels
    assert first.spare is not second.spare


class Fields(WireModel):
    content: Content = ""
    count: Count = None
    cursor: Cursor = ""
    names: FileNames = Field(default_factory=make_list)


@pytest.mark.parametrize(
    ("field", "sent", "want"),
    [
        ("content", "a\n", "a\n"), ("content", None, ""), ("content", "[1]", "[1]"),
        ("count", 7, 7), ("count", "7", 7), ("count", None, None), ("count", "", None), ("count", 7.0, 7),
        ("cursor", "12", "12"), ("cursor", 1551252759254000002, "1551252759254000002"), ("cursor", None, ""),
        ("names", ["a", 1, None, ""], ["a", "1"]), ("names", "a,b", ["a", "b"]), ("names", '["a"]', ["a"]),
        ("names", None, []), ("names", "", []),
    ],
)  # fmt: skip
def test_forms_of_the_references_are_accepted(field: str, sent: Any, want: Any) -> None:
    assert getattr(Fields.model_validate({field: sent}), field) == want


@pytest.mark.parametrize(
    ("field", "sent"),
    [
        ("content", 7), ("content", []), ("content", {}), ("content", True),
        ("count", []), ("count", {}), ("count", True),
        ("cursor", []), ("cursor", {}), ("cursor", False),
        ("names", 5), ("names", {}), ("names", True),
        ("names", '{"a":1}'), ("names", [["a"]]), ("names", [{}]),
    ],
)  # fmt: skip
def test_a_value_of_another_type_is_refused(field: str, sent: Any) -> None:
    with pytest.raises(ValidationError):
        Fields.model_validate({field: sent})
