"""What an answer means: 2xx with JSON is good, everything else becomes one of the errors."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from matui.clock import skew_hint
from matui.clouds.codes import error_class
from matui.clouds.server_time import retry_after_s
from matui.errors import AuthenticationError, BadAnswerError, CloudError, ConflictError, NotFoundError
from matui.text import clean

LONGEST_TEXT = 300
_NAMES = (("error_code", "error_msg"), ("errorCode", "errorMsg"), ("code", "message"))
_REFUSED = re.compile(rb'"is_success"\s*:\s*(?:false|"false")', re.IGNORECASE)
_TITLE = re.compile(r"<title[^>]*>(.*?)</title>", re.IGNORECASE | re.DOTALL)
_EXAMINED = 64 * 1024
_REMEDY_PROXY = "Check the endpoint of the profile, and whether a proxy or login page is in between."

_VAGUE = frozenset({"apigw.0201", "apig.0201"})
_REMEDY_LATER = "Try again in a moment; if it goes on, report the request id to the cloud's support."

_REMEDIES = {
    401: "Check the credentials of the profile; `matui doctor` tests them.",
    403: "Ask an administrator for the permission, or use another profile.",
    429: "Wait a moment; other tools with the same credentials count too.",
    **dict.fromkeys((500, 502, 503, 504), _REMEDY_LATER),
}


@dataclass(frozen=True, slots=True)
class Received:
    """An answer as it came: lower-case header names; ``clock_offset_s`` is the server's clock minus ours."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    clock_offset_s: float | None = None

    @property
    def request_id(self) -> str:
        """The id in the header, ``""`` when there is none."""
        return shown(self.headers.get("x-request-id", ""))


def refuse_bad(received: Received, method: str) -> None:
    """Return for a good answer (2xx with JSON, or with no body for anything but a GET); raise otherwise."""
    if not 200 <= received.status < 300:
        raise error_of(received)
    _refuse_no_json(received, empty_allowed=method != "GET")
    if _REFUSED.search(received.body):
        tree = _tree(received.body)
        if isinstance(tree, dict) and str(tree.get("is_success")).lower() == "false":
            raise error_of(received)


def parsed(body: bytes, request_id: str = "") -> Any:
    """Return the JSON of a body. Raises BadAnswerError when it is none."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise BadAnswerError(
            "The answer is not JSON although it looks like it; it may have been cut short.",
            request_id=request_id,
            remedy="Try again; if it goes on, report the request id to the cloud's support.",
        ) from None


def error_of(received: Received) -> CloudError:
    """Return the error that an answer carries, with the cloud's code, words and request id."""
    fields = _fields(_tree(received.body))
    if not fields.code and not fields.message and _is_html(received):
        return _html_error(received)
    return _coded_error(received, fields)


def shown(text: str) -> str:
    """Return a text from the wire on one line, at most 300 characters."""
    cut = text.strip()[: LONGEST_TEXT + 1]
    return clean(cut if len(cut) <= LONGEST_TEXT else cut[: LONGEST_TEXT - 1] + "…")[:LONGEST_TEXT]


@dataclass(frozen=True, slots=True)
class _Fields:
    code: str = ""
    message: str = ""
    request_id: str = ""


def _coded_error(received: Received, fields: _Fields) -> CloudError:
    from matui.explain import explain

    code = "" if fields.code == str(received.status) else fields.code
    kind = error_class(received.status, code)
    explanation = explain(code) if code and not _says_less(code, received.status) else None
    sentence = explanation.meaning if explanation else _plain(received.status)
    if fields.message:
        sentence = f"{sentence} The cloud says: {fields.message}"
    remedy = explanation.remedy if explanation else _REMEDIES.get(received.status, "")
    if issubclass(kind, AuthenticationError):
        sentence = f"{skew_hint(received.clock_offset_s)} {sentence}".strip()
    return kind(
        sentence if sentence[-1] in ".!?。" else f"{sentence}.",
        code=code,
        message=fields.message,
        request_id=received.request_id or fields.request_id,
        status=received.status,
        retry_after_s=retry_after_s(received.headers),
        remedy=remedy,
    )


def _says_less(code: str, status: int) -> bool:
    """Whether the status tells more than a code that the gateway gives to too large, too slow and down."""
    return status >= 500 and code.lower() in _VAGUE


def _plain(status: int) -> str:
    return {
        400: "The cloud did not understand the request.",
        401: "The cloud did not accept the credentials.",
        403: "The credentials may not do this.",
        404: "The cloud knows no such resource.",
        409: "The state of the resource forbids this.",
        429: "Too many requests were sent.",
        502: "The service behind the gateway cannot be reached.",
        503: "The service is not available at the moment.",
        504: "The service behind the gateway took too long.",
    }.get(status, "The cloud failed." if status >= 500 else "The cloud refused the request.")


def _html_error(received: Received) -> CloudError:
    kind = error_class(received.status, "")
    if kind in (CloudError, NotFoundError, ConflictError):
        kind = BadAnswerError  # whoever sent a web page does not know the resource
    return kind(
        f"A web page came instead of an answer of the API{_title(received.body)}.",
        status=received.status,
        request_id=received.request_id,
        retry_after_s=retry_after_s(received.headers),
        remedy=_REMEDY_PROXY,
    )


def _refuse_no_json(received: Received, *, empty_allowed: bool) -> None:
    body = received.body.strip(b" \t\r\n\xef\xbb\xbf")
    if not body and (empty_allowed or received.status == 204):
        return
    if body[:1] in (b"{", b"[") and body[-1:] in (b"}", b"]"):
        return
    if _is_html(received):
        raise _html_error(received)
    raise BadAnswerError(
        _what_came(body), status=received.status, request_id=received.request_id, remedy=_REMEDY_PROXY
    )


def _what_came(body: bytes) -> str:
    if not body:
        return "The answer is empty where JSON was due."
    if body[:1] in (b"{", b"["):
        return "The answer is JSON that breaks off before its end."
    start = shown(body[:60].decode("utf-8", "replace"))
    return f"The answer is not JSON; it starts with: {start}"


def _is_html(received: Received) -> bool:
    declared = "html" in received.headers.get("content-type", "").lower()
    return declared or received.body.lstrip()[:1] == b"<"


def _title(body: bytes) -> str:
    match = _TITLE.search(body[:_EXAMINED].decode("utf-8", "replace"))
    if match is None:
        return ""
    import html

    title = " ".join(html.unescape(match[1]).split())
    return f", titled {shown(title)[:100]!r}" if title else ""


def _fields(tree: Any) -> _Fields:
    if not isinstance(tree, dict):
        return _Fields()
    request_id = _text(tree.get("request_id")) or _text(tree.get("requestId"))
    for level in (tree, *(value for value in tree.values() if isinstance(value, dict))):
        found = _code_and_message(level)
        if found is not None:
            nested_id = _text(level.get("request_id"))
            return _Fields(*found, request_id=request_id or nested_id)
    return _Fields(request_id=request_id)


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
    return shown(str(value)) if not isinstance(value, int) or abs(value) < 10**18 else ""


def _tree(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None
