"""What answers of Qianfan and OpenSearch mean, and the odd values in them."""

from __future__ import annotations

import json

import pytest

from matui.base.errors import (
    AuthenticationError,
    BadAnswerError,
    CloudError,
    ConflictError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitedError,
    ServerFaultError,
)
from matui.clouds.http.api_errors import HttpResponse
from matui.clouds.opensearch.api import join_id, split_id
from matui.clouds.opensearch.errors import raise_for_error as raise_opensearch
from matui.clouds.opensearch.models import list_errors, list_numbers, span_ms, unpack_json
from matui.clouds.opensearch.models import to_epoch_ms as opensearch_ms
from matui.clouds.qianfan.errors import raise_for_error as raise_qianfan
from matui.clouds.qianfan.models import parse_beijing_ms as qianfan_ms
from matui.clouds.qianfan.models import parse_percent


def received(status: int, body: object, **headers: str) -> HttpResponse:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return HttpResponse(status, {name.replace("_", "-"): value for name, value in headers.items()}, raw)


@pytest.mark.parametrize(
    "body",
    [
        {"log_id": "1", "result": {"id": 1}},
        {"log_id": "1", "result": True},
        {"requestId": "r", "result": {"jobList": []}},
        {"error_code": 0, "error_msg": "", "result": {}},
        {"requestId": "r", "code": "", "message": "", "taskList": []},
    ],
)
def test_a_good_answer_of_qianfan_is_good(body: object) -> None:
    raise_qianfan(received(200, body), "POST")


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (200, {"error_code": 18, "error_msg": "Open api qps request limit reached"}, RateLimitedError),
        (200, {"error_code": "336501", "error_msg": "rpm"}, RateLimitedError),
        (200, {"error_code": 336100, "error_msg": "try again"}, RateLimitedError),
        (200, {"error_code": 500000, "error_msg": "internal"}, ServerFaultError),
        (200, {"error_code": 110, "error_msg": "token"}, AuthenticationError),
        (200, {"error_code": 6, "error_msg": "no permission"}, PermissionDeniedError),
        (200, {"error_code": 500001, "error_msg": "param invalid"}, CloudError),
        (400, {"requestId": "r", "code": "InvalidParameter", "message": "m"}, CloudError),
        (403, {"requestId": "r", "code": "AccessDenied", "message": "m"}, PermissionDeniedError),
        (400, {"requestId": "r", "code": "SignatureDoesNotMatch", "message": "m"}, AuthenticationError),
        (404, {"requestId": "r", "code": "JobNotFound", "message": "m"}, NotFoundError),
        (409, {"requestId": "r", "code": "whatever", "message": "m"}, ConflictError),
        (500, {"requestId": "r", "code": "InternalError", "message": "m"}, ServerFaultError),
        (200, {"requestId": "r", "code": "ResourceNotExist", "message": "m"}, NotFoundError),
        (200, b"<html>login</html>", BadAnswerError),
        (502, b"<html>gateway</html>", ServerFaultError),
        (200, b"", BadAnswerError),
    ],
)
def test_what_qianfan_says_is_its_error(status: int, body: object, expected: type[CloudError]) -> None:
    with pytest.raises(CloudError) as caught:
        raise_qianfan(received(status, body), "POST")
    assert type(caught.value) is expected
    if isinstance(body, dict):
        assert caught.value.code == str(body.get("error_code", body.get("code")))
        assert caught.value.status == status


def test_the_gateways_headers_say_more_than_an_empty_body() -> None:
    told = {"x_bce_error_code": "RequestExpired", "x_bce_error_message": "late", "x_bce_request_id": "r9"}
    with pytest.raises(AuthenticationError) as caught:
        raise_qianfan(received(400, b"", **told), "POST")
    assert (caught.value.code, caught.value.message, caught.value.request_id) == (
        "RequestExpired",
        "late",
        "r9",
    )


