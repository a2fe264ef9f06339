"""The httpx client of one endpoint: time-outs, pool, proxy and certificates."""

from __future__ import annotations

import asyncio
import logging
import os
import ssl
import stat
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

import httpx

from matui import __version__
from matui.base.calls.send_gate import CONNECTION, TOKEN, SendGate
from matui.base.errors import ConfigError
from matui.base.late_imports import do_postponed
from matui.clouds.http.proxies import NetworkSettingError, Proxy, find_proxy

Trace: TypeAlias = Callable[[str, dict[str, Any]], Awaitable[None]]
_LEAVES = "matui_before_sending"
CONNECT_S, READ_S = 5.0, 20.0
_LIMITS = httpx.Limits(max_connections=10, max_keepalive_connections=10, keepalive_expiry=30.0)
_HEADERS = {
    "User-Agent": f"matui/{__version__}",
    "Accept": "application/json",
    "Accept-Encoding": "gzip, deflate",
    "Content-Type": "application/json",
}

CERTIFICATE_VARIABLES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
"""Where certificates are named; the first that is set counts."""

# httpcore's debug lines hold every header of an answer, and with it a fresh token.
logging.getLogger("httpcore").setLevel(logging.WARNING)


def watch_sending(request: httpx.Request, auth: httpx.Auth, gate: SendGate) -> httpx.Auth:
    """Return ``auth`` with the gate around it, and let the connection ask the gate before it sends."""
    watched = _Watched(auth, gate, request.extensions.get("trace"))
    request.extensions = {**request.extensions, "trace": watched.on_event, _LEAVES: watched.begin_sending}
    return watched


class _Watched(httpx.Auth):
    """Signs as ``auth`` does; raises NotSentError where the gate does not let the request leave."""

    def __init__(self, auth: httpx.Auth, gate: SendGate, trace: Trace | None) -> None:
        self._auth = auth
        self._trace = trace
        self._gate = gate
        self._wait = ExitStack()
        self._is_sent = False

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """Sign the request; a token may have to be fetched first."""
        flow = self._auth.async_auth_flow(request)
        try:
            with self._gate.report_wait(TOKEN):
                signed = await anext(flow)
            while True:
                self._gate.check()
                with self._wait:
                    self._wait.enter_context(self._gate.report_wait(CONNECTION))
                    response = yield signed
                    self._leave()
                signed = await flow.asend(response)
        except StopAsyncIteration:
            return
        finally:
            await flow.aclose()

    async def on_event(self, name: str, info: dict[str, Any]) -> None:
        """Take a step of the connection: the gate decides when the headers are about to leave."""
        if name.endswith("send_request_headers.started") and info["request"].method != b"CONNECT":
            self.begin_sending()
        if self._trace is not None:
            await self._trace(name, info)

    def begin_sending(self) -> None:
        """Note that the request leaves now. Raises NotSentError where the gate does not let it."""
        self._gate.check()
        self._leave()

    def _leave(self) -> None:
        self._wait.close()
        if not self._is_sent:
            self._is_sent = True
            self._gate.mark_sent()


class InProcessTransport(httpx.ASGITransport):
    """Answers in-process; the gate is asked when a connection would send the headers.

    Each request lets other tasks run, as one over a network does: else many in a row stop the screen.
    """

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(0)
        before_sending = request.extensions.get(_LEAVES)
        if before_sending is not None:
            before_sending()
        return await super().handle_async_request(request)


class EndpointClient(httpx.AsyncClient):
    """An httpx client whose requests all take one route: through ``proxy``, or straight for None."""

    proxy: Proxy | None = None


class RequestTrace:
    """Follows one request by httpcore's trace events, and does what was postponed until it has left.

    ``seen`` is false where no socket is used. ``tunnelled`` is true once the proxy has connected to the
    endpoint, ``sent`` once any byte of the request itself may have left. While the proxy is asked for the
    connection, ``limit`` is moved to ``connect_s`` seconds from then: httpcore waits for a SOCKS proxy
    without a limit, and for the answer to CONNECT as long as for any other answer.
    """

    def __init__(self, limit: asyncio.Timeout | None = None, connect_s: float | None = None) -> None:
        self.seen = self.tunnelled = self.sent = False
        self._limit = limit
        self._connect_s = connect_s
        self._whole_limit: float | None = None

    async def __call__(self, event: str, info: Mapping[str, Any]) -> None:
        """Take one event, as httpcore calls its ``trace`` extension."""
        self.seen = True
        is_connect = getattr(info.get("request"), "method", b"") == b"CONNECT"
        if event == "socks.setup_socks5_connection.started" or (
            is_connect and event.endswith("send_request_headers.started")
        ):
            self._limit_handshake()
        if event in ("proxy.start_tls.started", "socks.setup_socks5_connection.complete"):
            self.tunnelled = True
            self._lift_handshake_limit()
        elif event.endswith("send_request_headers.started"):
            self.sent = self.sent or not is_connect
        elif event.endswith("receive_response_headers.started"):
            do_postponed()

    @property
    def handshake_s(self) -> float | None:
        """The limit in seconds while the proxy is asked for the connection, None before and after."""
        return None if self._whole_limit is None else self._connect_s

    def _limit_handshake(self) -> None:
        if self._limit is None or self._connect_s is None:
            return
        self._whole_limit = self._limit.when()
        soon = asyncio.get_running_loop().time() + self._connect_s
        self._limit.reschedule(soon if self._whole_limit is None else min(self._whole_limit, soon))

    def _lift_handshake_limit(self) -> None:
        if self._limit is not None and self._whole_limit is not None:
            self._limit.reschedule(self._whole_limit)
            self._whole_limit = None


