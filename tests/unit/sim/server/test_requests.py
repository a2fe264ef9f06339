"""Responses and error bodies of the simulator."""

from __future__ import annotations

import json
from typing import Any

import pytest
from starlette.requests import Request

from matui.sim.server.requests import ApiError, build_error_response, build_json_response, override_fields

REQUEST = Request({"type": "http", "sim.request_id": "r1"})


def test_overrides_replace_and_remove_fields() -> None:
    record = {"a": 1, "b": 2, "c": 3}
    assert override_fields(record, {"a": 9}, ("b", "absent")) == {"a": 9, "c": 3}
    assert record["b"] == 2


def test_text_is_sent_as_it_is_with_the_request_id() -> None:
    response = build_json_response(REQUEST, {"name": "训练"})
    assert bytes(response.body) == '{"name":"训练"}'.encode()
    assert response.headers["x-request-id"] == "r1"


@pytest.mark.parametrize(
    ("code", "chapter", "extra"),
    [
        ("ModelArts.0104", "4", {}),
        ("ModelArts.0104", "5", {"is_success": False}),
        ("ModelArts.0104", "8", {"request_id": "r1"}),
        ("APIG.0308", "5", {"request_id": "r1"}),
    ],
)
def test_each_chapter_has_its_error_body(code: str, chapter: str, extra: dict[str, Any]) -> None:
    response = build_error_response(REQUEST, ApiError(code, "No."), chapter)
    body = json.loads(bytes(response.body))
    assert {name: body[name] for name in extra} == extra
    assert set(body) == {"error_msg", "error_code", *extra}
