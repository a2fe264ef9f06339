"""Maps HTTP responses to errors: the tables by status and code, and the fields of error bodies."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from matui.base.clock import format_skew_hint
from matui.base.errors import (
    AuthenticationError,
    BadAnswerError,
    CloudError,
    ConflictError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitedError,
    ServerFaultError,
    TokenRejectedError,
)
from matui.base.sanitize import clean
from matui.clouds.http.messages import retry_after_s


class Meaning(NamedTuple):
    """An error class, the sentence, and the remedy (``""``: none)."""

    error: type[CloudError]
    sentence: str
    remedy: str = ""


_LATER = "Try again in a moment; if it goes on, report the request id to the cloud's support."
_BY_STATUS: dict[int, Meaning] = {
    400: Meaning(CloudError, "The cloud did not understand the request."),
    401: Meaning(
        AuthenticationError,
        "The cloud did not accept the credentials.",
        "Check the credentials of the profile; `matui doctor` tests them.",
    ),
    403: Meaning(
        PermissionDeniedError,
        "The credentials may not do this.",
        "Ask an administrator for the permission, or use another profile.",
    ),
    404: Meaning(NotFoundError, "The cloud knows no such resource."),
    409: Meaning(ConflictError, "The state of the resource forbids this."),
    429: Meaning(
        RateLimitedError,
        "Too many requests were sent.",
        "Wait a moment; other tools with the same credentials count too.",
    ),
    500: Meaning(ServerFaultError, "The cloud failed.", _LATER),
    502: Meaning(ServerFaultError, "The service behind the gateway cannot be reached.", _LATER),
    503: Meaning(ServerFaultError, "The service is not available at the moment.", _LATER),
    504: Meaning(ServerFaultError, "The service behind the gateway took too long.", _LATER),
}
_OTHER_5XX = Meaning(ServerFaultError, "The cloud failed.")
_OTHER = Meaning(CloudError, "The cloud refused the request.")
_STATUS_OF_CLASS = (401, 403, 404, 409, 429, 500)

_MODELARTS: dict[str, type[CloudError]] = {
    **dict.fromkeys(("0201", "0202", "0203", "0204", "0205", "6620"), TokenRejectedError),
    **dict.fromkeys(("0209", "0210"), AuthenticationError),
    **dict.fromkeys(("0108", "0109", "0111", "0112", "6653", "7002", "7003"), PermissionDeniedError),
    "0114": RateLimitedError,
    **dict.fromkeys(("0102", "3001", "3502", "3547", "6309", "7005"), NotFoundError),
    **dict.fromkeys(
        ("0105", "2604", "3008", "3009", "3519", "6304", "6305", "6306", "6307", "6308", "6327", "6357"),
        ConflictError,
    ),
}
_GATEWAY: dict[str, type[CloudError]] = {
    "0101": CloudError,
    **dict.fromkeys(("0301", "0303", "0305"), AuthenticationError),
    "0307": TokenRejectedError,
    **dict.fromkeys(("0302", "0304", "0306", "0401", "0402", "0802"), PermissionDeniedError),
    "0308": RateLimitedError,
}


def meaning_of_status(status: int) -> Meaning:
    """Return the meaning of an HTTP status."""
    return _BY_STATUS.get(status) or (_OTHER_5XX if status >= 500 else _OTHER)


def meaning_of_class(error: type[CloudError]) -> Meaning:
    """Return the sentence and the remedy of an error class, whatever the status."""
    rows = (_BY_STATUS[status] for status in _STATUS_OF_CLASS)
    return next((row for row in rows if issubclass(error, row.error)), _OTHER)


def error_class(status: int, code: str) -> type[CloudError]:
    """Return the error for a code of ModelArts or the gateway, for an unknown code that of the status."""
    if status == 429:
        return RateLimitedError
    prefix, _, number = code.rpartition(".")
    table = {"modelarts": _MODELARTS, "apigw": _GATEWAY, "apig": _GATEWAY}.get(prefix.strip().lower(), {})
    return table.get(number) or meaning_of_status(status).error


LONGEST_TEXT = 300
_NAMES = (("error_code", "error_msg"), ("errorCode", "errorMsg"), ("code", "message"))
_REFUSED = re.compile(rb'"is_success"\s*:\s*(?:false|"false")', re.IGNORECASE)
_TITLE = re.compile(r"<title[^>]*>(.*?)</title>", re.IGNORECASE | re.DOTALL)
_EXAMINED = 64 * 1024
_REMEDY_PROXY = "Check the endpoint of the profile, and whether a proxy or login page is in between."

_VAGUE = frozenset({"apigw.0201", "apig.0201"})


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """A response: lower-case header names; ``clock_offset_s`` is the server's clock minus ours."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    clock_offset_s: float | None = None

    @property
    def request_id(self) -> str:
        """The id in the header, ``""`` when there is none."""
        return clean_line(self.headers.get("x-request-id", ""))


def raise_for_error(response: HttpResponse, method: str) -> None:
    """Raise the error of a response that is not 2xx with JSON (no body is fine for anything but a GET)."""
    if not 200 <= response.status < 300:
        raise error_from_response(response)
    _refuse_no_json(response, empty_allowed=method != "GET")
    if _REFUSED.search(response.body):
        tree = _tree(response.body)
        if isinstance(tree, dict) and str(tree.get("is_success")).lower() == "false":
            raise error_from_response(response)