class _SocksTransport(httpx.AsyncHTTPTransport):
    """Raises ProxyError where a proxy does not speak SOCKS5, for which httpcore has no error of its own."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        from socksio.exceptions import SOCKSError

        try:
            return await super().handle_async_request(request)
        except (AssertionError, ValueError, IndexError, SOCKSError) as error:
            raise httpx.ProxyError("It does not answer in SOCKS5.", request=request) from error


def open_client(
    base_url: str, *, asgi_app: Any = None, connect_s: float = CONNECT_S, read_s: float = READ_S
) -> EndpointClient:
    """Return a client for one endpoint that does not follow redirects.

    ``connect_s`` bounds the wait for a connection, ``read_s`` each wait for bytes, in seconds.
    The proxy of the environment is used, never for this machine itself; ``asgi_app`` answers in-process.
    Raises ConfigError when a variable for proxies or certificates, or the endpoint, cannot be used.
    """
    try:
        url = httpx.URL(base_url)
    except httpx.InvalidURL:
        raise ConfigError(
            "The address of the endpoint cannot be used.", remedy="Check the endpoint of the profile."
        ) from None
    proxy = find_proxy(url) if asgi_app is None else None
    client = EndpointClient(
        headers=_HEADERS,
        timeout=httpx.Timeout(read_s, connect=connect_s),
        follow_redirects=False,
        trust_env=False,
        transport=_build_transport(url, proxy, asgi_app),
    )
    client.proxy = proxy
    return client


def find_certificate_variable(environ: Mapping[str, str]) -> str:
    """Return the variable that names the trusted certificates, ``""`` for none."""
    return next((name for name in CERTIFICATE_VARIABLES if environ.get(name, "").strip()), "")


def _build_transport(url: httpx.URL, proxy: Proxy | None, asgi_app: Any) -> httpx.AsyncBaseTransport:
    if asgi_app is not None:
        return InProcessTransport(app=asgi_app, raise_app_exceptions=False)
    verify = (
        _load_certificates(*map(os.environ.get, CERTIFICATE_VARIABLES)) if url.scheme == "https" else False
    )
    kind = _SocksTransport if proxy is not None and proxy.is_socks else httpx.AsyncHTTPTransport
    route = None if proxy is None else httpx.Proxy(proxy.url, ssl_context=_build_proxy_context(proxy, verify))
    return kind(verify=verify, limits=_LIMITS, proxy=route, trust_env=False)


def _build_proxy_context(proxy: Proxy, verify: ssl.SSLContext | bool) -> ssl.SSLContext | None:
    """Return the context for the connection to an https proxy itself, None where it is not encrypted."""
    return verify if proxy.url.scheme == "https" and isinstance(verify, ssl.SSLContext) else None


@cache
def _load_certificates(*variables: str | None) -> ssl.SSLContext:  # noqa: ARG001  they make up the key
    """Return the trusted certificates: loading them takes 20 ms, so every client shares them.

    Raises NetworkSettingError that names the variable whose file or folder cannot be used.
    """
    name = find_certificate_variable(os.environ)
    if not name:
        import certifi

        return ssl.create_default_context(cafile=certifi.where())
    path = Path(os.environ[name].strip()).expanduser()
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            return ssl.create_default_context(capath=str(path))
        if not stat.S_ISREG(mode):
            raise _build_unusable_error(name, "it is neither a file nor a folder")
        return ssl.create_default_context(cafile=str(path))
    except ssl.SSLError:
        raise _build_unusable_error(name, "there is no certificate in PEM form in it") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "the path is wrong"
        raise _build_unusable_error(name, reason) from None


def _describe_place(variable: str) -> str:
    return "folder" if variable.endswith("_DIR") else "file"


def _build_unusable_error(variable: str, reason: str) -> NetworkSettingError:
    return NetworkSettingError(
        f"The certificates in {variable} cannot be used: {reason}.",
        remedy=f"Set {variable} to a {_describe_place(variable)} of certificates in PEM form, or unset it.",
    )
