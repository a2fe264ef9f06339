"""What an answer of Qianfan means: V1 says its errors in the body of a 200, V2 and the gateway otherwise."""

from __future__ import annotations

from typing import Any

from matui.clouds.answers import Received, error_of, refuse_bad
from matui.clouds.lenient import to_number, to_text
from matui.clouds.verdicts import Verdict, class_of_code, object_in, verdict_error
from matui.errors import (
    AuthenticationError,
    CloudError,
    ConflictError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitedError,
    ServerFaultError,
)

_BY_NUMBER: dict[int, type[CloudError]] = {
    **dict.fromkeys((14, 15, 110, 111), AuthenticationError),
    6: PermissionDeniedError,
    **dict.fromkeys((4, 17, 18, 19, 336100, 336501, 336502, 336503), RateLimitedError),
    **dict.fromkeys((1, 2, 336000, 500000), ServerFaultError),
}
# Parts of V2 codes, the first that fits decides.
_BY_WORD: tuple[tuple[str, type[CloudError]], ...] = (
    ("invalidaccesskeyid", AuthenticationError),
    ("invalidhttpauthheader", AuthenticationError),
    ("signaturedoesnotmatch", AuthenticationError),
    ("requestexpired", AuthenticationError),
    ("invalidsessiontoken", AuthenticationError),
    ("accessdenied", PermissionDeniedError),
    ("optinrequired", PermissionDeniedError),
    ("ratelimit", RateLimitedError),
    ("throttl", RateLimitedError),
    ("toomanyrequests", RateLimitedError),
    ("qps", RateLimitedError),
    ("notfound", NotFoundError),
    ("notexist", NotFoundError),
    ("nosuch", NotFoundError),
    ("conflict", ConflictError),
    ("invalidstatus", ConflictError),
    ("notallowed", ConflictError),
    ("internal", ServerFaultError),
)


def judge(received: Received, _method: str) -> None:
    """Return for a good answer, which is never empty; raise what body, headers or status tell."""
    verdict = _verdict(received)
    if verdict is not None:
        raise verdict_error(_class_of(verdict.code, received.status), verdict, received)
    if not 200 <= received.status < 300:
        raise error_of(received)
    refuse_bad(received, "GET")


def _verdict(received: Received) -> Verdict | None:
    """Return what the answer says of a failure, None where it says none."""
    headers = received.headers
    tree = object_in(received)
    request_id = _request_id(tree) or headers.get("x-bce-request-id", "")
    gateway = headers.get("x-bce-error-code", "")
    if gateway:
        return Verdict(gateway, headers.get("x-bce-error-message", ""), request_id)
    code = _code(tree)
    if not code:
        return None
    message = to_text(tree.get("error_msg") or tree.get("message") or "")
    return Verdict(code, message, request_id)


def _code(tree: dict[str, Any]) -> str:
    number = tree.get("error_code")
    if number is not None and to_number(number) != 0 and number != "":
        return to_text(number)
    code = tree.get("code")
    return code if isinstance(code, str) and code.lower() not in ("", "0", "ok", "success", "200") else ""


def _request_id(tree: dict[str, Any]) -> str:
    return next((to_text(tree[name]) for name in ("requestId", "request_id", "log_id") if tree.get(name)), "")


def _class_of(code: str, status: int) -> type[CloudError]:
    number = to_number(code)
    if isinstance(number, int) and number in _BY_NUMBER:
        return _BY_NUMBER[number]
    return class_of_code(code, status, _BY_WORD)
