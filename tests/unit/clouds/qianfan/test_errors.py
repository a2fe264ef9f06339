"""The errors in Qianfan's answers and headers."""

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
from matui.clouds.qianfan.errors import raise_for_error as raise_qianfan


def make_response(status: int, body: object, **headers: str) -> HttpResponse:
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
    raise_qianfan(make_response(200, body), "POST")


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
        raise_qianfan(make_response(status, body), "POST")
    assert type(caught.value) is expected
    if isinstance(body, dict):
        assert caught.value.code == str(body.get("error_code", body.get("code")))
        assert caught.value.status == status


def test_the_gateways_headers_say_more_than_an_empty_body() -> None:
    told = {"x_bce_error_code": "RequestExpired", "x_bce_error_message": "late", "x_bce_request_id": "r9"}
    with pytest.raises(AuthenticationError) as caught:
        raise_qianfan(make_response(400, b"", **told), "POST")
    assert (caught.value.code, caught.value.message, caught.value.request_id) == (
        "RequestExpired",
        "late",
        "r9",
    )


def test_a_missing_resource_is_not_looked_for_in_a_region() -> None:
    with pytest.raises(NotFoundError) as caught:
        raise_qianfan(make_response(404, {"requestId": "r", "code": "JobNotFound", "message": "m"}), "GET")
    assert "region" not in caught.value.remedy
    assert "profile" in caught.value.remedy
