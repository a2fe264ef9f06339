"""Answers and errors of a cloud as JSON values."""

from __future__ import annotations

import json
from random import Random
from typing import Any

import pytest

from matui.base.errors import MatuiError, RateLimitedError, UnreachableError
from matui.clouds.protocols import LogPage, Page
from matui.live.recording.encoding import (
    PageEncoder,
    apply_delta,
    decode_error,
    encode_error,
    encode_log_page,
    make_delta,
)
from matui.resources.codec import decode_resource
from matui.resources.model import Phase, Resource

ROWS = tuple(
    Resource("jobs", str(n), f"job-{n}", "RUNNING", Phase.RUNNING, "modelarts", "prod") for n in (2, 1)
)


def test_a_page_has_its_rows_by_id_and_their_order() -> None:
    value = PageEncoder().encode(Page(ROWS, 7, newest_first=True), None)
    assert (value["order"], value["total"], value["newest_first"]) == (["2", "1"], 7, True)
    assert [decode_resource(value["rows"][one]) for one in value["order"]] == list(ROWS)


def test_equal_rows_are_encoded_once() -> None:
    encoder = PageEncoder()
    first = encoder.encode(Page(ROWS, 2), None)
    again = encoder.encode(Page(ROWS, 2), None)
    assert all(again["rows"][row.id] is first["rows"][row.id] for row in ROWS)


def test_an_error_comes_back_with_its_type_and_code() -> None:
    error = RateLimitedError(
        "Too many.", remedy="Wait.", code="APIG.0308", message="m", request_id="r", status=429
    )
    again = decode_error(encode_error(error))
    assert isinstance(again, RateLimitedError)
    assert (again.sentence, again.remedy, again.code, again.status) == (
        "Too many.",
        "Wait.",
        "APIG.0308",
        429,
    )
    assert isinstance(decode_error(encode_error(UnreachableError("No route."))), UnreachableError)


def test_an_unknown_error_is_one_of_matui() -> None:
    error = decode_error({"type": "FutureError", "sentence": "New."})
    assert type(error) is MatuiError
    assert error.sentence == "New."


def test_a_log_page_keeps_its_cursors_and_hides_secrets() -> None:
    value = encode_log_page(LogPage("password=hunter2", "1", "5", 1), base="0", older=False)
    assert (value["start"], value["end"], value["base"]) == ("1", "5", "0")
    assert "hunter2" not in value["text"]


def make_random_value(rng: Random, depth: int = 3) -> Any:
    if depth == 0 or rng.random() < 0.3:
        return rng.choice([None, True, 1, 2.5, "a", "b", ""])
    if rng.random() < 0.5:
        return [make_random_value(rng, depth - 1) for _ in range(rng.randrange(5))]
    return {rng.choice("abcdef"): make_random_value(rng, depth - 1) for _ in range(rng.randrange(5))}


def test_a_delta_turns_the_old_value_into_the_new_one() -> None:
    rng = Random(5)
    for _ in range(2000):
        old, new = make_random_value(rng), make_random_value(rng)
        delta = make_delta(old, new)
        got = old if delta is None else apply_delta(old, json.loads(json.dumps(delta)))
        assert got == new, (old, new, delta)


def test_one_changed_field_of_one_row_is_a_small_delta() -> None:
    old = {"rows": {str(at): {"name": "x" * 50, "status": "RUNNING"} for at in range(200)}}
    new = {"rows": {**old["rows"], "7": {"name": "x" * 50, "status": "FAILED"}}}
    assert make_delta(old, new) == [
        "{",
        {"rows": ["{", {"7": ["{", {"status": ["=", "FAILED"]}, []]}, []]},
        [],
    ]


def test_an_item_put_in_front_of_a_list_is_a_small_delta() -> None:
    assert make_delta([1, 2, 3], [0, 1, 2, 3]) == ["[", 0, 0, [0]]


def test_a_wrong_delta_is_refused() -> None:
    with pytest.raises(ValueError, match="not a delta"):
        apply_delta({"a": 1}, ["[", 0, 0, []])
