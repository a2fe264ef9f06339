"""Deltas of JSON values: applied to the old value they give the new one, and small changes are small."""

import json
from random import Random
from typing import Any

import pytest

from matui.live.recording.delta import apply_delta, make_delta


def random_value(rng: Random, depth: int = 3) -> Any:
    if depth == 0 or rng.random() < 0.3:
        return rng.choice([None, True, 1, 2.5, "a", "b", ""])
    if rng.random() < 0.5:
        return [random_value(rng, depth - 1) for _ in range(rng.randrange(5))]
    return {rng.choice("abcdef"): random_value(rng, depth - 1) for _ in range(rng.randrange(5))}


def test_a_delta_turns_the_old_value_into_the_new_one() -> None:
    rng = Random(5)
    for _ in range(2000):
        old, new = random_value(rng), random_value(rng)
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
