"""Signs each request with an access key, just before it is sent; pauses after a key was refused."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import httpx

from matui.base.clock import Clock
from matui.base.errors import AuthenticationError
from matui.clouds.modelarts.auth.renewal import RefreshingCache
from matui.clouds.modelarts.auth.signature import DATE_HEADER, date_text, signed_headers
from matui.clouds.peer_cloud import AccessKey

BACKOFF_S = 60.0
TOKEN_HEADER = "X-Security-Token"  # noqa: S105
SPACING_S = 10.0
_SIGNED = ("host", "content-type")


class CredentialBackoff:
    """After the gateway has refused the key, lets one request a minute try it; the rest fail unsent."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._refusal: AuthenticationError | None = None
        self._until = 0.0

    def check(self) -> None:
        """Raise the refusal while it holds; the one call that may try again passes."""
        if self._refusal is None:
            return
        now = self._clock.monotonic()
        if now < self._until:
            raise self._refusal.with_traceback(None)
        self._until = now + BACKOFF_S

    def note(self, error: AuthenticationError) -> None:
        """Record a refusal of the key by the gateway; a repeated one does not count."""
        if error is not self._refusal and error.status == 401 and error.code.upper().startswith("APIG"):
            self._refusal = error
            self._until = self._clock.monotonic() + BACKOFF_S

    def over(self) -> None:
        """Record that the key was accepted."""
        self._refusal = None


class AkskAuth(httpx.Auth):
    """Adds date, temporary token and signature; the URL is signed byte for byte as httpx sends it."""

    requires_request_body = True

    def __init__(self, key: AccessKey, clock: Clock) -> None:
        self._key = key
        self._clock = clock
        self._rest = CredentialBackoff(clock)

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """Sign the request and let it go, unless the key was just refused."""
        self._rest.check()
        sign(request, self._key, self._clock.now())
        response = yield request
        if response.status_code != 401:
            self._rest.over()

    async def renew(self, refused: httpx.Request, error: AuthenticationError) -> bool:  # noqa: ARG002
        """Note the refusal; there is no other key."""
        self._rest.note(error)
        return False


class KeySourceAuth(httpx.Auth):
    """The same with a key that is fetched, and fetched anew when it is refused."""

    requires_request_body = True

    def __init__(self, keys: RefreshingCache[AccessKey], clock: Clock) -> None:
        self._keys = keys
        self._clock = clock

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """Sign the request with the key of the moment."""
        sign(request, await self._keys.get(), self._clock.now())
        yield request

    async def renew(self, refused: httpx.Request, error: AuthenticationError) -> bool:
        """Whether there is a newer key than the one of ``refused``, after fetching one if need be."""
        token = refused.headers.get(TOKEN_HEADER, "")
        if not token or error.status != 401:
            return False
        return await self._keys.renew(lambda key: key.security_token == token, spacing_s=SPACING_S)


def sign(request: httpx.Request, key: AccessKey, now: float) -> None:
    """Sign ``request`` in place as of ``now`` (seconds since the epoch); an older signature is replaced."""
    request.headers.pop("Authorization", None)
    request.headers[DATE_HEADER] = date_text(now)
    if key.security_token:
        request.headers[TOKEN_HEADER] = key.security_token
    headers = {
        name: value for name, value in request.headers.items() if name in _SIGNED or name.startswith("x-")
    }
    target = request.url.raw_path.decode("ascii")
    request.headers.update(
        signed_headers(request.method, target, headers, request.content, ak=key.ak, sk=key.sk)
    )
