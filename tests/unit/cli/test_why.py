"""``matui why``: its formats, and the contract of its JSON."""

from __future__ import annotations

import json

from matui.live.why.card import PARTS


def test_the_json_has_the_parts_of_the_interface(line):
    tree = json.loads(line("why", "job", "11", "-o", "json").out)
    assert {"resource", "missing", *PARTS} <= set(tree)
    assert tree["resource"]["id"] == "11"
    for name in PARTS:
        assert tree[name] is not None or tree["missing"][name]


def test_the_text_begins_with_the_resource_and_its_state(line):
    out = line("why", "job", "11").out
    assert out.splitlines()[0].startswith("jobs ")
    assert "Missing" in out


def test_markdown_is_for_a_ticket(line):
    assert line("why", "job/11", "-o", "markdown").out.startswith("# jobs ")


def test_an_unknown_resource_exits_with_1(line):
    assert line("why", "job", "nope").code == 1
