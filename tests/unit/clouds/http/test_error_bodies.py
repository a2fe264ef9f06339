"""Code, message and request id are found in error bodies of any shape."""

from __future__ import annotations

import json

import pytest

from matui.clouds.http.error_bodies import LONGEST_TEXT, ErrorFields, is_html, read_error_fields


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({"error_code": "ModelArts.0102", "error_msg": "gone"}, ("ModelArts.0102", "gone", "")),
        ({"errorCode": "E1", "errorMsg": "m", "requestId": "r"}, ("E1", "m", "r")),
        ({"error": {"code": 404, "message": "none"}}, ("404", "none", "")),
        ({"error": "invalid_grant", "error_description": "expired"}, ("invalid_grant", "expired", "")),
        ({"log_id": "9", "data": {"err_code": "7", "err_msg": "x"}}, ("7", "x", "9")),
        ({"message": '{"code": "C", "message": "inner"}'}, ("C", "inner", "")),
        ({"errors": ["first", "second"]}, ("", "first; second", "")),
        ({"err": "short words"}, ("", "short words", "")),
        ({"errors": {"name": ["is too long", "has blanks"]}}, ("", "name: is too long; has blanks", "")),
        ({"limit": ["is above 50"]}, ("", "limit: is above 50", "")),
        ("just a text", ("", "just a text", "")),
        ([], ("", "", "")),
    ],
)
def test_fields_of_json_bodies(body: object, fields: tuple[str, str, str]) -> None:
    assert read_error_fields(json.dumps(body).encode()) == ErrorFields(*fields)


def test_fields_of_an_xml_body() -> None:
    body = b"<Error><Code>AccessDenied</Code><Message>No.</Message><RequestId>r1</RequestId></Error>"
    assert read_error_fields(body) == ErrorFields("AccessDenied", "No.", "r1")


def test_a_plain_text_is_the_message() -> None:
    assert read_error_fields(b"upstream\n timed out").message == "upstream timed out"


def test_a_text_in_the_chinese_encoding_is_the_message() -> None:
    assert read_error_fields("参数错误".encode("gbk")).message == "参数错误"


@pytest.mark.parametrize(
    "body", [b"<html><body>502</body>", b"<!DOCTYPE  html>", b'{"cut": ', b"\x00\xff\xfe"]
)
def test_pages_and_broken_bodies_say_nothing(body: bytes) -> None:
    assert read_error_fields(body) == ErrorFields()


def test_a_web_page_is_recognised() -> None:
    assert is_html(b"  <HTML lang='en'>")
    assert not is_html(b'{"html": "<b>"}')


def test_long_messages_are_cut_and_control_sequences_removed() -> None:
    message = read_error_fields(json.dumps({"message": "\x1b[31mred" + "x" * 1000}).encode()).message
    assert len(message) <= LONGEST_TEXT
    assert "\x1b" not in message


def test_deep_and_wide_bodies_are_bounded() -> None:
    wide = {"level": [{"filler": number} for number in range(100_000)]}
    assert read_error_fields(json.dumps(wide).encode()) == ErrorFields()
    assert read_error_fields(b"[" * 100_000) is not None
