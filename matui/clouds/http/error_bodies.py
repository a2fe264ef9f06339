"""Reads code, message and request id out of the body of an error, whatever its shape."""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from matui.base.redaction.masking import hide_in_text
from matui.base.text.regex import LazyPattern
from matui.base.text.sanitize import clean

LONGEST_TEXT = 300
_EXAMINED = 64 * 1024  # bytes of a body that is no JSON
_MOST_NODES = 500
_MOST_PARTS = 5
_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body|center)\b|^\s*<title\b", re.IGNORECASE)
_XML = LazyPattern(
    r"<(?:\w{1,40}:)?([a-z][\w.-]{0,40})\b[^<>]{0,500}>(?:\s{0,40}<!\[CDATA\[(.{0,2000}?)\]\]>|([^<]*)</)",
    re.IGNORECASE | re.DOTALL,
)
_PREFIX = re.compile(rb"\)\]\}',?\s*(?=[{\[])")  # of frameworks, against inclusion as a script
_PAIR = LazyPattern(r'"([\w.-]{1,40})"\s*:\s*("(?:[^"\\]|\\.)*"|-?\d+)')
_SEPARATORS = re.compile(r"[^a-z0-9]")
# Names of fields without case and separators, the likeliest first.
_CODES = (
    *("errorcode", "errcode", "code", "ecode", "faultcode"),
    *("retcode", "returncode", "resultcode", "respcode", "responsecode"),
)
_MESSAGES = (
    *("errormsg", "errormessage", "errmsg", "message", "msg", "errordescription", "detail", "details"),
    *("description", "faultstring", "reason", "error", "errors", "fault", "title", "statusmessage"),
    *("err", "errorinfo", "errinfo", "errorreason", "exceptionmessage", "exception"),
    *("errordesc", "errdesc", "retmsg", "retmessage", "returnmsg", "returnmessage", "resultmsg"),
    "resultmessage",
    *("resultdesc", "respmsg", "respmessage", "respdesc", "responsemessage", "desc", "cause"),
    *("usermessage", "displaymessage", "developermessage", "statustext", "info"),
)
# Tags of the languages of a text, without case and separators.
_ENGLISH = ("en", "enus", "engb")
_CHINESE = ("zh", "zhcn", "zhhans", "cn")
# Fields of a message in one language: ``zh_message``, ``error_msg_cn``.
_LOCAL = ("message", "errormsg", "errormessage", "msg", "errmsg")
_CHALLENGE = LazyPattern(r'(?<!\w)(error|error_description)\s*=\s*"((?:[^"\\]|\\.)*)"', re.IGNORECASE)
_REQUEST_IDS = ("requestid", "xrequestid", "logid", "traceid")


class _Order(NamedTuple):
    """The fields of messages and the tags of languages, those to take first at the front."""

    messages: tuple[str, ...]
    tags: tuple[str, ...]