def parse_json(body: bytes, request_id: str = "") -> Any:
    """Return the JSON of a body. Raises BadAnswerError when it is none."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise BadAnswerError(
            "The answer is not JSON although it looks like it; it may have been cut short.",
            request_id=request_id,
            remedy="Try again; if it goes on, report the request id to the cloud's support.",
        ) from None


def error_from_response(response: HttpResponse) -> CloudError:
    """Return the error of a response, with the cloud's code, message and request id."""
    fields = _error_fields(_tree(response.body))
    if not fields.code and not fields.message and _is_html(response):
        return _html_error(response)
    return _coded_error(response, fields)


def clean_line(text: str) -> str:
    """Return a text from the wire on one line, at most 300 characters."""
    cut = text.strip()[: LONGEST_TEXT + 1]
    return clean(cut if len(cut) <= LONGEST_TEXT else cut[: LONGEST_TEXT - 1] + "…")[:LONGEST_TEXT]


@dataclass(frozen=True, slots=True)
class ErrorFields:
    """Code, message and request id of an error body as received; ``""`` where missing."""

    code: str = ""
    message: str = ""
    request_id: str = ""


def build_error(
    kind: type[CloudError],
    meaning: Meaning,
    fields: ErrorFields,
    response: HttpResponse,
    *,
    retry_after: float | None = None,
) -> CloudError:
    """Return an error with the cloud's code, message and request id.

    ``retry_after`` is in seconds, None for that of the headers.
    """
    sentence, message = meaning.sentence, clean_line(fields.message)
    if issubclass(kind, AuthenticationError):
        sentence = f"{format_skew_hint(response.clock_offset_s)} {sentence}".strip()
    if message:
        sentence = f"{sentence} The cloud says: {message}"
    return kind(
        sentence if sentence[-1] in ".!?。" else f"{sentence}.",
        code=clean_line(fields.code),
        message=message,
        request_id=clean_line(fields.request_id) or response.request_id,
        status=response.status,
        retry_after_s=retry_after if retry_after is not None else retry_after_s(response.headers),
        remedy=meaning.remedy,
    )


def _coded_error(response: HttpResponse, fields: ErrorFields) -> CloudError:
    from matui.base.error_codes import explain

    code = "" if fields.code == str(response.status) else fields.code
    kind = error_class(response.status, code)
    meaning = meaning_of_status(response.status)
    explanation = explain(code) if code and not _says_less(code, response.status) else None
    if explanation is not None:
        meaning = Meaning(kind, explanation.meaning, explanation.remedy)
    request_id = response.request_id or fields.request_id
    return build_error(kind, meaning, ErrorFields(code, fields.message, request_id), response)


def _says_less(code: str, status: int) -> bool:
    """Return whether the code says less than the status: the gateway uses one code for several faults."""
    return status >= 500 and code.lower() in _VAGUE


def _html_error(response: HttpResponse) -> CloudError:
    kind = error_class(response.status, "")
    if kind in (CloudError, NotFoundError, ConflictError):
        kind = BadAnswerError  # whoever sent a web page does not know the resource
    return kind(
        f"A web page came instead of an answer of the API{_title(response.body)}.",
        status=response.status,
        request_id=response.request_id,
        retry_after_s=retry_after_s(response.headers),
        remedy=_REMEDY_PROXY,
    )


def _refuse_no_json(response: HttpResponse, *, empty_allowed: bool) -> None:
    body = response.body.strip(b" \t\r\n\xef\xbb\xbf")
    if not body and (empty_allowed or response.status == 204):
        return
    if body[:1] in (b"{", b"[") and body[-1:] in (b"}", b"]"):
        return
    if _is_html(response):
        raise _html_error(response)
    raise BadAnswerError(
        _what_came(body), status=response.status, request_id=response.request_id, remedy=_REMEDY_PROXY
    )


def _what_came(body: bytes) -> str:
    if not body:
        return "The answer is empty where JSON was due."
    if body[:1] in (b"{", b"["):
        return "The answer is JSON that breaks off before its end."
    start = clean_line(body[:60].decode("utf-8", "replace"))
    return f"The answer is not JSON; it starts with: {start}"


def _is_html(response: HttpResponse) -> bool:
    declared = "html" in response.headers.get("content-type", "").lower()
    return declared or response.body.lstrip()[:1] == b"<"


def _title(body: bytes) -> str:
    match = _TITLE.search(body[:_EXAMINED].decode("utf-8", "replace"))
    if match is None:
        return ""
    import html

    title = " ".join(html.unescape(match[1]).split())
    return f", titled {clean_line(title)[:100]!r}" if title else ""


def _error_fields(tree: Any) -> ErrorFields:
    if not isinstance(tree, dict):
        return ErrorFields()
    request_id = _text(tree.get("request_id")) or _text(tree.get("requestId"))
    for level in (tree, *(value for value in tree.values() if isinstance(value, dict))):
        found = _code_and_message(level)
        if found is not None:
            nested_id = _text(level.get("request_id"))
            return ErrorFields(*found, request_id=request_id or nested_id)
    return ErrorFields(request_id=request_id)


def _code_and_message(level: Mapping[str, Any]) -> tuple[str, str] | None:
    for code_name, message_name in _NAMES:
        code = _text(level.get(code_name))
        message = _text(level.get(message_name)) or _text(level.get("error_message"))
        if code or message:
            return code, message
    return None


def _text(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        return ""
    return clean_line(str(value)) if not isinstance(value, int) or abs(value) < 10**18 else ""


def _tree(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None
