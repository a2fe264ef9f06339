"""Signs each request to Alibaba's cloud, just before it leaves."""

from __future__ import annotations

import secrets
from collections.abc import Generator

import httpx

from matui.clock import Clock
from matui.clouds.key_pair import AccessKey
from matui.clouds.opensearch.signing import (
    DATE_HEADER,
    HASH_HEADER,
    authorization,
    body_hash,
    date_text,
    names_to_sign,
)

API_VERSION = "2017-12-25"


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
    headers[DATE_HEADER] = date_text(now)
    headers["x-acs-signature-nonce"] = nonce
    headers[HASH_HEADER] = body_hash(request.content)
    if key.security_token:
        headers["x-acs-accesskey-id"] = key.ak
        headers["x-acs-security-token"] = key.security_token
    target = request.url.raw_path.decode("ascii")
    headers["Authorization"] = authorization(
        request.method, target, headers, names_to_sign(headers), ak=key.ak, sk=key.sk
    )
