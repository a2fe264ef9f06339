"""Requests: only what was given is sent, by its name on the wire."""

from __future__ import annotations

from typing import Annotated, Any

import pytest
from pydantic import Field, ValidationError, model_validator

from matui.clouds.modelarts.requests import InvalidRequestError, RequestModel, validate_request


class Part(RequestModel):
    """A part."""

    name: str = "default"
    size: int | None = None


class Order(RequestModel):
    """A request with each shape that bodies have."""

    sort_by: str | None = Field(default=None, validation_alias="sortBy", serialization_alias="sortBy")
    parts: list[Part] | None = None
    extra: dict[str, Any] | None = None
    dry_run: bool | None = None


def test_what_was_not_given_or_is_null_is_left_out_of_the_body() -> None:
    order = Order(sort_by="name", parts=[Part(), Part(name="a", size=None)], dry_run=None)
    assert order.dump_tree() == {"sortBy": "name", "parts": [{}, {"name": "a"}]}
    assert order.encode_body() == b'{"sortBy":"name","parts":[{},{"name":"a"}]}'


def test_a_map_is_sent_as_it_was_given() -> None:
    order = Order.model_validate({"extra": {"a": None, "b": [None, float("nan")]}})
    assert order.encode_body() == b'{"extra":{"a":null,"b":[null,null]}}'


def test_a_query_spells_booleans_as_json_does() -> None:
    assert Order(sort_by="é", dry_run=False).list_pairs() == (("sortBy", "é"), ("dry_run", "false"))


def test_a_request_does_not_change_and_refuses_unknown_fields() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Order().dry_run = True
    with pytest.raises(ValidationError, match="extra"):
        Order.model_validate({"dry-run": True})


class _Part(RequestModel):
    size: Annotated[int, Field(ge=1)] | None = None
    flavor: str | None = None
    place: str

    @model_validator(mode="after")
    def _has_a_size(self) -> _Part:
        if not (self.size or self.flavor):
            raise ValueError("It needs a size or a flavor")
        return self


class _Whole(RequestModel):
    name: str
    parts: list[_Part]

    @model_validator(mode="after")
    def _is_named(self) -> _Whole:
        if self.name == "x":
            raise ValueError("It may not be x")
        return self


@pytest.mark.parametrize(
    ("given", "problems"),
    [
        ({"parts": [{}]}, {"name", "parts.0.place", "parts.0: it needs a size or a flavor"}),
        ({"name": "a", "parts": [{"size": 0}]}, {"parts.0.place", "parts.0.size"}),
        ({"name": "x", "parts": [{"size": 1}]}, {"parts.0.place", ": it may not be x"}),
        (
            {"name": "x", "parts": [{"place": "a"}]},
            {"parts.0: it needs a size", ": it may not be x"},
        ),
        ({"name": "x", "parts": 7}, {"parts", ": it may not be x"}),
        ({"name": "x", "parts": [], "more": 1}, {"more", ": it may not be x"}),
        ({"name": "x", "parts": []}, {": it may not be x"}),
    ],
)
def test_rules_between_fields_are_stated_together_with_wrong_fields(
    given: dict[str, Any], problems: set[str]
) -> None:
    with pytest.raises(InvalidRequestError) as refused:
        validate_request(_Whole, given)
    found = [f"{p.path}: {p.sentence}" for p in refused.value.problems]
    assert len(found) == len(problems)
    assert all(any(one.startswith(problem) for one in found) for problem in problems)
