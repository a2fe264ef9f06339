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
        ({"errors": {"name": "is too long", "code": "C"}}, ("C", "name: is too long", "")),
        ({"success": False, "message": {"flavor": "is gone"}}, ("", "flavor: is gone", "")),
        ({"error": {"spec_id": "is unknown"}}, ("", "spec_id: is unknown", "")),
        ({"userMessage": "No quota"}, ("", "No quota", "")),
        ({"limit": ["is above 50"]}, ("", "limit: is above 50", "")),
        ({"code": "A.2", "message": {"zh": "配额不足", "en": "no quota"}}, ("A.2", "no quota", "")),
        ({"retCode": "K1", "retMsg": "m"}, ("K1", "m", "")),
        ({"resultCode": "K1", "resultDesc": "m"}, ("K1", "m", "")),
        ({"detail": [{"loc": ["body", "spec_id"], "msg": "is missing"}]}, ("", "spec_id: is missing", "")),
        ({"title": "No quota", "status": 403, "detail": "All 8 are used"}, ("", "All 8 are used", "")),
        ("just a text", ("", "just a text", "")),
        ([], ("", "", "")),
    ],
)
def test_fields_of_json_bodies(body: object, fields: tuple[str, str, str]) -> None:
    assert read_error_fields(json.dumps(body).encode()) == ErrorFields(*fields)


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ('{"error_code": "A.1", "error_msg": "没有权限"}'.encode("gbk"), ("A.1", "没有权限", "")),
        (b')]}\'\n{"error_code": "A.1", "error_msg": "bad"}', ("A.1", "bad", "")),
        (b'{"error_code": "A.1", "error_msg": "cut short", "requ', ("A.1", "cut short", "")),
        (b"<Error><Message>a &amp; b</Message><Code>C</Code></Error>", ("C", "a & b", "")),
        (
            b"<Error><Code>C</Code><Message><![CDATA[no <b>access</b>]]></Message></Error>",
            ("C", "no <b>access</b>", ""),
        ),
        (
            b"<e><error_code>C</error_code><error_msg>m</error_msg><log_id>r</log_id></e>",
            ("C", "m", "r"),
        ),
        (b"<problem xmlns='urn:x'><title>t</title><detail>d</detail></problem>", ("", "d", "")),
    ],
)
def test_fields_of_bodies_that_are_no_plain_json(body: bytes, fields: tuple[str, str, str]) -> None:
    assert read_error_fields(body) == ErrorFields(*fields)


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


@pytest.mark.parametrize(
    "body",
    [
        {"error_code": "A.2", "error_msg": {"en": "no quota", "zh": "配额不足"}},
        {"error_code": "A.2", "error_msg": {"en-US": "no quota", "zh-CN": "配额不足"}},
        {"error_code": "A.2", "error_msg": "no quota", "zh_message": "配额不足"},
        {"error_code": "A.2", "error_msg": "no quota", "error_msg_cn": "配额不足"},
        {"error_code": "A.2", "en_message": "no quota", "zh_message": "配额不足"},
        {"error": {"code": "A.2", "message": "no quota", "message_zh": "配额不足"}},
    ],
)
def test_of_a_message_in_two_languages_that_of_the_profile_is_taken(body: object) -> None:
    raw = json.dumps(body).encode()
    assert read_error_fields(raw, "zh") == ErrorFields("A.2", "配额不足")
    assert read_error_fields(raw, "en") == read_error_fields(raw) == ErrorFields("A.2", "no quota")


def test_a_message_in_the_other_language_only_is_taken_too() -> None:
    assert read_error_fields(b'{"code": "A.2", "message": {"en": "no quota"}}', "zh").message == "no quota"
    assert read_error_fields('{"code": "A.2", "zh_message": "配额不足"}'.encode()).message == "配额不足"
