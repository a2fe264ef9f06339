"""Maps HTTP responses to errors: the tables by status and code, and the fields of error bodies."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from matui.base.backoff import LONGEST_RETRY_AFTER_S
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
from matui.base.text.formatting import format_duration
from matui.clouds.http.denials import Denial, blames_clock, classify_denial
from matui.clouds.http.error_bodies import ErrorFields, clean_line, is_html, read_challenge, read_error_fields
from matui.clouds.http.messages import retry_after_s

_REFUSED = re.compile(rb'"is_success"\s*:\s*(?:false|"false")', re.IGNORECASE)
_ERROR = re.compile(rb'"error(?:_code|_msg)?"\s*:')
_ERROR_FIELDS = frozenset(
    ("error", "error_code", "error_msg", "error_description", "encoded_authorization_message", "request_id")
)
_LONGEST_ERROR = 4096
_TITLE = re.compile(r"<title[^>]*>(.*?)</title>", re.IGNORECASE | re.DOTALL)
_EXAMINED = 64 * 1024
_REMEDY_PROXY = "Check the endpoint of the profile, and whether a proxy or login page is in between."
_VAGUE = frozenset({"apigw.0201", "apig.0201"})


class Meaning(NamedTuple):
    """An error class, the sentence, and the remedy (``""``: none)."""

    error: type[CloudError]
    sentence: str
    remedy: str = ""


_LATER = "Try again in a moment; if it goes on, report the request id to the cloud's support."
_BY_STATUS: dict[int, Meaning] = {
    400: Meaning(
        CloudError,
        "The cloud did not understand the request.",
        "Correct what it names; where it names nothing, report the request id to the cloud's support.",
    ),
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
    404: Meaning(
        NotFoundError,
        "The cloud knows no such resource.",
        "Check the id and the profile: the resource may have been deleted, or be one of another profile.",
    ),
    409: Meaning(
        ConflictError,
        "The state of the resource forbids this.",
        "Look at its state, and try again when that has changed.",
    ),
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
_CLOCK = Meaning(
    AuthenticationError,
    "The cloud did not accept the time at which the request was signed.",
    "Set this machine's clock right; `matui doctor` compares it with the cloud's.",
)
FORBIDDEN = 403
_DENIALS = {
    Denial.CREDENTIALS: _BY_STATUS[401],
    Denial.ACCOUNT: Meaning(
        CloudError,
        "The account cannot be used: it is in arrears, frozen or restricted.",
        "Check the account's balance and state in the cloud's own console.",
    ),
    Denial.PERMISSION: _BY_STATUS[FORBIDDEN],
    Denial.UNSTATED: Meaning(
        PermissionDeniedError,
        "The cloud forbids this and gives no reason.",
        "Try another profile, or report the request id to the cloud's support.",
    ),
    Denial.OTHER: Meaning(
        CloudError,
        "The cloud forbids this.",
        "Put right what it names, or report the request id to the cloud's support.",
    ),
}
_CLASS_OF_KIND = (
    ("authentication", AuthenticationError),
    ("quota", CloudError),
    ("throttling", RateLimitedError),
)
_OTHER_5XX = Meaning(ServerFaultError, "The cloud failed.", _LATER)
_OTHER = Meaning(
    CloudError,
    "The cloud refused the request.",
    "Put right what it names; where it names nothing, report the request id to the cloud's support.",
)
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


def explain_status(status: int) -> Meaning:
    return _BY_STATUS.get(status) or (_OTHER_5XX if status >= 500 else _OTHER)


def explain_class(error: type[CloudError]) -> Meaning:
    """Return the sentence and the remedy of an error class, whatever the status."""
    rows = (_BY_STATUS[status] for status in _STATUS_OF_CLASS)
    return next((row for row in rows if issubclass(error, row.error)), _OTHER)


def choose_error_class(status: int, code: str) -> type[CloudError]:
    """Return the error for a code of ModelArts or the gateway, for an unknown code that of the status.

    A conflict with status 404 is a missing resource: the reference gives one code for several refusals.
    """
    if status == 429:
        return RateLimitedError
    prefix, _, number = code.rpartition(".")
    table = {"modelarts": _MODELARTS, "apigw": _GATEWAY, "apig": _GATEWAY}.get(prefix.strip().lower(), {})
    found = table.get(number) or explain_status(status).error
    return NotFoundError if found is ConflictError and status == 404 else found


class HttpResponse(NamedTuple):
    """A response: lower-case header names; ``clock_offset_s`` is the server's clock minus ours.

    ``language`` is that of the messages to take from its body: ``en`` or ``zh``.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    clock_offset_s: float | None = None
    language: str = "en"

    @property
    def request_id(self) -> str:
        """The id in the header, ``""`` when there is none."""
        return clean_line(self.headers.get("x-request-id", ""))


def raise_for_error(response: HttpResponse, method: str) -> None:
    """Raise the error of a response that is not 2xx with JSON (no body is fine for anything but a GET).

    A 2xx whose body is nothing but an error is one too.
    """
    if not 200 <= response.status < 300:
        raise build_error_from_response(response)
    _refuse_no_json(response, empty_allowed=method != "GET")
    if _REFUSED.search(response.body):
        tree = _parse_tree(response.body)
        if isinstance(tree, dict) and str(tree.get("is_success")).lower() == "false":
            raise build_error_from_response(response)
    if len(response.body) <= _LONGEST_ERROR and _ERROR.search(response.body):
        tree = _parse_tree(response.body)
        if isinstance(tree, dict) and tree.keys() <= _ERROR_FIELDS and any(tree.values()):
            raise build_error_from_response(response)


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