@pytest.mark.parametrize(
    "body",
    [
        {"Status": "200", "HttpCode": 200, "Code": "200", "Message": "fail", "Result": []},
        {"status": "OK", "httpCode": 200, "code": "", "message": "", "result": []},
        {"status": "OK", "result": []},
        {"Status": "200", "HttpCode": "200", "Code": None, "Result": {}},
    ],
)
def test_a_good_answer_of_opensearch_is_good(body: object) -> None:
    raise_opensearch(received(200, body), "GET")


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (200, {"Status": "FAIL", "HttpCode": 409, "Code": "Task.IsRunning", "Message": "m"}, ConflictError),
        (200, {"status": "FAIL", "httpCode": 404, "code": "App.NotFound", "message": "m"}, NotFoundError),
        (200, {"Status": "200", "HttpCode": 500, "Code": "", "Result": []}, ServerFaultError),
        (200, {"Status": "500", "Code": "500", "Message": "m"}, CloudError),
        (403, {"RequestId": "r", "Code": "Forbidden.RAM", "Message": "m"}, PermissionDeniedError),
        (404, {"RequestId": "r", "Code": "InvalidAccessKeyId.NotFound", "Message": "m"}, AuthenticationError),
        (400, {"RequestId": "r", "Code": "Throttling.User", "Message": "m"}, RateLimitedError),
        (503, {"RequestId": "r", "Code": "ServiceUnavailable", "Message": "m"}, ServerFaultError),
        (400, {"RequestId": "r", "Code": "InvalidParameter", "Message": "m"}, CloudError),
        (200, b"<html>login</html>", BadAnswerError),
        (200, b"", BadAnswerError),
    ],
)
def test_what_opensearch_says_is_its_error(status: int, body: object, expected: type[CloudError]) -> None:
    with pytest.raises(CloudError) as caught:
        raise_opensearch(received(status, body), "GET")
    assert type(caught.value) is expected


@pytest.mark.parametrize(("told", "seconds"), [("1500", 1.5), ("99999999", 3600.0), ("0", None), ("x", None)])
def test_the_throttling_header_is_in_milliseconds(told: str, seconds: float | None) -> None:
    body = {"RequestId": "r", "Code": "Throttling", "Message": "m"}
    with pytest.raises(RateLimitedError) as caught:
        raise_opensearch(received(429, body, x_acs_retry_after=told), "GET")
    assert caught.value.retry_after_s == seconds


@pytest.mark.parametrize(
    ("told", "ms"),
    [
        ("2023-05-05 00:00:00", 1_683_216_000_000),
        ("2023-05-04T16:00:00Z", 1_683_216_000_000),
        (1_683_216_000, 1_683_216_000_000),
        ("1683216000000", 1_683_216_000_000),
        ("0000-00-00 00:00:00", None),
        ("0000-00-00T00:00:00Z", None),
        ("", None),
        (None, None),
        (0, None),
        ([], None),
        ("9999-99-99", None),
    ],
)
def test_qianfans_times(told: object, ms: int | None) -> None:
    assert qianfan_ms(told) == ms


@pytest.mark.parametrize(
    ("told", "number"), [("51%", 51), ("33.25 %", 33.25), (99, 99), ("", None), ("%", None), ({}, None)]
)
def test_percentages(told: object, number: float | None) -> None:
    assert parse_percent(told) == number


@pytest.mark.parametrize(
    ("told", "ms"),
    [
        (1_582_214_400, 1_582_214_400_000),
        (1_582_214_400_000, 1_582_214_400_000),
        ("1582214400", 1_582_214_400_000),
        (100010, None),
        (0, None),
        (None, None),
        (-5, None),
    ],
)
def test_opensearchs_times(told: object, ms: int | None) -> None:
    assert opensearch_ms(told) == ms


@pytest.mark.parametrize(
    ("start", "end", "ms"),
    [
        (100010, 200020, 100010),
        (1_582_214_400, 1_582_214_460, 60_000),
        (1_582_214_400_000, 1_582_214_460_000, 60_000),
        (5, 0, None),
        (None, 3, None),
    ],
)
def test_a_span_holds_where_its_times_make_no_sense(start: object, end: object, ms: int | None) -> None:
    assert span_ms(start, end) == ms


@pytest.mark.parametrize(
    "told",
    [
        '{"recall":91,"errors":["no data"]}',
        '{\\"recall\\":91,\\"errors\\":[\\"no data\\"]}',
        '"{\\"recall\\":91,\\"errors\\":[\\"no data\\"]}"',
        {"recall": 91, "errors": "no data"},
    ],
)
def test_extend_info_is_unpacked_however_it_is_escaped(told: object) -> None:
    info = unpack_json(told)
    assert list_numbers(info) == {"recall": 91}
    assert list_errors(info) == ("no data",)


@pytest.mark.parametrize("told", ["", "{", None, 7, "[]", '"x"', "null", "[" * 100_000])
def test_extend_info_that_holds_nothing_is_empty(told: object) -> None:
    assert unpack_json(told) == {}


@pytest.mark.parametrize("parts", [("ctr", "a"), ("c/t", "a%2Fb", "1"), ("应用", "x y/z", "%")])
def test_ids_come_apart_as_they_were_put_together(parts: tuple[str, ...]) -> None:
    assert split_id(join_id(*parts), len(parts)) == parts


@pytest.mark.parametrize("wrong", ["a", "a/b/c", "", "/", "a/"])
def test_an_id_of_another_shape_is_nobodys(wrong: str) -> None:
    with pytest.raises(NotFoundError):
        split_id(wrong, 2)
