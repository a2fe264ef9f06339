"""Bodies of answers become models, or a BadAnswerError with its reason."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest

from matui.base.errors import BadAnswerError
from matui.clouds.http.decode import parse, parse_raw_rows, parse_reply, read_object, read_rows
from matui.clouds.http.messages import Answer
from matui.clouds.modelarts.v1.jobs.models import JobList
from matui.clouds.wire_types import MOST_ROWS, ModelRows, WireModel


class Row(WireModel):
    name: str = ""


class Listing(WireModel):
    count: int | None = None
    rows: list[Row] | None = None


def answer(body: bytes) -> Answer:
    return Answer(200, body, "request-1", "https://example.com/rows")


@pytest.mark.parametrize(
    "body",
    [
        b'{"a": "caf\xff"}',
        b'\xef\xbb\xbf{"a": 1}',
        b'{"a": "\\ud800"}',
        b'// generated\n{"a": 1}',
    ],
)
def test_unusual_but_readable_json_is_read(body: bytes) -> None:
    assert list(parse(body)) == ["a"]


@pytest.mark.parametrize("body", [b"", b"<html>", b'{"a":', b"[" * 100_000], ids=len)
def test_what_is_no_json_raises_value_error(body: bytes) -> None:
    with pytest.raises(ValueError):
        parse(body)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"[]", "a list where an object was due"),
        (b'"x"', "a text where an object was due"),
        (b"true", "true or false where an object was due"),
        (b"1", "a number where an object was due"),
        (b"<html>", "is not JSON"),
    ],
)
def test_an_answer_that_is_no_object_says_what_it_is(body: bytes, words: str) -> None:
    with pytest.raises(BadAnswerError, match=words) as caught:
        read_object(answer(body))
    assert caught.value.request_id == "request-1"


def test_an_empty_body_is_an_empty_object() -> None:
    assert read_object(answer(b" \n")) == {}


def test_a_missing_list_is_an_empty_page_where_other_fields_are_known() -> None:
    reply = parse_reply(Listing, answer(b'{"count": 0}'))
    assert read_rows(reply, reply.value.rows, "rows") == ()


@pytest.mark.parametrize("body", [b"{}", b'{"other": 1}'])
def test_an_answer_without_anything_known_is_refused(body: bytes) -> None:
    reply = parse_reply(Listing, answer(body))
    with pytest.raises(BadAnswerError, match="holds no list of rows"):
        read_rows(reply, reply.value.rows, "rows")


def test_an_answer_whose_values_are_all_null_is_refused() -> None:
    reply = parse_reply(Listing, answer(b'{"count": null, "rows": null}'))
    with pytest.raises(BadAnswerError, match="holds no list of rows"):
        read_rows(reply, reply.value.rows, "rows")


def test_a_missing_list_is_refused_where_the_total_counts_rows() -> None:
    reply = parse_reply(Listing, answer(b'{"count": 2, "rows": null}'))
    with pytest.raises(BadAnswerError, match="counts 2"):
        read_rows(reply, reply.value.rows, "rows", due=2)


def test_raw_rows_are_the_elements_of_the_list() -> None:
    page = parse_raw_rows(answer(b'{"rows": [{"name": "a", "extra": 1}]}'), "rows")
    assert page.parse_tree() == [{"name": "a", "extra": 1}]


@pytest.mark.parametrize(
    "value",
    [b"9" * 5000, b"-" + b"9" * 5000, b"9" * 5000 + b".5", b"1e999", b"NaN", b"-Infinity", b'"\\ud800"',
     b"[" * 5000 + b"]" * 5000, b'{"a":' * 20_000 + b"1" + b"}" * 20_000, b'"' + b"[" * 5000 + b'"'],
    ids=lambda value: value[:12].decode(),
)  # fmt: skip
def test_one_value_that_cannot_be_read_does_not_take_its_list_with_it(value: bytes) -> None:
    body = b'{"jobs": [{"job_id": 1, "job_name": "a"}, {"job_id": 2, "duration": %s}]}' % value
    reply = parse_reply(JobList, answer(body))
    assert [(row.job_id, row.duration) for row in reply.value.jobs if row] == [(1, None), (2, None)]
    assert len(parse_raw_rows(answer(body), "jobs").parse_tree()) == 2


def test_what_is_nested_deeply_is_named_and_what_follows_is_kept() -> None:
    tree = parse(b'{"a": "[", "b": %s, "c": "\\"]", "d": [1]}' % (b"[" * 300 + b"]" * 300))
    assert (tree["a"], tree["c"], tree["d"]) == ("[", '"]', [1])
    deep, levels = tree["b"], 1
    while isinstance(deep, list):
        deep, levels = deep[0], levels + 1
    assert (deep, levels) == ("(nested too deeply)", 100)


@pytest.mark.parametrize("as_text", [False, True])
def test_a_list_of_more_rows_than_any_page_holds_is_refused(as_text: bool) -> None:
    class Page(WireModel):
        rows: ModelRows[Row]

    def parse_rows(count: int) -> Sequence[object]:
        rows: object = [{"name": "a"}] * count
        body = json.dumps({"rows": json.dumps(rows) if as_text else rows}).encode()
        return parse_reply(Page, answer(body)).value.rows

    assert len(parse_rows(MOST_ROWS)) == MOST_ROWS
    with pytest.raises(BadAnswerError, match="more than 20,000 rows"):
        parse_rows(MOST_ROWS + 1)
