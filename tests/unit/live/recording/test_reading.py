"""A list page is parsed as JSON is; a row that was parsed before is not parsed again."""

from __future__ import annotations

import json
from typing import Any

import pytest

from matui.live.recording.reading import RowTexts
from matui.live.recording.schema import pack


def make_page(*rows: tuple[str, Any], order: list[str] | None = None) -> str:
    ids = [one for one, _row in rows] if order is None else order
    value = {"rows": dict(rows), "order": ids, "total": len(rows), "newest_first": True}
    return pack({"value": value, "error": None}).decode("utf-8", "surrogatepass")


def make_row(ident: str, **more: Any) -> tuple[str, Any]:
    return ident, {"kind": "jobs", "id": ident, **more}


@pytest.mark.parametrize(
    "text",
    [
        make_page(),
        make_page(make_row("1")),
        make_page(
            make_row("1", name="a"), make_row("2", name='},"order":["2"]'), make_row("3", raw={"order": [1]})
        ),
        make_page(
            make_row("1", raw={"x": {"2": {"kind": "jobs"}}, "y": {"a": 1, "2": {"kind": "jobs"}}}),
            make_row("2"),
        ),
        make_page(make_row('a"b\\', name="训练\ud800"), make_row("é")),
        make_page(make_row("1"), make_row("2"), order=["2", "1"]),
        make_page(make_row("1"), order=["1", "1"]),
        make_page(("1", 5), ("2", None)),
        '{"value":null,"error":{"type":"x"}}',
        '{"value":{"rows":{},"order":[1,{}]}}',
        "[]",
    ],
)
def test_a_page_is_parsed_as_json_is(text: str) -> None:
    texts = RowTexts()
    assert texts.parse(text) == texts.parse(text) == json.loads(text)


def test_a_row_with_the_same_text_is_the_same_object() -> None:
    texts = RowTexts()
    one = texts.parse(make_page(make_row("1", status="a"), make_row("2", status="b")))["value"]["rows"]
    two = texts.parse(make_page(make_row("3"), make_row("1", status="a"), make_row("2", status="c")))[
        "value"
    ]["rows"]
    assert one["1"] is two["1"]
    assert two["2"]["status"] == "c"


@pytest.mark.parametrize(
    "text", ['{"value":{"rows":{"1":{,"order":["1"]},"error":null}', '{"value":{"rows":{']
)
def test_a_damaged_page_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="line 1"):
        RowTexts().parse(text)


def test_the_rows_kept_are_bounded() -> None:
    texts = RowTexts()
    for number in range(12):
        texts.parse(make_page(*(make_row(f"{number}-{at}") for at in range(1000))))
    assert len(texts._known) == 5000
