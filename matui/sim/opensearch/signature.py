"""Strict verification of ACS3-HMAC-SHA256 signatures, after the algorithm's description."""

from __future__ import annotations

import hmac
import re
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote_plus

from matui.sim.server.responses import PeerApiError

if TYPE_CHECKING:
    from starlette.requests import Request

    from matui.sim.opensearch.world import OpenSearchWorld

_MAX_SKEW_S = 15 * 60
_HEADER = re.compile(
    r"ACS3-HMAC-SHA256 Credential=([^,]+),SignedHeaders=([a-z0-9;-]+),Signature=([0-9a-f]{64})\Z"
)
_REQUIRED = (
    "host",
    "x-acs-action",
    "x-acs-version",
    "x-acs-date",
    "x-acs-signature-nonce",
    "x-acs-content-sha256",
)


def check_acs3(world: OpenSearchWorld, request: Request, payload: bytes, action: str, now_s: float) -> None:
    """Verify the signature of a request for ``action`` at ``now_s`` (seconds since the epoch).

    Raises PeerApiError.
    """
    found = _HEADER.match(request.headers.get("authorization", ""))
    if found is None:
        raise PeerApiError(400, "IncompleteSignature", "The Authorization header is missing or malformed.")
    access, listed, signature = found.groups()
    names = listed.split(";")
    _check_headers(request, names, action, payload)
    _check_date(request.headers["x-acs-date"], now_s)
    secret = _find_secret(world, access, request)
    digest = sha256(_build_canonical(request, names).encode()).hexdigest()
    made = hmac.new(secret.encode(), f"ACS3-HMAC-SHA256\n{digest}".encode(), sha256).hexdigest()
    if not hmac.compare_digest(made, signature):
        raise PeerApiError(400, "SignatureDoesNotMatch", "The signature does not match what we calculated.")
    nonce = request.headers["x-acs-signature-nonce"]
    if nonce in world.nonces:
        raise PeerApiError(400, "SignatureNonceUsed", "The nonce was used before.")
    world.nonces.add(nonce)


def _check_headers(request: Request, names: list[str], action: str, payload: bytes) -> None:
    headers = request.headers
    due = {name for name in headers if name.startswith("x-acs-")} | set(_REQUIRED)
    due |= {"content-type"} if payload and "content-type" in headers else set()
    missing = sorted(name for name in due if name not in names or name not in headers)
    if missing or names != sorted(set(names)) or any(name not in headers for name in names):
        why = f"header not sent, not signed or out of order: {(missing or names)[0]}"
        raise PeerApiError(400, "IncompleteSignature", why)
    if headers["x-acs-version"] != "2017-12-25" or headers["x-acs-action"] != action:
        raise PeerApiError(404, "InvalidAction.NotFound", "The action or version is not that of the path.")
    if headers["x-acs-content-sha256"] != sha256(payload).hexdigest():
        raise PeerApiError(400, "SignatureDoesNotMatch", "The body is not the one that was signed.")


def _check_date(text: str, now_s: float) -> None:
    try:
        sent = datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC).timestamp()
    except ValueError:
        raise PeerApiError(400, "InvalidTimeStamp.Format", "The x-acs-date is malformed.") from None
    if abs(now_s - sent) > _MAX_SKEW_S:
        raise PeerApiError(
            400, "InvalidTimeStamp.Expired", "The x-acs-date is too far from the server's time."
        )


def _find_secret(world: OpenSearchWorld, access: str, request: Request) -> str:
    if access in world.keys:
        return world.keys[access]
    if access not in world.temporary:
        raise PeerApiError(404, "InvalidAccessKeyId.NotFound", "Specified access key is not found.")
    secret, token = world.temporary[access]
    if request.headers.get("x-acs-security-token") != token:
        raise PeerApiError(400, "InvalidSecurityToken.Malformed", "The security token is missing or wrong.")
    return secret


def _build_canonical(request: Request, names: list[str]) -> str:
    raw = request.scope.get("raw_path") or quote(request.scope["sim.path"]).encode()
    lines = "".join(f"{name}:{request.headers[name].strip()}\n" for name in names)
    query = _build_canonical_query(request.scope["query_string"].decode("latin-1"))
    parts = (request.method, raw.split(b"?")[0].decode("latin-1"), query, lines, ";".join(names))
    return "\n".join((*parts, request.headers["x-acs-content-sha256"]))


def _build_canonical_query(raw: str) -> str:
    pairs = [part.partition("=") for part in raw.split("&") if part]
    decoded = sorted((unquote_plus(key), unquote_plus(value)) for key, _, value in pairs)
    return "&".join(f"{key}={quote(value, safe='-_.~')}" for key, value in decoded)
