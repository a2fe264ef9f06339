"""The errors in OpenSearch's answers and headers."""

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
from matui.clouds.opensearch.errors import raise_for_error as raise_opensearch


def make_response(status: int, body: object, **headers: str) -> HttpResponse:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return HttpResponse(status, {name.replace("_", "-"): value for name, value in headers.items()}, raw)


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
    raise_opensearch(make_response(200, body), "GET")


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
        raise_opensearch(make_response(status, body), "GET")
    assert type(caught.value) is expected


@pytest.mark.parametrize(("told", "seconds"), [("1500", 1.5), ("99999999", 3600.0), ("0", None), ("x", None)])
def test_the_throttling_header_is_in_milliseconds(told: str, seconds: float | None) -> None:
    body = {"RequestId": "r", "Code": "Throttling", "Message": "m"}
    with pytest.raises(RateLimitedError) as caught:
        raise_opensearch(make_response(429, body, x_acs_retry_after=told), "GET")
    assert caught.value.retry_after_s == seconds


def test_a_missing_resource_is_not_looked_for_in_a_project() -> None:
    body = {"status": "FAIL", "httpCode": 404, "code": "App.NotFound", "message": "m"}
    with pytest.raises(NotFoundError) as caught:
        raise_opensearch(make_response(200, body), "GET")
    assert "project" not in caught.value.remedy
    assert "profile" in caught.value.remedy
