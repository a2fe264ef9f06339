"""Errors of OpenSearch: field names in either letter case, success words instead of an empty code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from matui.base.backoff import LONGEST_RETRY_AFTER_S
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
from matui.clouds.wire_types import to_text, to_whole

_RETRY_HEADER = "x-acs-retry-after"
_BAD_STATUS = ("fail", "failed", "error")
_FINE = ("", "ok", "success", "null", "none")
# Parts of codes in lower case; the first match decides.
_WORDS: tuple[tuple[type[CloudError], str], ...] = (
    (RateLimitedError, "throttling flowcontrol"),
    (AuthenticationError, "invalidaccesskeyid signature invalidtimestamp"),
    (AuthenticationError, "illegaltimestamp requesttime requestexpired securitytoken"),
    (PermissionDeniedError, "forbidden nopermission unauthorized"),
    (NotFoundError, "notfound notexist"),
    (ConflictError, "isrunning conflict alreadyexist"),
    (ServerFaultError, "internalerror serviceunavailable"),
)
_BY_WORD = tuple((word, error) for error, words in _WORDS for word in words.split())


def get_field(tree: Mapping[str, Any], name: str) -> Any:
    """Return the field ``Name``, or ``name`` where the body is in camel case."""
    return tree.get(name) if name in tree else tree.get(name[0].lower() + name[1:])


def raise_for_error(response: HttpResponse, method: str) -> None:
    """Raise the error of the body, of the throttling header or of the status, in that order."""
    tree = parse_object(response)
    retry_after = _retry_after_s(response.headers)
    failure = _read_failure(tree, response)
    if failure is not None or (retry_after is not None and response.status >= 300):
        found = failure or ErrorFields(request_id=response.headers.get("x-acs-request-id", ""))
        kind = (
            RateLimitedError
            if retry_after is not None
            else choose_class(found.code, _read_status(tree, response), _BY_WORD)
        )
        raise build_peer_error(kind, found, response, retry_after=retry_after)
    named = add_request_id(response, "x-acs-request-id")
    if not 200 <= response.status < 300:
        raise build_error_from_response(named)
    raise_for_http_error(named, method)


def _read_failure(tree: dict[str, Any], response: HttpResponse) -> ErrorFields | None:
    """Return the failure that the body reports, None where it reports none."""
    code = to_text(get_field(tree, "Code")).strip()
    said = to_text(get_field(tree, "Status")).strip().lower()
    coded = code.lower() not in _FINE and not _is_good_number(code)
    failed = said in _BAD_STATUS or _is_bad_number(said)
    if not (coded or failed or _read_status(tree, response) >= 400) or not tree:
        return None
    message = to_text(get_field(tree, "Message"))
    request_id = to_text(get_field(tree, "RequestId")) or response.headers.get("x-acs-request-id", "")
    return ErrorFields(code, message, request_id)


def _read_status(tree: dict[str, Any], response: HttpResponse) -> int:
    """Return the status: the body's own where that of HTTP is good, which is a quirk of this API."""
    own = to_whole(get_field(tree, "HttpCode"))
    return own if response.status < 300 and own is not None and 100 <= own < 600 else response.status


def _is_good_number(text: str) -> bool:
    number = to_whole(text)
    return number is not None and (number == 0 or 200 <= number < 300)


def _is_bad_number(text: str) -> bool:
    number = to_whole(text)
    return number is not None and 400 <= number < 600


def _retry_after_s(headers: Mapping[str, str]) -> float | None:
    millis = to_whole(headers.get(_RETRY_HEADER, ""))
    return min(millis / 1000, LONGEST_RETRY_AFTER_S) if millis is not None and millis > 0 else None
