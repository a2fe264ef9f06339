"""Strict verification of bce-auth-v1 signatures, after the algorithm's description."""

from __future__ import annotations

import hmac
import re
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from matui.sim.server.responses import PeerApiError

if TYPE_CHECKING:
    from starlette.requests import Request

    from matui.sim.qianfan.world import QianfanWorld

_MAX_SKEW_S = 15 * 60
_HEADER = re.compile(
    r"bce-auth-v1/([^/]+)/(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)/(\d{1,7})/([a-z0-9;-]*)/([0-9a-f]{64})\Z"
)
_DEFAULT_HEADERS = {"host", "content-md5", "content-length", "content-type"}


def check_bce(world: QianfanWorld, request: Request, now_s: float) -> None:
    """Verify the signature of a request at ``now_s`` (seconds since the epoch). Raises PeerApiError."""
    found = _HEADER.match(request.headers.get("authorization", ""))
    if found is None:
        raise PeerApiError(400, "InvalidHTTPAuthHeader", "The Authorization header is missing or malformed.")
    access, date, valid, listed, signature = found.groups()
    _check_time(date, int(valid), now_s)
    names = set(listed.split(";")) if listed else _list_default_names(request)
    if "host" not in names:
        raise PeerApiError(400, "InvalidHTTPAuthHeader", "host must be signed.")
    secret = _find_secret(world, access, request, names)
    prefix = f"bce-auth-v1/{access}/{date}/{valid}"
    key = hmac.new(secret.encode(), prefix.encode(), sha256).hexdigest()
    made = hmac.new(key.encode(), _build_canonical(request, names).encode(), sha256).hexdigest()
    if not hmac.compare_digest(made, signature):
        raise PeerApiError(403, "SignatureDoesNotMatch", "The request signature we calculated differs.")


def _list_default_names(request: Request) -> set[str]:
    return {name for name in request.headers if name in _DEFAULT_HEADERS or name.startswith("x-bce-")}


def _check_time(date: str, valid_s: int, now_s: float) -> None:
    try:
        sent = datetime.strptime(date, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC).timestamp()
    except ValueError:
        raise PeerApiError(400, "InvalidHTTPAuthHeader", "The time of the signature is none.") from None
    if now_s > sent + valid_s or now_s < sent - _MAX_SKEW_S:
        raise PeerApiError(400, "RequestExpired", "Request has expired.")


def _find_secret(world: QianfanWorld, access: str, request: Request, names: set[str]) -> str:
    if access in world.keys:
        return world.keys[access]
    if access not in world.temporary:
        raise PeerApiError(403, "InvalidAccessKeyId", "The Access Key ID does not exist.")
    secret, token = world.temporary[access]
    if request.headers.get("x-bce-security-token") != token or "x-bce-security-token" not in names:
        raise PeerApiError(400, "InvalidSessionToken", "The session token is missing, wrong or unsigned.")
    return secret


def _build_canonical(request: Request, names: set[str]) -> str:
    raw = request.scope.get("raw_path") or quote(request.scope["sim.path"]).encode()
    path = raw.split(b"?")[0].decode("latin-1")
    lines = []
    for name in names:
        value = request.headers.get(name, "").strip()
        if value:
            lines.append(f"{_encode(name)}:{_encode_bytes(value.encode('latin-1'))}")
    query = _build_canonical_query(request.scope["query_string"].decode("latin-1"))
    return "\n".join([request.method, path, query, "\n".join(sorted(lines))])


def _build_canonical_query(raw: str) -> str:
    pairs = [part.partition("=") for part in raw.split("&") if part]
    return "&".join(sorted(f"{_encode(unquote(key))}={_encode(unquote(value))}" for key, _, value in pairs))


def _encode(text: str) -> str:
    return quote(text, safe="-_.~")


def _encode_bytes(value: bytes) -> str:
    return quote(value, safe="-_.~")
