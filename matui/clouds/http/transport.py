"""The httpx client of one endpoint: time-outs, pool, proxies and certificates."""

from __future__ import annotations

import logging
import os
import ssl
from functools import cache
from typing import Any

import httpx

from matui import __version__
from matui.base.errors import ConfigError
from matui.config.values import is_loopback

CONNECT_S, READ_S = 5.0, 20.0
_LIMITS = httpx.Limits(max_connections=10, max_keepalive_connections=10, keepalive_expiry=30.0)
_HEADERS = {
    "User-Agent": f"matui/{__version__}",
    "Accept": "application/json",
    "Content-Type": "application/json",
}

_VARIABLES = ("SSL_CERT_FILE", "SSL_CERT_DIR")

# httpcore's debug lines hold every header of an answer, and with it a fresh token.
logging.getLogger("httpcore").setLevel(logging.WARNING)


def open_client(
    base_url: str, *, asgi_app: Any = None, connect_s: float = CONNECT_S, read_s: float = READ_S
) -> httpx.AsyncClient:
    """Return a client for one endpoint that does not follow redirects.

    ``connect_s`` bounds the wait for a connection, ``read_s`` each wait for bytes, in seconds.
    Proxies of the environment are used, never for this machine itself; ``asgi_app`` answers in-process.
    Raises ConfigError when SSL_CERT_FILE or a proxy variable cannot be used.
    """
    url = httpx.URL(base_url)
    try:
        tls = url.scheme == "https" and asgi_app is None
        verify = _certificates(*map(os.environ.get, _VARIABLES)) if tls else False
        return httpx.AsyncClient(
            verify=verify,
            headers=_HEADERS,
            timeout=httpx.Timeout(read_s, connect=connect_s),
            limits=_LIMITS,
            follow_redirects=False,
            trust_env=True,
            transport=_own_transport(url, asgi_app, verify),
        )
    except (OSError, ValueError, ImportError) as error:
        raise ConfigError(
            "The certificates or the proxy of the environment cannot be used.",
            remedy="Check SSL_CERT_FILE, SSL_CERT_DIR, HTTPS_PROXY and ALL_PROXY.",
        ) from error


@cache
def _certificates(*variables: str | None) -> ssl.SSLContext:  # noqa: ARG001  they make up the key
    """Return the trusted certificates: loading them takes 20 ms, so every client shares them."""
    return httpx.create_ssl_context()


def _own_transport(
    url: httpx.URL, asgi_app: Any, verify: ssl.SSLContext | bool
) -> httpx.AsyncBaseTransport | None:
    """Return a transport that no proxy variable reaches, or None for the ordinary one."""
    if asgi_app is not None:
        return httpx.ASGITransport(app=asgi_app, raise_app_exceptions=False)
    if is_loopback(url.host) or is_link_local(url.host):
        return httpx.AsyncHTTPTransport(verify=verify, limits=_LIMITS)
    return None


def is_link_local(host: str) -> bool:
    """Whether ``host`` is the metadata service's kind of address, 169.254.0.0/16."""
    return host.startswith("169.254.")


def proxy_for(url: str) -> str:
    """Return the host of the proxy that requests to ``url`` go through, ``""`` for none."""
    from urllib.request import getproxies, proxy_bypass

    target = httpx.URL(url)
    if is_loopback(target.host) or proxy_bypass(target.host):
        return ""
    proxies = getproxies()
    found = proxies.get(target.scheme) or proxies.get("all", "")
    try:
        return httpx.URL(found if "://" in found else f"http://{found}").host if found else ""
    except httpx.InvalidURL:
        return ""