def build_error_from_response(response: HttpResponse) -> CloudError:
    """Return the error of a response, with the cloud's code, message and request id."""
    if _is_html(response):
        return _build_html_error(response)
    fields = read_error_fields(response.body, response.language)
    if not fields.message and "www-authenticate" in response.headers:
        challenge = read_challenge(response.headers["www-authenticate"])
        fields = ErrorFields(fields.code or challenge.code, challenge.message, fields.request_id)
    return _build_coded_error(response, fields)


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
    message = clean_line(fields.message)
    if issubclass(kind, AuthenticationError) and blames_clock(fields.code, fields.message):
        meaning = _CLOCK
    sentence = meaning.sentence
    if issubclass(kind, AuthenticationError):
        sentence = f"{format_skew_hint(response.clock_offset_s)} {sentence}".strip()
    if message:
        sentence = f"{sentence} The cloud says: {message}"
    wait = retry_after if retry_after is not None else retry_after_s(response.headers)
    remedy = meaning.remedy
    if issubclass(kind, RateLimitedError) and wait:
        at_least = "at least " if wait >= LONGEST_RETRY_AFTER_S else ""
        remedy = f"The cloud asks to wait {at_least}{format_duration(wait)} (Retry-After). {remedy}".strip()
    return kind(
        sentence if sentence[-1] in ".!?。" else f"{sentence}.",
        code=clean_line(fields.code),
        message=message,
        request_id=clean_line(fields.request_id) or response.request_id,
        status=response.status,
        retry_after_s=wait,
        remedy=remedy,
    )


def _build_coded_error(response: HttpResponse, fields: ErrorFields) -> CloudError:
    from matui.base.codes.error_codes import explain

    code = "" if fields.code == str(response.status) else fields.code
    kind = choose_error_class(response.status, code)
    meaning = explain_status(response.status)
    is_known = not code.isdigit() and not _says_less(code, response.status)  # each service numbers its own
    explanation = explain(code) if is_known else None
    if explanation is not None:
        kind = _choose_class_by_explanation(explanation.kind, kind)
        meaning = Meaning(kind, explanation.meaning, explanation.remedy)
    elif response.status == FORBIDDEN:
        meaning = explain_denial(code, fields.message)
        kind = meaning.error
    elif kind is CloudError and blames_clock(code, ""):
        kind = AuthenticationError
    request_id = response.request_id or fields.request_id
    return build_error(kind, meaning, ErrorFields(code, fields.message, request_id), response)


def explain_denial(code: str, message: str) -> Meaning:
    """Return the meaning of a 403 by its words: a missing permission only where its text states one."""
    return _DENIALS[classify_denial(code, message)]


def _choose_class_by_explanation(kind: str, found: type[CloudError]) -> type[CloudError]:
    """Return the error for the type of a code in the reference, where the code itself is in no table."""
    if found is not PermissionDeniedError:
        return found
    return next((error for word, error in _CLASS_OF_KIND if word in kind), found)


def _says_less(code: str, status: int) -> bool:
    """Return whether the code says less than the status: the gateway uses one code for several faults."""
    return status >= 500 and code.lower() in _VAGUE


def _build_html_error(response: HttpResponse) -> CloudError:
    kind = choose_error_class(response.status, "")
    if kind in (CloudError, NotFoundError, ConflictError, PermissionDeniedError):
        kind = BadAnswerError  # the sender of a web page does not know the resource
    return kind(
        f"A web page came instead of an answer of the API{_find_title(response.body)}.",
        status=response.status,
        request_id=response.request_id,
        retry_after_s=retry_after_s(response.headers),
        remedy=_REMEDY_PROXY,
    )


def _refuse_no_json(response: HttpResponse, *, empty_allowed: bool) -> None:
    body = response.body.strip(b" \t\r\n\xef\xbb\xbf")
    if body in (b"", b"null") and (empty_allowed or (not body and response.status == 204)):
        return
    if body[:1] in (b"{", b"[") and body[-1:] in (b"}", b"]"):
        return
    if _is_html(response):
        raise _build_html_error(response)
    raise BadAnswerError(
        _describe_body(body), status=response.status, request_id=response.request_id, remedy=_REMEDY_PROXY
    )


def _describe_body(body: bytes) -> str:
    if not body:
        return "The answer is empty where JSON was due."
    if body[:1] in (b"{", b"["):
        return "The answer is JSON that breaks off before its end."
    if body == b"null":
        return "The answer is null where an object was due."
    if body.startswith(b"\x1f\x8b"):
        return "The answer is compressed more often than its headers state."
    start = clean_line(body[:60].decode("utf-8", "replace"))
    return f"The answer is not JSON; it starts with: {start}"


def _is_html(response: HttpResponse) -> bool:
    return "html" in response.headers.get("content-type", "").lower() or is_html(response.body)


def _find_title(body: bytes) -> str:
    match = _TITLE.search(body[:_EXAMINED].decode("utf-8", "replace"))
    if match is None:
        return ""
    import html

    title = " ".join(html.unescape(match[1]).split())
    return f", titled {clean_line(title)[:100]!r}" if title else ""


def _parse_tree(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None
