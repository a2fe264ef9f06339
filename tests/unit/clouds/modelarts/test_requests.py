"""Requests: only what was given is sent, by its name on the wire."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import Field, ValidationError

from matui.clouds.modelarts.requests import RequestModel


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
    assert order.tree() == {"sortBy": "name", "parts": [{}, {"name": "a"}]}
    assert order.body() == b'{"sortBy":"name","parts":[{},{"name":"a"}]}'


def test_a_map_is_sent_as_it_was_given() -> None:
    order = Order.model_validate({"extra": {"a": None, "b": [None, float("nan")]}})
    assert order.body() == b'{"extra":{"a":null,"b":[null,null]}}'


def test_a_query_spells_booleans_as_json_does() -> None:
    assert Order(sort_by="é", dry_run=False).pairs() == (("sortBy", "é"), ("dry_run", "false"))


def test_a_request_does_not_change_and_refuses_unknown_fields() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Order().dry_run = True
    with pytest.raises(ValidationError, match="extra"):
        Order.model_validate({"dry-run": True})
