"""JSON of any value: valid, and safe on a terminal."""

from __future__ import annotations

import json
from math import inf, nan

from matui.base.json import dumps, is_harmless


def test_numbers_that_json_lacks_become_null() -> None:
    assert dumps({"a": nan, "b": [inf, 1.5]}) == '{"a": null, "b": [null, 1.5]}'


def test_control_and_bidi_characters_are_escaped() -> None:
    text = dumps({"a": "x\u202e\x9b\x7f训"})
    assert is_harmless(text)
    assert "训" in text
    assert json.loads(text) == {"a": "x\u202e\x9b\x7f训"}


def test_deep_nesting_and_huge_integers_are_cut() -> None:
    tree: object = 10**5000
    for _ in range(5000):
        tree = [tree]
    assert json.loads(dumps(tree))
    assert json.loads(dumps(10**5000)).startswith("0x")
