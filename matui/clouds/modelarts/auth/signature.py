"""SDK-HMAC-SHA256: the signature of requests made with an access key, and what signs each of them."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections.abc import AsyncGenerator, Iterable, Mapping
from datetime import UTC, datetime
from urllib.parse import quote, unquote

import httpx

from matui.base.clock import Clock
from matui.base.errors import AuthenticationError
from matui.clouds.http.messages import encode_query
from matui.clouds.modelarts.auth.renewal import CLOSE_S, RefreshingCache
from matui.clouds.peer_cloud import AccessKey

ALGORITHM = "SDK-HMAC-SHA256"
DATE_HEADER = "X-Sdk-Date"
_CONTENT_HASH_HEADER = "X-Sdk-Content-Sha256"
_UNSIGNED = "UNSIGNED-PAYLOAD"
_HASHED_TYPES = ("application/json", "application/bson")
BACKOFF_S = 60.0
TOKEN_HEADER = "X-Security-Token"  # noqa: S105
SPACING_S = 10.0
_SIGNED = ("host", "content-type")


def format_sdk_date(seconds: float) -> str:
    """Return seconds since the epoch as ``X-Sdk-Date`` has it: ``20240102T030405Z``."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y%m%dT%H%M%SZ")


def sign_headers(
    method: str, target: str, headers: Mapping[str, str], body: bytes, *, ak: str, sk: str
) -> dict[str, str]:
    """Return the headers to add so that the request is signed: ``Authorization``, and what it needs beside.

    ``target`` is path and query as sent; ``headers`` are those to sign, with Host and X-Sdk-Date among them.
    """
    extra = _select_content_header(headers)
    lowered = {name.lower(): value.strip() for name, value in (*headers.items(), *extra.items())}
    names = sorted(name for name in lowered if "_" not in name)
    canonical = build_canonical_request(method, target, lowered, names, hash_payload(lowered, body))
    signature = compute_signature(build_string_to_sign(lowered[DATE_HEADER.lower()], canonical), sk)
    listed = ";".join(names)
    extra["Authorization"] = f"{ALGORITHM} Access={ak}, SignedHeaders={listed}, Signature={signature}"
    return extra


def build_canonical_request(
    method: str, target: str, headers: Mapping[str, str], names: Iterable[str], body_hash: str
) -> str:
    """Return the six parts of the canonical request; ``headers`` by lower-case name, ``names`` sorted."""
    path, _, query = target.partition("?")
    lines = "".join(f"{name}:{headers[name]}\n" for name in names)
    where = (method.upper(), _build_canonical_path(path), _build_canonical_query(query))
    return "\n".join((*where, lines, ";".join(names), body_hash))


def build_string_to_sign(date: str, canonical: str) -> str:
    """Return what the key signs: algorithm, date and the hash of the canonical request."""
    return f"{ALGORITHM}\n{date}\n{hashlib.sha256(canonical.encode()).hexdigest()}"


def compute_signature(text: str, sk: str) -> str:
    """Return the signature in hex."""
    return hmac.new(sk.encode(), text.encode(), hashlib.sha256).hexdigest()


def hash_payload(headers: Mapping[str, str], body: bytes) -> str:
    """Return the hex hash of the body, or what the headers (lower-case names) say in its place."""
    declared = headers.get(_CONTENT_HASH_HEADER.lower())
    return declared if declared and body else hashlib.sha256(body).hexdigest()


def _build_canonical_path(path: str) -> str:
    encoded = "/".join(quote(segment, safe="~") for segment in unquote(path).split("/"))
    return encoded if encoded.endswith("/") else f"{encoded}/"


def _build_canonical_query(query: str) -> str:
    pairs = (part.partition("=") for part in query.split("&") if part)
    return encode_query((unquote(key), unquote(value)) for key, _, value in pairs)


def _select_content_header(headers: Mapping[str, str]) -> dict[str, str]:
    kind = next((value for name, value in headers.items() if name.lower() == "content-type"), "")
    return {_CONTENT_HASH_HEADER: _UNSIGNED} if kind and not kind.startswith(_HASHED_TYPES) else {}


class CredentialBackoff:
    """After the gateway has refused the key, lets one request a minute try it; the rest fail unsent.

    Those that come while it is tried wait for the answer. The refusal states as its Retry-After when the key
    may be tried again.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._refusal: AuthenticationError | None = None
        self._until = 0.0
        self._trial: asyncio.Event | None = None

    async def begin(self) -> bool:
        """Raise the refusal while it holds; return whether this request is the one that tries the key."""
        while self._refusal is not None:
            left = self._until - self._clock.monotonic()
            if left > CLOSE_S:
                self._refusal.retry_after_s = left
                raise self._refusal.with_traceback(None)
            if self._trial is None:
                self._trial = asyncio.Event()
                return True
            await self._trial.wait()
        return False

    def end_trial(self, *, refused: bool) -> None:
        """Let those that wait for the trial go on."""
        if refused:
            self._until = self._clock.monotonic() + BACKOFF_S
        trial, self._trial = self._trial, None
        if trial is not None:
            trial.set()

    def note(self, error: AuthenticationError) -> None:
        """Record a refusal of the key by the gateway; a repeated one does not count."""
        if error is not self._refusal and error.status == 401 and error.code.upper().startswith("APIG"):
            error.retry_after_s = BACKOFF_S
            self._refusal = error
            self._until = self._clock.monotonic() + BACKOFF_S

    def record_accepted(self) -> None:
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
        is_trial, is_refused = await self._rest.begin(), False
        sign(request, self._key, self._clock.now())
        try:
            response = yield request
            is_refused = response.status_code == 401
            if not is_refused:
                self._rest.record_accepted()
        finally:
            if is_trial:
                self._rest.end_trial(refused=is_refused)

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
    request.headers[DATE_HEADER] = format_sdk_date(now)
    if key.security_token:
        request.headers[TOKEN_HEADER] = key.security_token
    headers = {
        name: value for name, value in request.headers.items() if name in _SIGNED or name.startswith("x-")
    }
    target = request.url.raw_path.decode("ascii")
    request.headers.update(
        sign_headers(request.method, target, headers, request.content, ak=key.ak, sk=key.sk)
    )
