"""Strict verification of SDK-HMAC-SHA256 signatures, after the algorithm's description."""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

if TYPE_CHECKING:
    from starlette.requests import Request

FindSecret = Callable[[str, str, set[str], float], str]
_MAX_SKEW_S = 15 * 60
_HEADER = re.compile(r"SDK-HMAC-SHA256 Access=(\S+?), SignedHeaders=(\S+?), Signature=([0-9a-f]{64})\Z")


def verify(find_secret: FindSecret, request: Request, payload: bytes, now: float) -> str:
    """Return why the signature of the request is invalid at ``now`` (seconds since the epoch), or "".

    ``find_secret`` returns the secret of an access key, given the security token, the names of the signed
    headers and ``now``; it raises for a key that is unknown or expired.
    """
    found = _HEADER.match(request.headers.get("authorization", ""))
    if not found:
        return "malformed Authorization header"
    access, names, signature = found[1], found[2].split(";"), found[3]
    why = _check_headers(request, names) or _check_date(request.headers.get("x-sdk-date", ""), now)
    if why:
        return why
    secret = find_secret(access, request.headers.get("x-security-token", ""), set(names), now)
    if not any(
        hmac.compare_digest(signature, sign(text, request, secret))
        for text in build_canonical_requests(request, names, payload)
    ):
        return "verify aksk signature fail"
    return ""


def _check_headers(request: Request, names: list[str]) -> str:
    if names != sorted(set(names)) or any(name != name.lower() for name in names):
        return "SignedHeaders must be sorted and in lower case"
    missing = {"host", "x-sdk-date"} - set(names) or {name for name in names if name not in request.headers}
    return f"header not signed or not sent: {sorted(missing)[0]}" if missing else ""


def _check_date(text: str, now: float) -> str:
    try:
        sent = datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC).timestamp()
    except ValueError:
        return "malformed X-Sdk-Date"
    return "timestamp expired" if abs(now - sent) > _MAX_SKEW_S else ""


def sign(text: str, request: Request, secret: str) -> str:
    """Return the signature of a canonical request."""
    digest = sha256(text.encode()).hexdigest()
    string = f"SDK-HMAC-SHA256\n{request.headers['x-sdk-date']}\n{digest}"
    return hmac.new(secret.encode(), string.encode(), sha256).hexdigest()


def build_canonical_requests(request: Request, names: list[str], payload: bytes) -> list[str]:
    """Return the canonical requests accepted for ``request``: two if the hash of the payload is ambiguous."""
    scope = request.scope
    raw = scope.get("raw_path") or quote(scope["sim.path"]).encode()
    headers = "".join(f"{name}:{request.headers[name].strip()}\n" for name in names)
    parts = [
        request.method,
        _build_path(raw.split(b"?")[0].decode(errors="replace")),
        _build_canonical_query(scope["query_string"].decode(errors="replace")),
    ]
    parts += [headers, ";".join(names)]
    return ["\n".join([*parts, payload_hash]) for payload_hash in _list_payload_hashes(request, payload)]


def _build_path(raw: str) -> str:
    path = "/".join(_encode(part) for part in unquote(raw).split("/"))
    return path if path.endswith("/") else path + "/"


def _build_canonical_query(raw: str) -> str:
    pairs = [part.partition("=") for part in raw.split("&") if part]
    decoded = sorted((unquote(key), unquote(value)) for key, _, value in pairs)
    return "&".join(f"{_encode(key)}={_encode(value)}" for key, value in decoded)


def _encode(text: str) -> str:
    return quote(text, safe="-_.~")


def _list_payload_hashes(request: Request, payload: bytes) -> list[str]:
    unsigned = request.headers.get("x-sdk-content-sha256") == "UNSIGNED-PAYLOAD"
    kind = request.headers.get("content-type", "")
    if unsigned and not kind.startswith(("application/json", "application/bson")):
        return ["UNSIGNED-PAYLOAD"] if payload else ["UNSIGNED-PAYLOAD", sha256(b"").hexdigest()]
    return [sha256(payload).hexdigest()]