def _list_fields(tags: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(field for tag in tags for name in _LOCAL for field in (tag + name, name + tag))


_ORDERS = {
    "en": _Order((*_MESSAGES, *_list_fields(_ENGLISH), *_list_fields(_CHINESE)), (*_ENGLISH, *_CHINESE)),
    "zh": _Order((*_list_fields(_CHINESE), *_MESSAGES, *_list_fields(_ENGLISH)), (*_CHINESE, *_ENGLISH)),
}


class ErrorFields(NamedTuple):
    """Code, message and request id of an error body as received; ``""`` where missing."""

    code: str = ""
    message: str = ""
    request_id: str = ""


def clean_line(text: str) -> str:
    """Return a text from the wire on one line, at most 300 characters, with secrets hidden."""
    cut = text.strip()[: LONGEST_TEXT + 1]
    line = clean(cut if len(cut) <= LONGEST_TEXT else cut[: LONGEST_TEXT - 1] + "…")[:LONGEST_TEXT]
    return hide_in_text(line)


def read_error_fields(body: bytes, language: str = "en") -> ErrorFields:
    """Return what an error body says: JSON of any shape, XML or plain text; nothing for a web page.

    Of a message in several languages, that in ``language``: ``en`` or ``zh``.
    """
    order = _ORDERS.get(language, _ORDERS["en"])
    body = _PREFIX.sub(b"", body, count=1) if body[:1] == b")" else body
    try:
        tree = json.loads(body)
    except (ValueError, RecursionError):
        return ErrorFields() if is_html(body) else _read_other(body, order)
    return _read_tree(tree, order)


def _read_other(body: bytes, order: _Order) -> ErrorFields:
    """Return what a body says that is neither JSON in UTF nor a web page."""
    text = _decode(body[:_EXAMINED])
    if text.lstrip()[:1] not in ("{", "["):
        return _read_text(text, order)
    try:
        return _read_tree(json.loads(text), order)
    except (ValueError, RecursionError):  # cut short: the whole pairs before the end
        pairs = {match[1]: json.loads(match[2], strict=False) for match in _PAIR.compiled.finditer(text)}
        return _read_tree(pairs, order)


def read_challenge(header: str) -> ErrorFields:
    """Return what a ``WWW-Authenticate`` header says of the error (RFC 6750, 3)."""
    found = {match[1].lower(): match[2].replace('\\"', '"') for match in _CHALLENGE.compiled.finditer(header)}
    return ErrorFields(clean_line(found.get("error", "")), clean_line(found.get("error_description", "")))


def _decode(body: bytes) -> str:
    """Return the text of a body: UTF-8, or the Chinese encoding where it is no UTF-8."""
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        is_cut = error.start >= len(body) - 3
    try:
        return body.decode("utf-8" if is_cut else "gb18030")
    except UnicodeDecodeError:
        return body.decode("utf-8", "replace")


def is_html(body: bytes) -> bool:
    """Whether a body is a web page."""
    return _HTML.search(body[:_EXAMINED]) is not None


def _read_text(text: str, order: _Order) -> ErrorFields:
    import html

    elements = [
        (match[1], match[2] or html.unescape(match[3] or "")) for match in _XML.compiled.finditer(text)
    ]
    if elements:
        return _read_tree({name: value for name, value in reversed(elements) if value.strip()}, order)
    broken = text.lstrip()[:1] == "<" or "\ufffd" in text or "\0" in text
    return ErrorFields() if broken else ErrorFields(message=clean_line(" ".join(text.split())))


def _read_tree(tree: Any, order: _Order) -> ErrorFields:
    """Return the fields of the highest object that has any; what it lacks comes from those below it."""
    found = ErrorFields(message=_flatten_text(tree, order))
    for level in _iterate_levels(tree):
        names = {_normalize(name): value for name, value in level.items()}
        code, message = _find_code_and_message(names, order)
        found = found._replace(
            code=found.code or code,
            message=found.message or message,
            request_id=found.request_id or _find_first_text(names, _REQUEST_IDS, order),
        )
    return found if found.message else found._replace(message=_join_fields(tree, order))


def _join_fields(tree: Any, order: _Order) -> str:
    """Return the texts below the names of fields, as validators answer.

    Examples: ``{"name": ["is too long"]}``, ``{"errors": {"name": "is too long"}}``.
    """
    parts = []
    for level in _iterate_levels(tree):
        for name, value in level.items():
            if isinstance(value, list):
                parts.append((name, _flatten_text(value, order)))
            elif isinstance(value, Mapping) and _normalize(name) in order.messages:
                texts = {field: text for field, text in value.items() if isinstance(text, str)}
                parts += [
                    (field, _flatten_text(text, order))
                    for field, text in texts.items()
                    if _names_field(field)
                ]
    return clean_line("; ".join([f"{name}: {text}" for name, text in parts if text][:_MOST_PARTS]))


def _names_field(name: str) -> bool:
    return _normalize(name) not in (*_CODES, *_REQUEST_IDS)


def _normalize(name: str) -> str:
    return _SEPARATORS.sub("", str(name).lower())


def _iterate_levels(tree: Any) -> Iterator[Mapping[str, Any]]:
    """Yield the objects of a tree from the top down; the JSON inside a message is one of them."""
    waiting = deque([tree])
    for _node in range(_MOST_NODES):
        if not waiting:
            return
        node = waiting.popleft()
        if isinstance(node, str) and node.lstrip()[:1] in ("{", "["):
            try:
                node = json.loads(node)
            except (ValueError, RecursionError):
                continue
        if isinstance(node, dict):
            yield node
            waiting.extend(node.values())
        elif isinstance(node, list):
            waiting.extend(node)


def _find_code_and_message(names: Mapping[str, Any], order: _Order) -> tuple[str, str]:
    code, message = _find_first_text(names, _CODES, order), _find_first_text(names, order.messages, order)
    place = names.get("loc")  # of FastAPI: {"loc": ["body", "spec_id"], "msg": "field required"}
    if message and isinstance(place, list) and place and isinstance(place[-1], str):
        message = clean_line(f"{place[-1]}: {message}")
    word = _flatten_text(names.get("error"), order)
    if not code and word and word != message and " " not in word:
        code = word  # {"error": "invalid_grant", "error_description": …}
    return code, message


def _find_first_text(names: Mapping[str, Any], wanted: tuple[str, ...], order: _Order) -> str:
    return next((text for name in wanted if (text := _flatten_text(names.get(name), order))), "")


def _flatten_text(value: Any, order: _Order) -> str:
    """Return a scalar, a list of texts, or a text in several languages, as one line.

    ``""`` for any other object and for JSON inside a text.
    """
    if isinstance(value, list) and value and all(isinstance(part, str) for part in value):
        return clean_line("; ".join(value[:_MOST_PARTS]))
    if isinstance(value, Mapping) and 0 < len(value) <= len(order.tags):
        texts = {_normalize(name): text for name, text in value.items()}
        value = next((texts[name] for name in order.tags if name in texts), "")
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    text = str(value) if not isinstance(value, int) or abs(value) < 10**18 else ""
    return "" if text.lstrip()[:1] in ("{", "[") and text.rstrip()[-1:] in ("}", "]") else clean_line(text)
