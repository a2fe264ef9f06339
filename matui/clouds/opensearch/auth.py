"""Signs requests by ACS3-HMAC-SHA256, the signature of Alibaba's cloud."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Generator, Iterable, Mapping
from urllib.parse import quote, unquote_plus

import httpx

from matui.base.clock import Clock
from matui.clouds.peer_cloud import AccessKey, format_signing_date

ALGORITHM = "ACS3-HMAC-SHA256"
DATE_HEADER = "x-acs-date"
HASH_HEADER = "x-acs-content-sha256"
_SIGNED_HEADERS = ("host", "content-type", "accept", "user-agent")
API_VERSION = "2017-12-25"


def hash_body(body: bytes) -> str:
    """Return the hex hash of a body, which is signed in its place."""
    return hashlib.sha256(body).hexdigest()


def select_names_to_sign(headers: Iterable[str]) -> list[str]:
    """Return the names of the headers that are signed, in lower case and in order."""
    lowered = {name.lower() for name in headers}
    return sorted(name for name in lowered if name in _SIGNED_HEADERS or name.startswith("x-acs-"))


def build_canonical_request(
    method: str, target: str, headers: Mapping[str, str], names: Iterable[str]
) -> str:
    """Return the canonical request; ``target`` is path and query as sent, ``names`` are sorted."""
    path, _, query = target.partition("?")
    values = {name.lower(): value.strip() for name, value in headers.items()}
    names = list(names)
    lines = "".join(f"{name}:{values[name]}\n" for name in names)
    return "\n".join(
        (method.upper(), path, _build_canonical_query(query), lines, ";".join(names), values[HASH_HEADER])
    )


def build_authorization(
    method: str, target: str, headers: Mapping[str, str], names: Iterable[str], *, ak: str, sk: str
) -> str:
    names = list(names)
    canonical = build_canonical_request(method, target, headers, names)
    text = f"{ALGORITHM}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    signature = hmac.new(sk.encode(), text.encode(), hashlib.sha256).hexdigest()
    return f"{ALGORITHM} Credential={ak},SignedHeaders={';'.join(names)},Signature={signature}"


def _build_canonical_query(query: str) -> str:
    pairs = [part.partition("=") for part in query.split("&") if part]
    decoded = sorted((unquote_plus(key), unquote_plus(value)) for key, _, value in pairs)
    return "&".join(f"{key}={quote(value, safe='~')}" for key, value in decoded)


class AcsAuth(httpx.Auth):
    """Adds date, nonce, body hash, temporary token and signature; each nonce is used once."""

    requires_request_body = True

    def __init__(self, key: AccessKey, clock: Clock) -> None:
        self._key = key
        self._clock = clock

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Sign the request and let it go."""
        sign(request, self._key, self._clock.now(), secrets.token_hex(16))
        yield request


def sign(request: httpx.Request, key: AccessKey, now: float, nonce: str) -> None:
    """Sign ``request`` in place as of ``now`` (seconds since the epoch); an older signature is replaced."""
    headers = request.headers
    if not request.content:
        headers.pop("content-type", None)
    headers["x-acs-version"] = API_VERSION
    headers[DATE_HEADER] = format_signing_date(now)
    headers["x-acs-signature-nonce"] = nonce
    headers[HASH_HEADER] = hash_body(request.content)
    if key.security_token:
        headers["x-acs-accesskey-id"] = key.ak
        headers["x-acs-security-token"] = key.security_token
    target = request.url.raw_path.decode("ascii")
    headers["Authorization"] = build_authorization(
        request.method, target, headers, select_names_to_sign(headers), ak=key.ak, sk=key.sk
    )
