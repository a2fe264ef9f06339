"""Signs requests by bce-auth-v1, the signature of Baidu's cloud. The body is not part of it."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection, Generator, Mapping
from urllib.parse import quote, unquote

import httpx

from matui.base.clock import Clock
from matui.clouds.peer_cloud import AccessKey, format_signing_date

DATE_HEADER = "x-bce-date"
TOKEN_HEADER = "x-bce-security-token"  # noqa: S105
VALID_S = 1800
_BY_DEFAULT = ("host", "content-md5", "content-length", "content-type")
_SIGNED = ("host", "content-type")


def build_prefix(ak: str, date: str, valid_s: int) -> str:
    """Return the first part of a signature; it is valid for ``valid_s`` seconds from ``date`` on."""
    return f"bce-auth-v1/{ak}/{date}/{valid_s}"


def derive_signing_key(prefix: str, sk: str) -> str:
    """Return the key in hex, which is used as text."""
    return hmac.new(sk.encode(), prefix.encode(), hashlib.sha256).hexdigest()


def build_canonical_request(
    method: str, target: str, headers: Mapping[str, str], names: Collection[str] | None
) -> str:
    """Return the text to sign; ``target`` is path and query as sent, ``names`` None the default headers."""
    path, _, query = target.partition("?")
    return "\n".join((method.upper(), path, _build_canonical_query(query), _format_headers(headers, names)))


def build_authorization(
    method: str,
    target: str,
    headers: Mapping[str, str],
    names: Collection[str] | None,
    *,
    ak: str,
    sk: str,
    date: str,
    valid_s: int = VALID_S,
) -> str:
    """Return the ``Authorization`` header; ``names`` are the headers to sign, None the default ones."""
    prefix = build_prefix(ak, date, valid_s)
    canonical = build_canonical_request(method, target, headers, names)
    signature = hmac.new(
        derive_signing_key(prefix, sk).encode(), canonical.encode(), hashlib.sha256
    ).hexdigest()
    listed = ";".join(sorted(name.lower() for name in names or ()))
    return f"{prefix}/{listed}/{signature}"


def _encode(text: str) -> str:
    return quote(text, safe="~")


def _build_canonical_query(query: str) -> str:
    pairs = (part.partition("=") for part in query.split("&") if part)
    return "&".join(sorted(f"{_encode(unquote(key))}={_encode(unquote(value))}" for key, _, value in pairs))


def _format_headers(headers: Mapping[str, str], names: Collection[str] | None) -> str:
    wanted = None if names is None else {name.lower() for name in names}
    lines = []
    for raw_name, raw_value in headers.items():
        name, value = raw_name.lower().strip(), raw_value.strip()
        chosen = name in _BY_DEFAULT or name.startswith("x-bce-") if wanted is None else name in wanted
        if value and chosen:
            lines.append(f"{_encode(name)}:{_encode(value)}")
    return "\n".join(sorted(lines))


class BceAuth(httpx.Auth):
    """Adds date, temporary token and signature; the URL is signed as httpx sends it."""

    def __init__(self, key: AccessKey, clock: Clock) -> None:
        self._key = key
        self._clock = clock

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Sign the request and let it go."""
        sign(request, self._key, self._clock.now())
        yield request


def sign(request: httpx.Request, key: AccessKey, now: float) -> None:
    """Sign ``request`` in place as of ``now`` (seconds since the epoch); an older signature is replaced."""
    date = format_signing_date(now)
    request.headers[DATE_HEADER] = date
    if key.security_token:
        request.headers[TOKEN_HEADER] = key.security_token
    names = [name for name in request.headers if name in _SIGNED or name.startswith("x-bce-")]
    target = request.url.raw_path.decode("ascii")
    request.headers["Authorization"] = build_authorization(
        request.method, target, request.headers, names, ak=key.ak, sk=key.sk, date=date
    )
