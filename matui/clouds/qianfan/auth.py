"""Signs each request to Baidu's cloud, just before it leaves."""

from __future__ import annotations

from collections.abc import Generator

import httpx

from matui.clock import Clock
from matui.clouds.key_pair import AccessKey
from matui.clouds.qianfan.signing import DATE_HEADER, TOKEN_HEADER, authorization, date_text

_SIGNED = ("host", "content-type")


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
    date = date_text(now)
    request.headers[DATE_HEADER] = date
    if key.security_token:
        request.headers[TOKEN_HEADER] = key.security_token
    names = [name for name in request.headers if name in _SIGNED or name.startswith("x-bce-")]
    target = request.url.raw_path.decode("ascii")
    request.headers["Authorization"] = authorization(
        request.method, target, request.headers, names, ak=key.ak, sk=key.sk, date=date
    )
