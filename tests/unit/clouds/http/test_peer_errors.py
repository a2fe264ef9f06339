"""Errors of the peer clouds by code, then by status."""

from __future__ import annotations

import pytest

from matui.base.errors import CloudError, NotFoundError, PermissionDeniedError, RateLimitedError
from matui.clouds.http.api_errors import HttpResponse
from matui.clouds.http.error_bodies import ErrorFields
from matui.clouds.http.peer_errors import build_peer_error, choose_class, parse_object

WORDS: list[tuple[str, type[CloudError]]] = [("notfound", NotFoundError), ("throttling", RateLimitedError)]


@pytest.mark.parametrize(
    ("code", "status", "error"),
    [
        ("App.NotFound", 400, NotFoundError),
        ("not_found", 500, NotFoundError),
        ("Throttling.User", 400, RateLimitedError),
        ("Other", 404, NotFoundError),
        ("", 429, RateLimitedError),
    ],
)
def test_the_code_decides_before_the_status(code: str, status: int, error: type[CloudError]) -> None:
    assert choose_class(code, status, WORDS) is error


@pytest.mark.parametrize("body", [b"", b"[1]", b"<html>", b'{"cut":'])
def test_a_body_without_an_object_is_empty(body: bytes) -> None:
    assert parse_object(HttpResponse(400, {}, body)) == {}


def test_the_object_of_a_body_is_read() -> None:
    assert parse_object(HttpResponse(400, {}, b' {"code": "x"}')) == {"code": "x"}


def test_an_error_carries_code_request_id_and_wait() -> None:
    response = HttpResponse(403, {"x-request-id": "r1"}, b"")
    error = build_peer_error(PermissionDeniedError, ErrorFields("Forbidden", "no"), response)
    assert (error.code, error.request_id, error.status) == ("Forbidden", "r1", 403)
    limited = build_peer_error(RateLimitedError, ErrorFields(), HttpResponse(429, {}, b""), retry_after=3)
    assert limited.retry_after_s == 3
