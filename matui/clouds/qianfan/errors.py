"""Errors of Qianfan: V1 reports them in the body of a 200, V2 by status, the gateway in headers."""

from __future__ import annotations

from typing import Any

from matui.base.errors import (
    AuthenticationError,
    CloudError,
    ConflictError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitedError,
    ServerFaultError,
)
from matui.clouds.http.api_errors import HttpResponse, build_error_from_response
from matui.clouds.http.api_errors import raise_for_error as raise_for_http_error
from matui.clouds.http.error_bodies import ErrorFields
from matui.clouds.http.peer_errors import add_request_id, build_peer_error, choose_class, parse_object
from matui.clouds.wire_types import to_number, to_text

_BY_NUMBER: dict[int, type[CloudError]] = {
    **dict.fromkeys((14, 15, 110, 111), AuthenticationError),
    6: PermissionDeniedError,
    **dict.fromkeys((4, 17, 18, 19, 336100, 336501, 336502, 336503), RateLimitedError),
    **dict.fromkeys((1, 2, 336000, 500000), ServerFaultError),
}
# Parts of V2 codes; the first match decides.
_WORDS: tuple[tuple[type[CloudError], str], ...] = (
    (AuthenticationError, "invalidaccesskeyid invalidhttpauthheader signaturedoesnotmatch"),
    (AuthenticationError, "requestexpired requesttime invalidsessiontoken"),
    (PermissionDeniedError, "accessdenied optinrequired"),
    (RateLimitedError, "ratelimit throttl toomanyrequests qps"),
    (NotFoundError, "notfound notexist nosuch"),
    (ConflictError, "conflict invalidstatus notallowed"),
    (ServerFaultError, "internal"),
)
_BY_WORD = tuple((word, error) for error, words in _WORDS for word in words.split())


def raise_for_error(response: HttpResponse, _method: str) -> None:
    """Raise the error of the headers, of the body or of the status; a good response is never empty."""
    failure = _read_failure(response)
    if failure is not None:
        raise build_peer_error(_choose_class(failure.code, response.status), failure, response)
    named = add_request_id(response, "x-bce-request-id")
    if not 200 <= response.status < 300:
        raise build_error_from_response(named)
    raise_for_http_error(named, "GET")


def _read_failure(response: HttpResponse) -> ErrorFields | None:
    """Return the failure that the response reports, None where it reports none."""
    headers = response.headers
    tree = parse_object(response)
    request_id = _read_request_id(tree) or headers.get("x-bce-request-id", "")
    gateway = headers.get("x-bce-error-code", "")
    if gateway:
        return ErrorFields(gateway, headers.get("x-bce-error-message", ""), request_id)
    code = _read_code(tree)
    if not code:
        return None
    message = to_text(tree.get("error_msg") or tree.get("message") or "")
    return ErrorFields(code, message, request_id)


def _read_code(tree: dict[str, Any]) -> str:
    number = tree.get("error_code")
    if number is not None and to_number(number) != 0 and number != "":
        return to_text(number)
    code = tree.get("code")
    return code if isinstance(code, str) and code.lower() not in ("", "0", "ok", "success", "200") else ""


def _read_request_id(tree: dict[str, Any]) -> str:
    return next((to_text(tree[name]) for name in ("requestId", "request_id", "log_id") if tree.get(name)), "")


def _choose_class(code: str, status: int) -> type[CloudError]:
    number = to_number(code)
    if isinstance(number, int) and number in _BY_NUMBER:
        return _BY_NUMBER[number]
    return choose_class(code, status, _BY_WORD)
