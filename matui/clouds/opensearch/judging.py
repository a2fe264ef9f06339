"""What an answer of OpenSearch means: either letter case, and words that mean nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from matui.base.backoff import LONGEST_RETRY_AFTER_S
from matui.clouds.answers import Received, error_of, refuse_bad
from matui.clouds.lenient import to_text, to_whole
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

_RETRY_HEADER = "x-acs-retry-after"
_BAD_STATUS = ("fail", "failed", "error")
_FINE = ("", "ok", "success", "null", "none")
# Parts of codes in lower case, the first that fits decides.
_BY_WORD: tuple[tuple[str, type[CloudError]], ...] = (
    ("throttling", RateLimitedError),
    ("flowcontrol", RateLimitedError),
    ("invalidaccesskeyid", AuthenticationError),
    ("signature", AuthenticationError),
    ("invalidtimestamp", AuthenticationError),
    ("securitytoken", AuthenticationError),
    ("forbidden", PermissionDeniedError),
    ("nopermission", PermissionDeniedError),
    ("unauthorized", PermissionDeniedError),
    ("notfound", NotFoundError),
    ("notexist", NotFoundError),
    ("isrunning", ConflictError),
    ("conflict", ConflictError),
    ("alreadyexist", ConflictError),
    ("internalerror", ServerFaultError),
    ("serviceunavailable", ServerFaultError),
)


def field_of(tree: Mapping[str, Any], name: str) -> Any:
    """Return the field ``Name``, or ``name`` where the body is in camel case."""
    return tree.get(name) if name in tree else tree.get(name[0].lower() + name[1:])


def judge(received: Received, method: str) -> None:
    """Return for a good answer; raise the error that the body, a header or the status tells."""
    tree = object_in(received)
    retry_after = _retry_after_s(received.headers)
    verdict = _verdict(tree, received)
    if verdict is not None or (retry_after is not None and received.status >= 300):
        found = verdict or Verdict(request_id=received.headers.get("x-acs-request-id", ""))
        kind = (
            RateLimitedError
            if retry_after is not None
            else class_of_code(found.code, _status(tree, received), _BY_WORD)
        )
        raise verdict_error(kind, found, received, retry_after=retry_after)
    if not 200 <= received.status < 300:
        raise error_of(received)
    refuse_bad(received, method)


def _verdict(tree: dict[str, Any], received: Received) -> Verdict | None:
    """Return what a body says of a failure, None where it says none or is none."""
    code = to_text(field_of(tree, "Code")).strip()
    said = to_text(field_of(tree, "Status")).strip().lower()
    coded = code.lower() not in _FINE and not _is_good_number(code)
    failed = said in _BAD_STATUS or _is_bad_number(said)
    if not (coded or failed or _status(tree, received) >= 400) or not tree:
        return None
    message = to_text(field_of(tree, "Message"))
    request_id = to_text(field_of(tree, "RequestId")) or received.headers.get("x-acs-request-id", "")
    return Verdict(code, message, request_id)


def _status(tree: dict[str, Any], received: Received) -> int:
    """Return the status: the body's own where that of HTTP is good, which is a quirk of this API."""
    told = to_whole(field_of(tree, "HttpCode"))
    return told if received.status < 300 and told is not None and 100 <= told < 600 else received.status


def _is_good_number(text: str) -> bool:
    number = to_whole(text)
    return number is not None and (number == 0 or 200 <= number < 300)


def _is_bad_number(text: str) -> bool:
    number = to_whole(text)
    return number is not None and 400 <= number < 600


def _retry_after_s(headers: Mapping[str, str]) -> float | None:
    millis = to_whole(headers.get(_RETRY_HEADER, ""))
    return min(millis / 1000, LONGEST_RETRY_AFTER_S) if millis is not None and millis > 0 else None
